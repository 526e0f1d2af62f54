"""The report on what was judged, put together."""

from stallproof import __version__
from stallproof.judge.remembered import Remembered
from stallproof.judge.report import REPORT_SCHEMA, Judgement, Report
from stallproof.judge.whole import weighed
from stallproof.requirements.version import law_version
from stallproof.wire.events import TraceBegun
from stallproof.wire.protocol import TRANSPORTS


def whole_report(
    header: TraceBegun,
    judgements: list[Judgement],
    runs: Remembered,
    *,
    profile: str,
    selected: frozenset[str],
    scenarios: int | None = None,
    transports: frozenset[str] = frozenset(),
) -> Report:
    """Return the report of `judgements`; `runs` holds at least those in which something broke.

    `scenarios` and `transports`: those of all runs, where `runs` holds only some. What is no
    transport of the real clock is left out.
    """
    failed = frozenset(one.id for one in judgements if one.verdict == "fail")
    report = Report(
        schema=REPORT_SCHEMA,
        stallproof=__version__,
        law=law_version(),
        verdict="incomplete",
        interrupted=header.interrupted or None,
        without=header.without or [],
        profile=profile,
        implementation=header.implementation,
        selected=sorted(selected),
        clock=header.clock,
        seed=header.seed,
        transports=[one for one in TRANSPORTS if one in runs.transports | transports],
        grace_us=runs.grace_us,
        noise_us=runs.noise_us,
        clock_uncertainty_us=header.clock_uncertainty_us,
        scenarios=len(runs.names) if scenarios is None else scenarios,
        harness=runs.trouble.apart_from(failed),
        requirements=judgements,
    )
    return weighed(report)
