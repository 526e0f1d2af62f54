"""What a person reads of a search: the bound, the counts, and how a law was broken."""

from collections.abc import Iterator, Sequence

from proofs.search.connection_states import Setting
from proofs.search.laws import Law
from proofs.search.outcome import Outcome
from proofs.search.searches import AnySetting, Search

_NARROW = 28


def bound_words(setting: AnySetting) -> str:
    """Say in one line what the surroundings may do under `setting`."""
    policy = setting.policy
    if isinstance(setting, Setting):
        sizes = ", ".join(map(str, setting.sizes))
        words = (
            f"time to {setting.horizon_us} us, {setting.sends_max} sends of {sizes} bytes, "
            f"S = {policy.send_timeout_us}"
        )
        if setting.checks:
            mode = "closes" if policy.close_stalled else "warns only"
            words += (
                f", L = {policy.stall_timeout_us}, N = {policy.checks_max} ({mode}), "
                f"H = {policy.heartbeat_interval_us}"
            )
        return words + (f", clocks {setting.early_us} us early" if setting.early_us else "")
    profile = "seed" if setting.seed else "hardened"
    return (
        f"{profile}, time to {setting.horizon * setting.tick_us} us in ticks of {setting.tick_us}, "
        f"{setting.sent_max} bytes, W = {policy.window_bytes}, C = {policy.chunk_bytes}, "
        f"Tp = {policy.ack_progress_timeout_us}, Tw = {policy.ack_wait_us}"
        + (f", clocks {setting.early_ticks} ticks early" if setting.early_ticks else "")
    )


def listed(search: Search) -> Iterator[str]:
    """Return the lines of `--list` for one search."""
    yield f"{search.name}: {search.says}"
    for number, setting in enumerate(search.settings):
        quick = "quick" if number < search.quick else ""
        yield f"  {quick:5}  {setting.name}: {bound_words(setting)}"
    for law in search.laws.values():
        yield f"  law  {_law(law)}"


def _law(law: Law) -> str:
    return f"{law.name} ({', '.join(law.requirements)}): {law.says}"


def report(outcome: Outcome) -> Iterator[str]:
    """Return the lines of the report on one search."""
    yield f"{outcome.search.name}: {outcome.search.says}"
    for setting, found in zip(outcome.settings, outcome.found, strict=True):
        yield (
            f"  {setting.name:{_NARROW}} {found.states:7,} states {found.transitions:9,} "
            f"transitions, depth {found.depth:2}, {found.seconds:5.1f} s"
        )
        yield f"  {'':{_NARROW}} {bound_words(setting)}"
    yield (
        f"  {'in all':{_NARROW}} {outcome.states:7,} states {outcome.transitions:9,} transitions, "
        f"depth {outcome.depth:2}, {outcome.seconds:5.1f} s"
    )
    for what in ("events", "decisions"):
        yield f"  {what}:"
        for name, times in sorted(outcome.total(what).items()):
            yield f"    {times:9,}  {name}"
    judged = outcome.total("laws")
    yield f"  {len(judged)} of {len(outcome.search.laws)} laws, judged {judged.total():,} times"
    yield from _wrong(outcome)
    yield f"  {outcome.search.name}: {outcome.status}"


def _wrong(outcome: Outcome) -> Iterator[str]:
    for name in outcome.missing:
        yield f"  {name}"
    for name in outcome.truncated:
        yield f"  the setting {name!r} met the limit on states: it shows nothing"
    violation = outcome.violation
    if violation is None:
        return
    tags = f" ({', '.join(violation.requirements)})" if violation.requirements else ""
    yield f"  BROKEN: {violation.law}{tags}: {violation.says}"
    yield "  the shortest history that leads there:"
    for number, line in enumerate(violation.history, 1):
        yield f"    {number:2}. {line}"
    if not violation.history:
        yield "    none: the very first state is wrong"


def summary(outcomes: Sequence[Outcome], seconds: float) -> str:
    """Return the last line: how much was searched, and what was not as it must be."""
    bad = [outcome.search.name for outcome in outcomes if outcome.status != "passed"]
    states = sum(outcome.states for outcome in outcomes)
    transitions = sum(outcome.transitions for outcome in outcomes)
    verdict = f"not as they must be: {', '.join(bad)}" if bad else "all passed"
    return (
        f"{len(outcomes)} searches, {states:,} states, {transitions:,} transitions, "
        f"{seconds:.1f} s; {verdict}"
    )
