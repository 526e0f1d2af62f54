"""The seeded mistakes: wrong variants of the real functions, each of which a proof must catch.

A mistake is an edit of the real source: `old` must occur in the function exactly once and becomes
`new`. So the wrong variant never falls behind the code, and a mistake that no longer applies is an
error and not a silent pass. An edit of a contract begins with `@`; every other one is made in the
body, and the contracts of the machines are off while a statement is proved.

Beside the machines, the ends of the close window are moved by one: a window that can be narrower
or wider without any proof noticing is not a proved window.
"""

import importlib
import inspect
import textwrap
from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """One wrong variant of `function` in `module`, and the obligations that must refute it."""

    name: str
    module: str
    function: str
    old: str
    new: str
    caught_by: tuple[str, ...]


class StaleMistake(LookupError):
    """The text that a mistake replaces is not found exactly once: the code has moved on."""


def source_of(mistake: Mistake) -> str:
    """Return the source of the wrong variant; raises `StaleMistake` when the edit does not fit."""
    function = getattr(importlib.import_module(mistake.module), mistake.function)
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    begin = source.index(f"def {mistake.function}(")
    contracts, body = source[:begin], source[begin:]
    part = contracts if mistake.old.startswith("@") else body
    if part.count(mistake.old) != 1:
        raise StaleMistake(f"{mistake.name}: found {part.count(mistake.old)} times in its function")
    edited = part.replace(mistake.old, mistake.new)
    return edited + body if part is contracts else contracts + edited


def _load() -> dict[str, Mistake]:
    # Imported late: the lists are made of the class above.
    from proofs.mistaken import (
        ack_events,
        ack_progress,
        close_window,
        configuration,
        connection,
        connection_events,
        download_retry,
        policy,
        send_deadline,
        stall_count,
        stream,
        window,
    )

    found: dict[str, Mistake] = {}
    modules = (
        *(send_deadline, stall_count, connection, connection_events),
        *(ack_progress, ack_events, stream, download_retry),
        *(configuration, policy, close_window, window),
    )
    for module in modules:
        for name, function, old, new, caught_by in module.EDITS:
            if name in found:
                raise ValueError(f"two mistakes are called {name}")
            found[name] = Mistake(name, module.OF, function, old, new, tuple(caught_by.split()))
    return found


MISTAKES: dict[str, Mistake] = _load()
"""Every seeded mistake by name."""
