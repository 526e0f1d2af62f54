"""The machines without their contracts, for as long as a search lasts.

A contract costs several times what a step costs, and a search that ran with contracts would report
the contract's opinion instead of its own. They are put back afterwards, since whoever asked for the
search may rely on them.
"""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from stallproof.machines import (
    ack_progress,
    close_window,
    connection,
    send_deadline,
    stall_count,
    stream,
)

MACHINES: tuple[ModuleType, ...] = (
    send_deadline,
    stall_count,
    connection,
    ack_progress,
    stream,
    close_window,
)


@contextmanager
def without_contracts() -> Iterator[None]:
    """Take the contracts off every function of the machines, and put them back at the end."""
    decorated = [
        (module, name, value)
        for module in MACHINES
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__
    ]
    try:
        for module, name, value in decorated:
            setattr(module, name, inspect.unwrap(value))
        yield
    finally:
        for module, name, value in decorated:
            setattr(module, name, value)
