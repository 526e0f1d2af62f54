"""Clients of a harness that misbehaves as it is told."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from stallproof.runner.sut.client import HarnessClient
from stallproof.wire.events import AnyEvent

PATIENCE_S = 60.0
"""How long a test waits for what must happen before it gives up; never a judgement of speed."""
HARNESS = Path(__file__).parent / "harnesses" / "misbehaving.py"


def client_of(way: str, record: Callable[[AnyEvent], None] = lambda event: None) -> HarnessClient:
    """Return a client, not started, of the harness that misbehaves in this way."""
    return HarnessClient([sys.executable, str(HARNESS), way], record)


def use(client: HarnessClient, timeout_s: float = PATIENCE_S) -> None:
    """Ask for what the harness misbehaves on, and then for more: some ways follow a good reply."""
    client.request("received", timeout_s=timeout_s)
    client.request("close", timeout_s=PATIENCE_S)


def ask_on_and_on(client: HarnessClient, size: int) -> None:
    """Go on asking without waiting for replies, faster at first than later on."""
    for number in range(1000):
        client.post("received", conn="x" * size)
        time.sleep(0.0001 * number)
