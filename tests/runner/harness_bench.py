"""Clients of a harness that misbehaves as it is told."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from stallproof.runner.sut.client import HarnessClient
from stallproof.wire.events import AnyEvent

HARNESS = Path(__file__).parent / "harnesses" / "misbehaving.py"


def client_of(way: str, record: Callable[[AnyEvent], None] = lambda event: None) -> HarnessClient:
    """Return a client, not started, of the harness that misbehaves in this way."""
    return HarnessClient([sys.executable, str(HARNESS), way], record)


def use(client: HarnessClient, timeout_s: float = 20.0) -> None:
    """Ask for what the harness misbehaves on, and then for more: some ways follow a good reply."""
    client.request("received", timeout_s=timeout_s)
    client.request("close", timeout_s=20.0)


def ask_on_and_on(client: HarnessClient, size: int) -> None:
    """Go on asking without waiting for replies."""
    for _ in range(1000):
        client.post("received", conn="x" * size)
        time.sleep(0.001)
