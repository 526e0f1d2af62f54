"""The command line of a harness, with what else is said of how it is to be taken.

It is a sequence of words like any other command line, so that whoever only hands it on needs to
know nothing of the rest.
"""

import sys
from collections.abc import Iterable, Sequence

from stallproof.wire.role import Role

REFERENCE_COMMAND: tuple[str, ...] = (sys.executable, "-m", "stallproof.harness")
"""The harness of the reference, in this version of Python."""


class HarnessCommand(tuple[str, ...]):
    """A command line; `cwd` is where it runs, `None` for here.

    `without`: features that nobody wants judged. The harness is taken as if it lacked them. `role`:
    whether it connects to the peer or accepts the peer's connections.
    """

    without: frozenset[str]
    cwd: str | None
    role: Role

    def __new__(
        cls,
        words: Iterable[str] = (),
        *,
        without: Iterable[str] = (),
        cwd: str | None = None,
        role: Role = "connect",
    ) -> "HarnessCommand":
        made = super().__new__(cls, words)
        made.without = frozenset(without)
        made.cwd = cwd
        made.role = role
        return made


def as_taken(command: Sequence[str]) -> HarnessCommand:
    """Return `command` as one of which nothing else was said, unless something was."""
    return command if isinstance(command, HarnessCommand) else HarnessCommand(command)
