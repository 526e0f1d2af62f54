"""The last line of a trace, by which a reader knows that nothing is missing behind it.

Spec: `spec/trace.md`.
"""

from collections.abc import Iterable

from stallproof.wire.events import AnyEvent, Interrupted, ScenarioBegun, TraceEnded


def scenarios_in(events: Iterable[AnyEvent]) -> int:
    """Return how many lines `scenario` are among `events`."""
    return sum(isinstance(event, ScenarioBegun) for event in events)


def last_event(scenarios: int, interrupted: str | None, at_us: int = 0) -> Interrupted | TraceEnded:
    """Return what ends a trace with so many lines `scenario`.

    `interrupted`: why its run ended before its time, `None` if it did not. `at_us`: 0 in virtual
    time.
    """
    if interrupted is not None:
        return Interrupted(at_us=at_us, why=interrupted)
    return TraceEnded(at_us=at_us, scenarios=scenarios)
