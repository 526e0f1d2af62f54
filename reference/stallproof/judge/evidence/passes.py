"""Which check belongs to which pass of the monitor that was asked for. Nothing here judges."""

from stallproof.judge.evidence.facts import heard_us
from stallproof.judge.evidence.run import Pass, Run
from stallproof.wire import events as ev


def onto_passes(run: Run) -> None:
    """Put each check onto its pass: a pass is answered when it is over, behind all its words.

    Both may be dated late and heard late, but the channel keeps their order.
    """
    by_request = {one.asked.id: one for one in run.passes}
    told: list[ev.Checked] = []
    events: list[ev.Checked | ev.Answered] = [*run.of(ev.Checked), *run.of(ev.Answered)]
    for event in sorted(events, key=heard_us):
        if isinstance(event, ev.Checked):
            told.append(event)
        elif event.id in by_request:
            since_us = by_request[event.id].asked.at_us - run.uncertainty_us
            # What was said before it is of no pass that was asked for later either.
            told = [checked for checked in told if checked.at_us >= since_us]
            told = _left_by(by_request[event.id], told, run.uncertainty_us)
    # What comes behind every answer is of a pass that was answered too soon, or not at all.
    for one in reversed(run.passes if told else []):
        told = _left_by(one, told, run.uncertainty_us)


def _left_by(one: Pass, told: list[ev.Checked], uncertainty_us: int) -> list[ev.Checked]:
    """Put the checks onto a pass that it can have made, one a connection; return the others."""
    for checked in told:
        # It did not look before it was asked to.
        if one.asked.at_us <= checked.at_us + uncertainty_us:
            one.checks.setdefault(checked.conn, checked)
    return [checked for checked in told if one.checks.get(checked.conn) is not checked]
