"""Where results go: destinations are tried before a run, so that no run is lost to a bad path."""

import errno
import os
import shutil
import stat
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

NARROW = 100
"""The width of a report that nobody watches in a terminal, unless COLUMNS says otherwise."""


GONE = (errno.EPIPE, errno.EIO)
"""What a write fails with when its reader left early, or the terminal was closed."""


class UnusableError(ValueError):
    """An argument that cannot be used; the message says which and why."""


def require_writable(path: Path, option: str) -> None:
    """Raise `UnusableError`, naming `option`, unless a file can be written at `path`.

    An existing file keeps its content until there is something to write; a new one is not left
    behind.
    """
    try:
        if path.is_dir():
            raise UnusableError(f"{option} {path}: this is a folder, a file is needed")
        existed = path.exists()
        if existed and not stat.S_ISREG(path.stat().st_mode):
            # Opening a pipe would wait for its reader: a device is only asked for permission.
            if not os.access(path, os.W_OK):
                raise UnusableError(f"{option} {path}: not writable")
            return
        with path.open("ab"):
            pass
        if not existed:
            path.unlink()
    except (OSError, ValueError) as error:
        if isinstance(error, UnusableError):
            raise
        why = error.strerror if isinstance(error, OSError) else error
        raise UnusableError(f"{option} {path}: cannot be written: {why}") from error


def require_outputs(outputs: Mapping[str, str | Path | None], *, inputs: Sequence[Path]) -> None:
    """Try the destinations, which must differ from each other and from what is read.

    `outputs`: each option's destination, `None` where it was not given. A text `-` is standard
    output, which only one of them can be; raises `UnusableError`.
    """
    taken = {path.resolve() for path in inputs}
    to_stdout: str | None = None
    for option, destination in outputs.items():
        if destination is None:
            continue
        if destination == "-":
            if to_stdout is not None:
                raise UnusableError(f"{to_stdout} and {option}: only one goes to standard output")
            to_stdout = option
            continue
        if isinstance(destination, str) and (not destination or destination.startswith("-")):
            raise UnusableError(f"{option} {destination!r}: give a file, or - for standard output")
        path = Path(destination)
        if path == Path("-"):
            raise UnusableError(f"{option} -: it goes to a file")
        if path.resolve() in taken:
            raise UnusableError(f"{option} {path}: this file is used already")
        require_writable(path, option)
        taken.add(path.resolve())


def width_of(stream: TextIO) -> int:
    """Return how many columns wide text for `stream` may be."""
    if stream.isatty():
        return shutil.get_terminal_size().columns
    return shutil.get_terminal_size((NARROW, 24)).columns


def is_colored(stream: TextIO) -> bool:
    """Tell whether `stream` understands colour and nobody asked for none."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not plain


def emit(stream: TextIO, text: str) -> bool:
    """Write `text` to `stream`; return whether its reader took it all.

    A reader that left early (`| head`), or a terminal that was closed, is no failure of ours.
    What cannot be encoded for the stream is escaped.
    """
    encoding = stream.encoding or "utf-8"
    safe = text.encode(encoding, "backslashreplace").decode(encoding)
    try:
        stream.write(safe)
        stream.flush()
    except OSError as error:
        if error.errno not in GONE:
            raise
        silence(stream)
        return False
    return True


def silence(stream: TextIO) -> None:
    """Point `stream` at nothing, so that no second complaint follows when the interpreter ends."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, stream.fileno())
    os.close(nothing)


def write_out(content: bytes, destination: str) -> bool:
    """Write `content` to the file `destination`, or to standard output for `-`.

    Return whether it arrived; raises `OSError` when a file cannot be written after all.
    """
    if destination == "-":
        return emit(sys.stdout, content.decode())
    Path(destination).write_bytes(content)
    return True
