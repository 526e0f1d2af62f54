"""For the tests of generated scenarios: the reference as it is, and with a mutant planted."""

import sys
from pathlib import Path
from typing import Any

from stallproof.generate.run import run_generated, run_replay
from stallproof.judge.report import Report
from stallproof.requirements.registry import load_registry
from tests.proofs.mutant_sample import under

REFERENCE = (sys.executable, "-m", "stallproof.harness")
FEATURES = frozenset(
    {
        *("checks", "monitor", "heartbeats", "wall_jump", "sequence", "streams", "virtual_time"),
        *("unix", "config", "relations", "give_up"),
    }
)
EVERY = frozenset(one.id for one in load_registry().requirements)

HEARTBEAT_AT_THE_INTERVAL = (
    "stallproof.machines.stall_count",
    "return received_us is None or now_us - received_us > policy.heartbeat_interval_us",
    "return received_us is None or now_us - received_us >= policy.heartbeat_interval_us",
)
FORGETS_ONE_TORN_BYTE = (
    "stallproof.machines.send_deadline",
    "    torn = send.written_bytes > 0\n",
    "    torn = send.written_bytes > 1\n",
)
LEAVES_THE_TORN_ONE_OPEN = (
    "stallproof.machines.send_deadline",
    "    torn = send.written_bytes > 0\n",
    "    torn = False\n",
)
TEXT_IS_A_NUMBER = (
    "stallproof.configuration.kinds",
    "        number = decimal_of(value) if is_text else None\n",
    "        number = decimal_of(value)\n",
)
NOW_AND_THEN = (
    "stallproof.machines.stall_count",
    "    return received_us is None or now_us - received_us > policy.heartbeat_interval_us",
    "    seen = is_idle.__dict__.setdefault('seen', [])\n"
    "    seen.append(0)\n"
    "    odd = len(seen) % 61 == 0\n"
    "    return odd or received_us is None or now_us - received_us > policy.heartbeat_interval_us",
)

DIES = (
    "stallproof.machines.stall_count",
    "    return received_us is None or now_us - received_us > policy.heartbeat_interval_us",
    "    seen = is_idle.__dict__.setdefault('seen', [])\n"
    "    seen.append(0)\n"
    "    if len(seen) == 300:\n"
    "        __import__('os')._exit(7)\n"
    "    return received_us is None or now_us - received_us > policy.heartbeat_interval_us",
)


def mutated(mistake: tuple[str, str, str], folder: Path) -> tuple[str, ...]:
    """Return the command of the reference with `mistake`: module, old text, new text."""
    return (*under(mistake, folder), "stallproof.harness")


def generated(command: tuple[str, ...], count: int, folder: Path, **more: Any) -> Report:
    """Judge by generated scripts in virtual time; failures go to `folder`."""
    options: dict[str, Any] = {
        "seed": 1, "clock": "virtual", "profile": "hardened", "selected": EVERY,
        "grace_us": None, "trace_path": None, "progress": lambda step: None,
    }  # fmt: skip
    return run_generated(command, count=count, failure_dir=folder, **options | more)


def replayed(command: tuple[str, ...], *files: Path, **more: Any) -> Report:
    """Judge by vector files in virtual time."""
    options: dict[str, Any] = {
        "clock": "virtual", "profile": "hardened", "selected": EVERY, "grace_us": None,
        "trace_path": None, "progress": lambda step: None,
    }  # fmt: skip
    return run_replay(command, files, **options | more)


def failed(report: Report) -> list[str]:
    """Return the requirements that failed."""
    return [one.id for one in report.requirements if one.verdict == "fail"]
