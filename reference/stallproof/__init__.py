"""stallproof: guardrails against stalled sends, their law, and an oracle that judges by it.

Start with `stallproof conform` on the command line, or with `docs/api.md` in a program; read
`spec/` for the law. What `__all__` names is promised. Each name is imported when it is first asked
for, so that whoever wants one pays for no other.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stallproof import aio as aio
    from stallproof.api.asked import Impl as Impl
    from stallproof.api.asked import Words as Words
    from stallproof.api.running import OracleFailed as OracleFailed
    from stallproof.api.running import conform as conform
    from stallproof.api.traces import check as check
    from stallproof.api.traces import judge_events as judge_events
    from stallproof.configuration.knobs import Configured as Configured
    from stallproof.configuration.knobs import KnobRefused as KnobRefused
    from stallproof.configuration.knobs import configure as configure
    from stallproof.configuration.knobs import configure_file as configure_file
    from stallproof.drivers.give_up import GiveUp as GiveUp
    from stallproof.drivers.guarded import GuardedConnection as GuardedConnection
    from stallproof.drivers.monitor import Monitor as Monitor
    from stallproof.drivers.send_failed import SendFailed as SendFailed
    from stallproof.drivers.stream_receiver import Reception as Reception
    from stallproof.drivers.stream_receiver import StreamReceiver as StreamReceiver
    from stallproof.drivers.stream_sender import StreamSender as StreamSender
    from stallproof.harness.asynchronous import AsyncHarness as AsyncHarness
    from stallproof.harness.plain import PlainHarness as PlainHarness
    from stallproof.judge.report import Finding as Finding
    from stallproof.judge.report import Judgement as Judgement
    from stallproof.judge.report import Report as Report
    from stallproof.judge.report import exit_code as exit_code
    from stallproof.machines.policy import Policy as Policy
    from stallproof.machines.send_deadline import Outcome as Outcome
    from stallproof.machines.stream import StreamOutcome as StreamOutcome
    from stallproof.reports.json_report import ReportError as ReportError
    from stallproof.reports.json_report import encode_report as encode_report
    from stallproof.reports.json_report import read_report as read_report
    from stallproof.reports.output import UnusableError as UnusableError
    from stallproof.requirements.registry import Registry as Registry
    from stallproof.requirements.registry import Requirement as Requirement
    from stallproof.requirements.registry import load_registry as load_registry
    from stallproof.requirements.vectors import Step as Step
    from stallproof.requirements.vectors import Vector as Vector
    from stallproof.requirements.vectors import VectorError as VectorError
    from stallproof.requirements.vectors import load_all as load_vectors  # noqa: F401
    from stallproof.requirements.vectors import read_vector as read_vector
    from stallproof.runner.progress import Progress as Progress
    from stallproof.testkit import strategies as strategies
    from stallproof.testkit.stalling_peer import StallingPeer as StallingPeer
    from stallproof.testkit.virtual_clock import Running as Running
    from stallproof.testkit.virtual_clock import VirtualClock as VirtualClock
    from stallproof.wire.codec import TraceError as TraceError

__version__ = "0.1.0"

_HOMES = {
    "api.asked": "Impl Words",
    "api.running": "OracleFailed conform",
    "api.traces": "check judge_events",
    "configuration.knobs": "Configured KnobRefused configure configure_file",
    "drivers.give_up": "GiveUp",
    "drivers.guarded": "GuardedConnection",
    "drivers.monitor": "Monitor",
    "drivers.send_failed": "SendFailed",
    "drivers.stream_receiver": "Reception StreamReceiver",
    "drivers.stream_sender": "StreamSender",
    "harness.asynchronous": "AsyncHarness",
    "harness.plain": "PlainHarness",
    "judge.report": "Finding Judgement Report exit_code",
    "machines.policy": "Policy",
    "machines.send_deadline": "Outcome",
    "machines.stream": "StreamOutcome",
    "reports.json_report": "ReportError encode_report read_report",
    "reports.output": "UnusableError",
    "requirements.registry": "Registry Requirement load_registry",
    "requirements.vectors": "Step Vector VectorError read_vector",
    "runner.progress": "Progress",
    "testkit.stalling_peer": "StallingPeer",
    "testkit.virtual_clock": "Running VirtualClock",
    "wire.codec": "TraceError",
}
"""Where each promised name lies: module, and names that are the same there and here."""
_PLACES = {
    "aio": ("aio", None),
    "strategies": ("testkit.strategies", None),
    "load_vectors": ("requirements.vectors", "load_all"),
    **{name: (module, name) for module, names in _HOMES.items() for name in names.split()},
}

__all__ = ["__version__", *_PLACES]


def __getattr__(name: str) -> Any:
    """Import what is called `name`; raises `AttributeError` for what is not promised."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, inside = _PLACES[name]
    found: Any = importlib.import_module(f"{__name__}.{module}")
    if inside is not None:
        found = getattr(found, inside)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
