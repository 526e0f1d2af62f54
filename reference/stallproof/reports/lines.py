"""One line of plain text for each event, so that evidence can be read without a manual.

Times are milliseconds from the first event shown. What has its default value is left out.
Everything here comes from outside (a harness, a log): what a terminal could obey is made visible.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    # Much of what uses `visible` shows no event.
    from stallproof.wire.events import AnyEvent

TEXT_MAX = 160
"""The longest text from outside that is shown in one line."""
HEARD_LATE_US = 5_000
"""An event heard later than this after it happened says so: the delay may matter."""

_MOMENTS = frozenset({"began_us"})
"""Fields that name a moment of the trace's clock; other times are spans or another clock's."""
_OWN_CLOCK = frozenset({"before_us", "after_us"})
"""Readings of the wall clock, shown as they are."""
_OLD = "lab_"
_NAMING = {("how", "lab_closed"): "peer_closed", ("what", "lab"): "peer"}
"""Values of fields that say an older word for the peer."""
_WITNESS = {"implementation": "impl", "lab": "peer", "oracle": "oracle"}


def visible(text: str, *, limit: int | None = None) -> str:
    """Return `text` on one line with control characters escaped, cut after `limit` characters."""
    shown = text
    if not text.isprintable():
        shown = "".join(
            mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text
        )
    if limit is not None and len(shown) > limit:
        return shown[:limit] + "..."
    return shown


def ms(span_us: int) -> str:
    """Return a span of microseconds in milliseconds, exact to the microsecond."""
    return f"{span_us / 1000:,.3f} ms"


class Line(NamedTuple):
    """One event in words: when, who saw it, what happened."""

    when: str
    witness: str
    what: str


def name_of(event: "AnyEvent") -> str:
    """Return the name of `event` for people: of what the peer saw it begins with `peer`.

    Its name in a trace is older than that word, and stays as long as the version of the protocol.
    """
    tag = str(event.__struct_config__.tag)
    return f"peer_{tag.removeprefix(_OLD)}" if tag.startswith(_OLD) else tag


def event_lines(
    events: "Sequence[AnyEvent]", most: int | None = None, *, origin_us: int | None = None
) -> list[Line]:
    """Return one line for each of `events`, in the order of their times: the first `most`.

    `origin_us`: from when on times are told; `None`: from the first of them.
    """
    if not events:
        return []
    ordered = sorted(events, key=lambda event: event.at_us)
    since_us = ordered[0].at_us if origin_us is None else origin_us
    return [_event_line(event, origin_us=since_us) for event in ordered[:most]]


def _event_line(event: "AnyEvent", *, origin_us: int) -> Line:
    details = ", ".join(_details(event, origin_us))
    tag = name_of(event)
    return Line(
        f"{(event.at_us - origin_us) / 1000:+,.3f} ms",
        _WITNESS[event.seen_by],
        f"{tag}: {details}" if details else tag,
    )


def _details(event: "AnyEvent", origin_us: int) -> Iterator[str]:
    for field in msgspec.structs.fields(event):
        value = getattr(event, field.name)
        if field.name in ("at_us", "seen_by"):
            continue
        if field.name == "heard_us":
            if value is not None and value - event.at_us > HEARD_LATE_US:
                yield f"heard {ms(value - event.at_us)} later"
        elif value not in (None, [], {}) and (field.required or value != field.default):
            yield _detail(field.name, value, origin_us)


def _detail(name: str, value: Any, origin_us: int) -> str:
    words = name.removesuffix("_us").removesuffix("_bytes").replace("_", " ")
    if isinstance(value, bool):
        return words if value else f"not {words}"
    if isinstance(value, int):
        return f"{words} {_number(name, value, origin_us)}"
    if isinstance(value, list):
        return f"{words} {visible(' '.join(map(_word, value)), limit=TEXT_MAX)}"
    if isinstance(value, dict):
        pairs = " ".join(f"{key}={_word(item)}" for key, item in value.items())
        return f"{words} {visible(pairs, limit=2 * TEXT_MAX)}"
    text = _NAMING.get((name, value), str(value))
    return f"{words} {visible(text, limit=TEXT_MAX)}"


def _word(value: Any) -> str:
    """Return one value in JSON's words, text without its marks."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _number(name: str, value: int, origin_us: int) -> str:
    if name in _MOMENTS:
        return f"{(value - origin_us) / 1000:+,.3f} ms"
    if name.endswith("_us") and name not in _OWN_CLOCK:
        return ms(value)
    if name.endswith("_bytes"):
        return f"{value:,} bytes"
    return str(value)
