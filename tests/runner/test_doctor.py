"""What is found of a machine, at the limits at which it changes."""

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from stallproof.runner.doctor import Look, is_able, suggested_jobs
from stallproof.runner.doctor.judging import judgeable
from stallproof.runner.doctor.machine import (
    OPEN_FILES_MIN,
    machine_looks,
    open_files,
    quota_of,
)
from stallproof.runner.doctor.noise import Noise, noise_look
from stallproof.runner.scenarios.scenario import Scenario

GRACE_US = 50_000


def _noise(overrun_us: int, delayed_us: int = 0) -> Noise:
    return Noise(overrun_us, delayed_us, 1.0)


@pytest.mark.parametrize(
    ("noise", "state"),
    [
        (_noise(GRACE_US // 2 - 1), "ok"),
        (_noise(GRACE_US // 2), "ok"),
        (_noise(GRACE_US // 2 + 1), "warn"),
        (_noise(0, GRACE_US - 1), "ok"),
        (_noise(0, GRACE_US), "ok"),
        (_noise(0, GRACE_US + 1), "warn"),
    ],
)
def test_noise_is_too_much_where_a_run_would_say_so(noise: Noise, state: str) -> None:
    """Half the grace for lateness, all of it for waiting: the scheduler's own limits."""
    assert state == noise_look(noise).state


def _scenario(name: str, requirement: str, bound_s: float, *, timing: bool = True) -> Scenario:
    """Return a scenario whose grace is a tenth of `bound_s`, 50 ms at most."""
    return Scenario(
        name, {requirement: ""}, lambda context: None, send_timeout_s=bound_s, timing=timing
    )


@pytest.mark.parametrize(
    ("overrun_us", "states"),
    [
        # A bound of 200 ms has a grace of 20 ms: noise of 10 ms is the most.
        (5_000, ["ok", "ok"]),
        (5_001, ["warn", "ok"]),
        (10_000, ["warn", "ok"]),
        (10_001, ["fail", "ok"]),
    ],
)
def test_a_requirement_is_lost_where_all_its_scenarios_are_too_fine(
    overrun_us: int, states: list[str]
) -> None:
    """One scenario that is coarse enough is enough; without a bound in time none is lost."""
    scenarios = [
        _scenario("fine", "SD-1", 0.2),
        _scenario("fine-as-well", "SD-2", 0.2),
        _scenario("coarse", "SD-2", 30.0),
        _scenario("untimed", "SD-3", 0.2, timing=False),
    ]
    looks = list(judgeable(_noise(overrun_us), scenarios))
    assert states == [look.state for look in looks]
    named = "SD-1" in looks[0].seen
    assert (states[0] != "ok") == named
    assert "SD-2" not in looks[0].seen
    assert "SD-3" not in looks[0].seen


@pytest.mark.parametrize(
    ("content", "processors"),
    [
        ("max 100000", None),
        ("50000 100000", 0.5),
        ("200000 100000", 2.0),
        ("x y", None),
        ("", None),
    ],
)
def test_the_quota_of_a_control_group_is_read(
    content: str, processors: float | None, tmp_path: Path
) -> None:
    """Of version 2; what is no quota bounds nothing."""
    (tmp_path / "cpu.max").write_text(f"{content}\n")
    assert processors == quota_of(tmp_path)


@pytest.mark.parametrize(
    ("quota", "period", "processors"), [("-1", "100000", None), ("150000", "100000", 1.5)]
)
def test_the_quota_of_the_first_version_is_read(
    quota: str, period: str, processors: float | None, tmp_path: Path
) -> None:
    """Two files, and -1 for no bound."""
    (tmp_path / "cpu.cfs_quota_us").write_text(f"{quota}\n")
    (tmp_path / "cpu.cfs_period_us").write_text(f"{period}\n")
    assert processors == quota_of(tmp_path)


def test_no_group_has_no_quota(tmp_path: Path) -> None:
    """Where the system shows nothing, nothing is known."""
    assert quota_of(tmp_path) is None


@pytest.mark.parametrize(
    ("processors", "jobs"), [(0.1, 1), (0.5, 1), (1.0, 2), (2.0, 4), (8.0, 16), (64.0, 16)]
)
def test_jobs_grow_with_the_processors(processors: float, jobs: int) -> None:
    """Two on each, one at least, sixteen at most."""
    assert jobs == suggested_jobs(processors)


@pytest.mark.parametrize(("load", "jobs"), [(0.0, 4), (1.99, 4), (2.0, 4), (2.01, 1), (16.2, 1)])
def test_on_a_machine_that_is_busy_one_scenario_plays_at_once(load: float, jobs: int) -> None:
    """What is said of the processors and of the jobs agrees."""
    assert jobs == suggested_jobs(2.0, load)


@pytest.mark.parametrize(("jobs", "many"), [(1, "1 scenario"), (2, "2 scenarios")])
def test_how_many_play_is_told_in_good_words(
    jobs: int, many: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of them is no plural."""
    monkeypatch.setattr("stallproof.runner.doctor.judging.suggested_jobs", lambda *_of: jobs)
    *_others, look = judgeable(Noise(0, 0, 1.0))
    assert f"Play {many} at once: --jobs." == look.seen


@pytest.fixture
def limit() -> Iterator[None]:
    """Give the limit of open files back."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("limit")
@pytest.mark.parametrize(
    ("files", "state"),
    [(OPEN_FILES_MIN - 1, "fail"), (OPEN_FILES_MIN, "ok"), (OPEN_FILES_MIN + 1, "ok")],
)
def test_too_few_open_files_are_a_failure(files: int, state: str) -> None:
    """The limit of this process is the one that a harness inherits."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    look = open_files()
    assert state == look.state
    assert bool(look.advice) == (state != "ok")


def test_what_is_not_in_order_says_what_to_do() -> None:
    """Here everything has a name, and advice where it is not ok."""
    looks = list(machine_looks())
    assert len({look.name for look in looks}) == len(looks)
    assert all(look.advice for look in looks if look.state != "ok")


def test_a_warning_is_no_failure() -> None:
    """Only what cannot be judged at all makes a machine unable."""
    warn, fail = (Look(name="x", state=state, seen="x") for state in ("warn", "fail"))
    assert is_able([warn])
    assert not is_able([warn, fail])
