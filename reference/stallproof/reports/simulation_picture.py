"""A simulation as a picture: a row for each relay, time from left to right, in one SVG file.

It holds all that it needs, and follows the reader's choice of light or dark. What a colour says is
said by a pattern or by words as well.
"""

from collections.abc import Iterator
from html import escape

from stallproof.machines.policy import MICROSECONDS
from stallproof.reports.simulation import assumed
from stallproof.reports.timeline.axis import Axis
from stallproof.simulate.told import PHASES, Outcome, Span, seconds

WIDTH, LEFT, RIGHT, TOP, ROW = 960, 120, 150, 96, 30
ROWS_MAX = 12
"""So many relays are drawn, and more only where something happened on more."""
BELOW = 40
"""What is left free below the rows, for the axis."""

STYLE = """
svg { color-scheme: light dark; background: var(--paper); max-width: 100%; height: auto }
svg { --ink: #1b1f24; --paper: #fff; --faint: #d0d7de; --open: #b9dcc4; --closed: #8c959f;
  --stalled: #e8a33d; --blocked: #cf222e; --phase: #b6d4f2 }
@media (prefers-color-scheme: dark) { svg { --ink: #e6edf3; --paper: #0d1117; --faint: #3d444d;
  --open: #1f4d2f; --closed: #59636e; --stalled: #9a6700; --blocked: #ff6b6b; --phase: #1f4a75 } }
text { fill: var(--ink); font: 13px system-ui, sans-serif } .strong { font-weight: 600 }
.paper { fill: var(--paper) } .grid { stroke: var(--faint) } .open { fill: var(--open) }
.closed { fill: var(--closed) } .stalled { fill: var(--stalled) }
.phase { fill: var(--phase); stroke: var(--paper) }
.blocked { fill: url(#hatch) } .line { stroke: var(--blocked); stroke-width: 3 }
"""
_DEFS = (
    '<defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><line class="line" x1="2" y1="0" x2="2" y2="8"/></pattern>'
    "</defs>"
)
_LEGEND = (
    ("open", "open"),
    ("blocked", "a send is blocked"),
    ("closed", "closed"),
    ("stalled", "its far end reads nothing"),
)


def draw_simulation(outcome: Outcome) -> bytes:
    """Return the picture."""
    names = _drawn(outcome)
    left = outcome.plan.relays - len({*names} & {*outcome.plan.relay_names})
    height = TOP + ROW * (len(names) + 1) + BELOW + 24 * bool(left)
    word = "completed" if outcome.completed else "aborted"
    how = "with" if outcome.plan.guardrails else "without"
    title = f"A job of {outcome.plan.clients} sites {how} the guardrails: {word}"
    told = f"{'; '.join(assumed(outcome.plan))}. {seconds(outcome.ended_us)}: {outcome.why}."
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(title)}</title><desc id="desc">{escape(told)}</desc>',
        f"<style>{STYLE}</style>{_DEFS}",
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
        _text(16, 26, title, "strong"),
        _text(16, 46, f"{seconds(outcome.ended_us)}: {outcome.why}"),
        *_legend(),
        *_axis(outcome, len(names)),
        *_phases(outcome),
    ]
    for number, name in enumerate(names, start=1):
        parts += _row(outcome, name, TOP + ROW * number)
    if left:
        rest = f"and {left} relays on which nothing was blocked or closed"
        parts.append(_text(16, height - 12, rest))
    return "\n".join([*parts, "</svg>", ""]).encode()


def _drawn(outcome: Outcome) -> list[str]:
    """Return what is drawn: relays where something happened, some quiet ones, and stalled sites."""
    names = outcome.plan.relay_names
    stalled = [stall.name for stall in outcome.plan.stalls if stall.name not in names]
    busy = [name for name in names if name in outcome.spans]
    quiet = [name for name in names if name not in outcome.spans]
    chosen = {*busy, *quiet[: max(0, ROWS_MAX - len(busy))]}
    return [name for name in names if name in chosen] + stalled


def _x(outcome: Outcome, at_us: int) -> float:
    whole = WIDTH - LEFT - RIGHT
    return round(LEFT + whole * min(at_us, outcome.ended_us) / max(1, outcome.ended_us), 1)


def _text(x: float, y: float, words: str, kind: str = "", more: str = "") -> str:
    marked = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{y}"{marked}{more}>{escape(words)}</text>'


def _bar(outcome: Outcome, span: Span, y: float, height: int, kind: str) -> str:
    begin, end = _x(outcome, span.from_us), _x(outcome, span.until_us)
    shape = f'x="{begin}" y="{y}" width="{round(end - begin, 1)}" height="{height}"'
    when = f"{span.kind}, {seconds(span.from_us)} to {seconds(span.until_us)}"
    return f'<rect class="{kind}" {shape}><title>{escape(when)}</title></rect>'


def _legend() -> Iterator[str]:
    x = 16
    for kind, words in _LEGEND:
        yield f'<rect class="{kind}" x="{x}" y="58" width="18" height="12"/>'
        yield _text(x + 24, 69, words)
        x += 60 + 8 * len(words)


def _axis(outcome: Outcome, rows: int) -> Iterator[str]:
    bottom = TOP + ROW * (rows + 1) + 8
    for at_us, _ in Axis(0, 0, outcome.ended_us).ticks():
        x = _x(outcome, at_us)
        yield f'<line class="grid" x1="{x}" y1="{TOP - 6}" x2="{x}" y2="{bottom}"/>'
        yield _text(x, bottom + 18, f"{at_us / MICROSECONDS:g} s", more=' text-anchor="middle"')


def _phases(outcome: Outcome) -> Iterator[str]:
    yield _text(16, TOP + 15, "the job")
    for span in outcome.spans.get(PHASES, []):
        yield _bar(outcome, span, TOP, 20, "phase")
        if _x(outcome, span.until_us) - _x(outcome, span.from_us) > 7 * len(span.kind):
            yield _text(_x(outcome, span.from_us) + 4, TOP + 15, span.kind)


def _row(outcome: Outcome, name: str, y: int) -> Iterator[str]:
    yield _text(16, y + 15, name)
    yield _bar(outcome, Span(0, outcome.ended_us, "open"), y, 20, "open")
    spans = outcome.spans.get(name, [])
    for span in sorted(spans, key=lambda one: one.kind == "stalled"):
        is_truth = span.kind == "stalled"
        yield _bar(outcome, span, y + 20 if is_truth else y, 5 if is_truth else 20, span.kind)
    plan = outcome.plan
    behind = [site for site in plan.sites if name in (site, plan.relay_of(site))]
    out = sum(site in outcome.excluded for site in behind)
    yield _text(WIDTH - RIGHT + 12, y + 15, f"{out} of {len(behind)} sites out")
