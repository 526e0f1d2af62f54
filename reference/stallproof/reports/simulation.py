"""What a simulation came to: the timeline in words for a person, and all of it as JSON.

Equal moments in a row are told once with their number.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from rich.console import RenderableType
from rich.text import Text

from stallproof.reports.lines import visible
from stallproof.reports.page import item, laid_out
from stallproof.simulate.plan import MIB, Plan
from stallproof.simulate.told import Moment, Outcome, behind, seconds

SIMULATION_SCHEMA = "stallproof.simulation/1"
_NUMBER = re.compile(r"\d+(\.\d+)?")


def render_simulation(outcome: Outcome, *, width: int, color: bool) -> str:
    """Return what was simulated, what happened, who is out, and how the job ended."""
    return laid_out(_parts(outcome), width=width, color=color)


def _parts(outcome: Outcome) -> Iterator[RenderableType]:
    plan = outcome.plan
    guardrails = "with the guardrails" if plan.guardrails else "without the guardrails"
    yield Text(f"Simulated {guardrails}: {plan.clients} sites behind {plan.relays} relays", "bold")
    for line in assumed(plan):
        yield item(line)
    for note in (*plan.notes, *outcome.unseen()):
        yield item(visible(note), "note:")
    yield Text("")
    for moment, more in _folded(outcome.moments):
        again = f" (and {more} more like it)" if more else ""
        yield item(f"{moment.who}: {moment.what}{again}", f"{seconds(moment.at_us):>11}")
    yield Text("")
    for reason, sites in outcome.by_reason().items():
        yield Text(f"Out, {reason}: {len(sites)} of {plan.clients} ({behind(plan, sites)})")
    word, style = ("COMPLETED", "green") if outcome.completed else ("ABORTED", "red")
    code = 0 if outcome.completed else 1
    ended = f"{word} at {seconds(outcome.ended_us)}: {outcome.why} (exit code {code})"
    yield Text(ended, f"bold {style}")


def assumed(plan: Plan) -> list[str]:
    """Return what the simulation takes for granted, in sentences."""
    stalls = [
        f"{one.name} reads nothing from {seconds(one.from_us)} to {seconds(one.until_us)}"
        for one in plan.stalls
    ]
    return [
        f"{plan.deployment_bytes / MIB:g} MiB are deployed to each site and "
        f"{plan.model_bytes / MIB:g} MiB downloaded, by {plan.workers} workers; "
        f"{plan.relay_bytes_s:,} bytes a second to a relay, {plan.site_bytes_s:,} to a site",
        f"replies are waited for {seconds(plan.deploy_timeout_us)} and then "
        f"{seconds(plan.start_timeout_us)}; {plan.min_sites} sites are needed",
        "a missing reply counts as "
        + ("a failure (strict)" if plan.is_strict else "a success")
        + "; a site is declared dead "
        + (
            "once it was seen in the job" if plan.is_report_needed else "also before it has the job"
        ),
        f"knobs: {visible(', '.join(plan.set_knobs)) or 'none is set'}; others at their defaults",
        *(stalls or ["nothing stalls"]),
    ]


def _folded(moments: Sequence[Moment]) -> Iterator[tuple[Moment, int]]:
    """Yield the first of moments that differ in numbers alone, and how many follow it."""
    first, more = None, 0
    for moment in moments:
        if first is not None and _kind(first) == _kind(moment):
            more += 1
            continue
        if first is not None:
            yield first, more
        first, more = moment, 0
    if first is not None:
        yield first, more


def _kind(moment: Moment) -> tuple[str, str]:
    return moment.who, _NUMBER.sub("0", moment.what)


def encode_simulation(outcome: Outcome) -> bytes:
    """Return what came of it as indented JSON with a newline at the end."""
    told: dict[str, Any] = {
        "schema": SIMULATION_SCHEMA,
        "completed": outcome.completed,
        "why": outcome.why,
        "ended_us": outcome.ended_us,
        "results": outcome.results,
        "excluded": outcome.by_reason(),
        "notes": [*outcome.plan.notes, *outcome.unseen()],
        "moments": outcome.moments,
        "spans": outcome.spans,
        "plan": outcome.plan,
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"
