"""All seeded mistakes; each file of this folder lists those of one subject."""

from proofs.seeded.catalogue import (
    closing,
    configured,
    driven,
    modelled,
    monitoring,
    proved,
    proved_further,
    retries,
    searched,
    searched_streams,
    secure,
    sends,
    streams,
)
from proofs.seeded.seeded import Seeded

_FILES = (
    *(proved, proved_further, searched, searched_streams, modelled),
    *(driven, sends, closing, monitoring, streams, secure, configured, retries),
)


def _load() -> tuple[Seeded, ...]:
    found: dict[str, Seeded] = {}
    for file in _FILES:
        for seeded in file.SEEDED:
            if seeded.name in found:
                raise ValueError(f"two seeded mistakes are called {seeded.name}")
            found[seeded.name] = seeded
    return tuple(found.values())


SEEDED: tuple[Seeded, ...] = _load()
"""Every seeded mistake, in the order of the files."""
