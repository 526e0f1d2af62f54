"""Implementations behind the harness protocol; the reference is `python -m stallproof.harness`.

The names in `__all__` are promised, for whoever writes a harness in Python. Each is imported when
it is first asked for.

Documentation: `docs/api.md`, "Write a harness". Spec: `spec/protocol.md`.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stallproof.harness.adapter import Told as Told
    from stallproof.harness.adapter import Unsupported as Unsupported
    from stallproof.harness.async_line import AsyncLine as AsyncLine
    from stallproof.harness.async_line import AsyncSocketLine as AsyncSocketLine
    from stallproof.harness.async_line import async_connected as async_connected
    from stallproof.harness.base import SEND_TIMEOUT as SEND_TIMEOUT
    from stallproof.harness.connect import connected as connected
    from stallproof.harness.line import Line as Line
    from stallproof.harness.line import SocketLine as SocketLine
    from stallproof.harness.line_streams import streams as streams
    from stallproof.wire.protocol import FrameLayout as FrameLayout
    from stallproof.wire.protocol import LengthField as LengthField
    from stallproof.wire.protocol import OpenRequest as OpenRequest

_HOMES = {
    "harness.adapter": "Told Unsupported",
    "harness.async_line": "AsyncLine AsyncSocketLine async_connected",
    "harness.base": "SEND_TIMEOUT",
    "harness.connect": "connected",
    "harness.line": "Line SocketLine",
    "harness.line_streams": "streams",
    "wire.protocol": "FrameLayout LengthField OpenRequest",
}
"""Where each promised name lies."""
_PLACES = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = [*_PLACES]


def __getattr__(name: str) -> Any:
    """Import what is called `name`; raises `AttributeError` for what is not promised."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(f"stallproof.{_PLACES[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
