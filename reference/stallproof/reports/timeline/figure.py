"""The figure of one finding: picture, what it shows in words, legend, and the table of its events.

The complication: a run may be long. The picture shows the life of the connections that the finding
speaks of, or less where that is more than can be read, and says so.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from stallproof.judge.evidence.run import Run
from stallproof.judge.report import Finding
from stallproof.reports.elements import Element, e
from stallproof.reports.lines import Line, event_lines, name_of
from stallproof.reports.timeline.axis import Axis
from stallproof.reports.timeline.evidence import Numbered
from stallproof.reports.timeline.marked import Mark, mark_of
from stallproof.reports.timeline.monitor import check_tracks
from stallproof.reports.timeline.peer import closing_tracks, peer_tracks
from stallproof.reports.timeline.picture import Marked, kinds_of, picture
from stallproof.reports.timeline.scope import Scope
from stallproof.reports.timeline.sends import byte_tracks, send_tracks
from stallproof.reports.timeline.shapes import KINDS, Bar, Limit, Track
from stallproof.reports.timeline.streams import stream_tracks
from stallproof.wire.events import AnyEvent

Tracks = Callable[[Scope], Iterator[Track]]
GROUPS: Mapping[str, Sequence[Tracks]] = {
    "SD": (send_tracks, byte_tracks, peer_tracks, closing_tracks),
    "AP": (stream_tracks, peer_tracks, closing_tracks),
    "SC": (send_tracks, check_tracks, peer_tracks, closing_tracks),
    "CX": (send_tracks, stream_tracks, check_tracks, byte_tracks, peer_tracks, closing_tracks),
}
"""What is drawn for a requirement of each group; the others have their events alone."""
AROUND = 120
"""So many events before the marked one are shown at most, and as many after it."""
EVENTS_MAX = 40
TOLD_MAX = 40


def figure(requirement: str, finding: Finding, run: Run | None, name: str) -> list[Element]:
    """Return the figure and the table of `finding`, nothing if it rests on no event.

    `run`: the whole run, `None` where nobody has it: then its events are all there is. `name`
    begins the IDs.
    """
    mark = mark_of(finding)
    if mark is None or not finding.events:
        return []
    events = sorted(finding.events, key=lambda event: event.at_us)
    origin_us = events[0].at_us if run is None else min(run.begun.at_us, events[0].at_us)
    lines = event_lines(events, origin_us=origin_us)
    wrong = next((place for place, one in enumerate(events) if one is mark.event), None)
    tracks: list[Track] = []
    axis = _axis(events, origin_us, mark)
    if run is not None:
        scope = Scope(run, finding)
        axis = _axis(sorted(scope.events(), key=lambda one: one.at_us), origin_us, mark)
        made = GROUPS.get(requirement.partition("-")[0], ())
        tracks = [track for make in made for track in make(scope)]
        axis = _with_what_is_due(axis, tracks, mark)
    numbered = [
        Numbered(place, event.at_us, name_of(event)) for place, event in enumerate(events, 1)
    ][:EVENTS_MAX]
    marked = Marked(mark.at_us, _words(axis, mark), None if wrong is None else wrong + 1)
    drawn = picture(axis, tracks, numbered, marked, name)
    told = e("desc", *_told(axis, marked, tracks), id=f"{name}-desc")
    drawn.insert(
        0, e("title", f"Timeline of {requirement}: {finding.scenario}"[:300], id=f"{name}-title")
    )
    drawn.insert(1, told)
    frame = e("div", drawn, class_="scroll", tabindex=0, role="region", aria_label="Timeline")
    caption = e("figcaption", *_caption(axis, run, tracks))
    return [e("figure", frame, caption), _table(lines, wrong)]


def _axis(events: Sequence[AnyEvent], origin_us: int, mark: Mark) -> Axis:
    """Return the axis that shows `events`, those around the mark where there are many."""
    before = [one.at_us for one in events if one.at_us <= mark.at_us][-AROUND:]
    after = [one.at_us for one in events if one.at_us > mark.at_us][:AROUND]
    shown = [*before, mark.at_us, *after]
    margin_us = max(10, (shown[-1] - shown[0]) // 25)
    return Axis(origin_us, max(origin_us, shown[0] - margin_us), shown[-1] + margin_us)


def _with_what_is_due(axis: Axis, tracks: Sequence[Track], mark: Mark) -> Axis:
    """Return an axis that reaches what was due next after the mark, unless that is far off."""
    limits = [one for track in tracks for one in track.shapes if isinstance(one, Limit)]
    span_us = axis.until_us - axis.from_us
    next_us = min((one.at_us for one in limits if one.at_us > mark.at_us), default=mark.at_us)
    if not axis.until_us < next_us <= axis.until_us + span_us:
        return axis
    return replace(axis, until_us=next_us + (next_us - axis.from_us) // 25)


def _words(axis: Axis, mark: Mark) -> str:
    if mark.event is None:
        return f"missing: due at {axis.ms(mark.at_us)}"
    return f"contradicts the law: {name_of(mark.event)} at {axis.ms(mark.at_us)}"


def _told(axis: Axis, marked: Marked, tracks: Sequence[Track]) -> Iterator[str]:
    """Yield what the picture shows, for those who do not see it."""
    yield f"{marked.words[0].upper()}{marked.words[1:]}. "
    told = [
        f"{track.title}: {one.words}, {axis.ms(one.from_us)} to {axis.ms(one.until_us)}. "
        if isinstance(one, Bar)
        else f"{track.title}: {one.words}, {axis.ms(one.at_us)}. "
        for track in tracks
        for one in track.shapes
        if isinstance(one, Bar | Limit)
    ]
    yield from told[:TOLD_MAX]
    yield "The table below has the events of the finding."


def _caption(axis: Axis, run: Run | None, tracks: Sequence[Track]) -> Iterator[Element | str]:
    if run is None:
        yield "The trace of this run is not at hand: drawn are the events of the finding alone. "
    else:
        until_us = min(axis.until_us, run.end_us)
        if axis.from_us > axis.origin_us or until_us < run.end_us:
            yield (
                f"Shown: {axis.ms(axis.from_us)} to {axis.ms(until_us)} of a run that lasted "
                f"{axis.ms(run.end_us)}, around the marked moment. "
            )
    keys = [e("li", _key(kind), KINDS[kind]) for kind in kinds_of(tracks)]
    keys.append(e("li", _key("mark"), "what contradicts the law"))
    yield e("ul", *keys, class_="legend", aria_label="Legend")


def _key(kind: str) -> Element:
    box = e("rect", x=1, y=1, width=18, height=10, class_="key")
    return e("svg", e("g", box, class_=f"bar {kind}"), viewBox="0 0 20 12", aria_hidden="true")


def _table(lines: Sequence[Line], wrong: int | None) -> Element:
    rows = []
    for place, line in enumerate(lines[:EVENTS_MAX]):
        is_wrong = place == wrong
        what = e("td", e("strong", "contradicts: ") if is_wrong else None, line.what)
        rows.append(
            e(
                "tr",
                e("th", str(place + 1), scope="row"),
                e("td", line.when, class_="number"),
                e("td", line.witness),
                what,
                class_="wrong" if is_wrong else None,
            )
        )
    heads = [e("th", word, scope="col") for word in ("No.", "When", "Seen by", "What")]
    left = len(lines) - EVENTS_MAX
    more = f", the first {EVENTS_MAX} of {len(lines)}" if left > 0 else ""
    whole = e(
        "table",
        e("caption", f"The events of the finding{more}; times from the first event of the run"),
        e("thead", e("tr", *heads)),
        e("tbody", *rows),
    )
    summary = e("summary", f"The {len(lines)} events as a table")
    return e(
        "details",
        summary,
        e("div", whole, class_="scroll", tabindex=0, role="region", aria_label="Events"),
        class_="events",
    )
