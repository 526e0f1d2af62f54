"""What a run in a process of its own tells whoever asked for it, a line of JSON each."""

import msgspec

from stallproof.judge.report import Report
from stallproof.runner.progress import Progress


class Moved(msgspec.Struct, frozen=True, tag="moved"):
    """How far the run is."""

    progress: Progress


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The run is over, and this is its report."""

    report: Report


class Broken(msgspec.Struct, frozen=True, tag="broken"):
    """There is no report; `is_asked`: for what was asked for cannot be."""

    why: str
    is_asked: bool = False


Message = Moved | Done | Broken
_decode = msgspec.json.Decoder(Message).decode


def message(line: bytes) -> Message:
    """Return what a line says; raises `msgspec.DecodeError` for what is none."""
    said: Message = _decode(line)
    return said
