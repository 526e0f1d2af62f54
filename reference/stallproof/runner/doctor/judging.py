"""What the noise leaves to judge: requirements whose bounds are finer than this machine is quiet.

A scenario with an upper bound in time counts only if the machine was quiet within its grace. So a
requirement is out of reach here where all scenarios that judge it are too fine for the noise.
"""

from collections.abc import Iterator, Sequence

from stallproof.runner.doctor.look import Look, ok
from stallproof.runner.doctor.machine import available, load
from stallproof.runner.doctor.noise import Noise
from stallproof.runner.play import SCENARIOS
from stallproof.runner.scenarios.scenario import Scenario

NEAR = 2
"""Noise that grew by this factor would be too much: a run makes some noise itself."""
JOBS_EACH = 2
"""So many scenarios play on one processor: they mostly wait."""
JOBS_MAX = 16


def suggested_jobs(processors: float, load: float = 0) -> int:
    """Return how many scenarios to play side by side on so many processors.

    `load`: how many processors are wanted already. Where that is more than there are, each
    scenario beside another makes the noise worse.
    """
    if load > processors:
        return 1
    return max(1, min(JOBS_MAX, round(JOBS_EACH * processors)))


def judgeable(noise: Noise, scenarios: Sequence[Scenario] = SCENARIOS) -> Iterator[Look]:
    """Say which requirements can be judged with this noise and the default grace, and how."""
    beyond = _lost(noise, scenarios)
    near = [one for one in _lost(_more(noise), scenarios) if one not in beyond]
    if beyond:
        yield Look(
            name="requirements", state="fail",
            seen=f"Too fine for this noise: {', '.join(beyond)}.",
            advice="Measure again on a quieter machine, or judge them in virtual time.",
        )  # fmt: skip
    elif near:
        yield Look(
            name="requirements", state="warn",
            seen=f"All can be judged. With twice the noise these could not: {', '.join(near)}.",
            advice="Play fewer at once with --jobs, and keep the machine free of other work.",
        )  # fmt: skip
    else:
        yield ok("requirements", "All can be judged with the default grace.")
    jobs = suggested_jobs(available(), load())
    many = "1 scenario" if jobs == 1 else f"{jobs} scenarios"
    yield ok("jobs", f"Play {many} at once: --jobs.")


def _more(noise: Noise) -> Noise:
    return Noise(noise.overrun_us * NEAR, noise.delayed_us * NEAR, noise.seconds)


def _lost(noise: Noise, scenarios: Sequence[Scenario]) -> list[str]:
    """Return the requirements that no scenario could judge with this noise, in their order."""
    all_of_them = dict.fromkeys(one for scenario in scenarios for one in scenario.requirements)
    reached = {
        one
        for scenario in scenarios
        if not scenario.timing or not noise.is_too_much(scenario.grace_us(None))
        for one in scenario.requirements
    }
    return [one for one in all_of_them if one not in reached]
