"""Run the command line as `python -m stallproof`, and as the program `stallproof`.

All that the commands need takes a moment to import. A signal in that moment ends the program with
one line, like one that comes later; `stallproof.cli` takes over from there.
"""

import os
import signal
import sys
from types import FrameType
from typing import NoReturn


def _too_early(number: int, _frame: FrameType | None) -> None:
    name = signal.Signals(number).name
    os.write(2, f"stallproof: interrupted by {name}; nothing was judged\n".encode())
    os._exit(3)


def main() -> NoReturn:
    """Run the command line of this process; the exit code is that of `stallproof.cli`."""
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Who ignores a closed terminal (`nohup`) goes on doing so.
        if signal.getsignal(one) is not signal.SIG_IGN:
            signal.signal(one, _too_early)
    if sys.argv[1:] == ["--version"]:
        _tell_version()
    from stallproof import cli

    cli.main()


def _tell_version() -> NoReturn:
    """Say what the command line would, without what it imports to read its arguments."""
    from stallproof import __version__
    from stallproof.reports.output import emit

    emit(sys.stdout, f"{__version__}\n")
    sys.exit(0)


if __name__ == "__main__":
    main()
