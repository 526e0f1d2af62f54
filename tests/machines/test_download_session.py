"""A whole download at its boundaries, and against one that looks back over its history."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.judge.rules.machines import law_of
from stallproof.machines import download_retry, download_session
from stallproof.machines.download_session import Limits
from tests.models.download_session import decision
from tests.models.frozen import FROZEN

S = 1_000_000
OUT: dict[str, Any] = {"event": "timed_out", "at_us": S}
NAMES = ("max_retries", "timeout_us", "pieces")


def decided(limits: tuple[int, ...], events: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the naive download decides."""
    max_retries, timeout_us, pieces = limits
    return decision(max_retries, timeout_us, pieces, events)


def asked(events: list[dict[str, Any]], *limits: int) -> dict[str, Any]:
    """Return what the machine decides, which is what law and model say too."""
    machine: Any = FROZEN["download_session"]
    past = [msgspec.convert(one, machine.Event) for one in events]
    made: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(machine.decide(*limits, past)))
    verdict = law_of(
        "download_session", {**dict(zip(NAMES, limits, strict=True)), "events": events}
    )
    assert verdict is not None
    assert verdict.decision == decided(limits, events) == made
    assert verdict.broken_by(made) is None
    return made


@pytest.mark.requirement("RT-3", "RT-5", kind="boundary")
@pytest.mark.parametrize("at_us", [S, 3 * S - 1, 3 * S])
def test_an_abort_ends_a_wait_when_it_comes(at_us: int) -> None:
    """At the first moment of the wait, at its last one, and at its end, before the next request."""
    made = asked([OUT, {"event": "abort", "at_us": at_us}], 3, S, 2)
    assert ("abort", at_us) == (made["action"], made["at_us"])


@pytest.mark.requirement("RT-3", kind="boundary")
def test_an_abort_right_after_a_wait_leaves_the_request_to_its_end() -> None:
    """The wait is over and the request in flight: what follows it is the abort."""
    past = [OUT, {"event": "waited", "at_us": 3 * S}, {"event": "abort", "at_us": 3 * S}]
    assert "ask" == asked(past, 3, S, 2)["action"]
    again = [*past, {"event": "timed_out", "at_us": 4 * S}]
    assert ("abort", 4 * S) == tuple(asked(again, 3, S, 2)[one] for one in ("action", "at_us"))
    assert ("abort", ["retry"]) == tuple(
        asked(again, 1, S, 2)[one] for one in ("action", "reports")
    )


ENDS: dict[str, Any] = {"answered": {"request": 1}, "failed": {}, "timed_out": {}}


@pytest.mark.requirement("RT-3", kind="boundary")
@pytest.mark.parametrize("most", [0, 3])
@pytest.mark.parametrize("end", [*ENDS, None])
def test_an_abort_may_end_its_request_at_any_moment_until_that_is_over(
    most: int, end: str | None
) -> None:
    """At once, or later, and what the request brings then counts for nothing; never too late."""
    past = [{"event": "abort", "at_us": 5}]
    past += [] if end is None else [{"event": end, "at_us": S, **ENDS[end]}]
    given_ = {"max_retries": most, "timeout_us": S, "pieces": 1, "events": past}
    verdict = law_of("download_session", given_)
    assert verdict is not None
    last_us = 5 if end is None else S
    early = {**decided((most, S, 1), []), "action": "abort", "at_us": 5}
    assert all(
        verdict.broken_by({**early, "at_us": at_us}) is None and verdict.read(early) == made
        for at_us in (5, last_us)
        for made in [asked(past, most, S, 1)]
    )
    for wrong in ({"at_us": 4}, {"at_us": last_us + 1}, {"at_us": 5.0}, {"action": "fail"}):
        assert verdict.broken_by({**early, **wrong}) == "RT-3"
    assert verdict.broken_by({**early, "reports": ["failed"]}) in ("RT-3", "RT-4")
    assert "5 to" in verdict.why("download_session", given_, {})


@pytest.mark.requirement("RT-3", "RT-5", kind="boundary")
@pytest.mark.parametrize("at_us", [2 * S, 3 * S])
def test_who_hears_an_abort_at_the_end_of_its_wait_keeps_rt_3(at_us: int) -> None:
    """He says that he still waits, or that he will have waited; at the end he must hear it."""
    past = [OUT, {"event": "abort", "at_us": at_us}]
    given_ = {"max_retries": 3, "timeout_us": S, "pieces": 2, "events": past}
    verdict = law_of("download_session", given_)
    assert verdict is not None
    waits = {**asked(past, 3, S, 2), "action": "retry", "at_us": 3 * S}
    assert verdict.broken_by(waits) == ("RT-5" if at_us < 3 * S else "RT-3")
    heard = "RT-5" if at_us < 3 * S else None
    assert verdict.broken_by({**waits, "action": "abort"}) == heard


@pytest.mark.requirement("RT-5", kind="boundary")
@pytest.mark.parametrize(
    ("retries", "waits_s"), [(0, 0), (1, 2), (3, 14), (5, 62), (6, 122), (7, 182)]
)
def test_the_waits_in_a_row_take_so_long_together(retries: int, waits_s: int) -> None:
    """Before, at and after the last wait that doubles."""
    assert waits_s * S == download_retry.waits_us(retries)


def slowest(max_retries: int, timeout_us: int, pieces: int) -> list[dict[str, Any]]:
    """Return the history in which everything happens at its last moment."""
    events: list[dict[str, Any]] = []
    now_us = request = 0
    for _ in range(pieces):
        for retry in range(max_retries + 1):
            now_us, request = now_us + timeout_us, request + 1
            if retry < max_retries:
                events.append({"event": "timed_out", "at_us": now_us})
                now_us += min(2 ** (retry + 1), 60) * S
                events.append({"event": "waited", "at_us": now_us})
        events.append({"event": "answered", "at_us": now_us, "request": request})
    return events


@pytest.mark.requirement("RT-5")
@given(st.tuples(st.integers(0, 9), st.integers(1, 90 * S), st.integers(1, 4)))
def test_the_slowest_download_takes_the_longest_time(limits: tuple[int, int, int]) -> None:
    """The bound is met, so that no smaller one holds."""
    made = asked(slowest(*limits), *limits)
    assert ("done", made["longest_us"]) == (made["action"], made["at_us"])
    assert made["longest_us"] == download_session.longest_us(Limits(*limits))


@pytest.mark.parametrize(
    "events",
    [
        [{"event": "timed_out", "at_us": S - 1}],
        [{"event": "timed_out", "at_us": S + 1}],
        [{"event": "answered", "at_us": S + 1, "request": 1}],
        [{"event": "failed", "at_us": S + 1}],
        [{"event": "abort", "at_us": S + 1}],
        [OUT, {"event": "answered", "at_us": 3 * S + 1, "request": 1}],
        [OUT, {"event": "abort", "at_us": 3 * S + 1}],
        [OUT, {"event": "waited", "at_us": 3 * S + 1}],
        [OUT, {"event": "failed", "at_us": 2 * S}],
        [OUT, {"event": "waited", "at_us": 3 * S - 1}],
        [OUT, {"event": "timed_out", "at_us": 2 * S}],
        [OUT, {"event": "abort", "at_us": S}, {"event": "waited", "at_us": 3 * S}],
        [OUT, {"event": "abort", "at_us": S - 1}],
        [{"event": "waited", "at_us": S}],
        [{"event": "failed", "at_us": 1}, {"event": "failed", "at_us": 2}],
        [{"event": "answered", "at_us": 1, "request": 2}],
        [{"event": "answered", "at_us": 1}],
        [{"event": "abort", "at_us": 1, "request": 1}],
        [{"event": "abort", "at_us": -1}],
    ],
)
def test_what_cannot_have_happened_is_no_history(events: list[dict[str, Any]]) -> None:
    """Too early, too late, in the wrong state, back in time: refused, with what is wrong in it."""
    past = [msgspec.convert(one, download_session.Event) for one in events]
    with pytest.raises(ValueError, match=rf"{events[-1]['event']} at {events[-1]['at_us']}: "):
        download_session.decide(3, S, 2, past)
    limits = {"max_retries": 3, "timeout_us": S, "pieces": 2}
    assert law_of("download_session", {**limits, "events": events}) is None


@pytest.mark.parametrize("limits", [(-1, S, 1), (0, 0, 1), (0, S, 0)])
def test_limits_that_no_download_has_are_refused(limits: tuple[int, int, int]) -> None:
    """One less than the least of each."""
    with pytest.raises(ValueError, match="1 or more"):
        download_session.decide(*limits, [])
    assert (
        law_of("download_session", {**dict(zip(NAMES, limits, strict=True)), "events": []}) is None
    )


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[dict[str, Any]], tuple[int, int, int]]:
    """Draw limits, and a history that can be: at each moment one of the events that may come."""
    limits = draw(st.integers(0, 7)), draw(st.integers(1, 5 * S)), draw(st.integers(1, 3))
    events: list[dict[str, Any]] = []
    last_us, asks = 0, 1
    for _ in range(draw(st.integers(0, 14))):
        now = decided(limits, events)
        may = ["answered", "abort", *(["timed_out", "failed"] if now["action"] == "ask" else [])]
        may += ["waited", "waited"] if now["action"] == "retry" else []
        what = draw(st.sampled_from(may))
        last_us += draw(st.sampled_from([0, 0, 1, S]))
        if now["action"] in ("ask", "retry"):
            due_us = now["at_us"] + (limits[1] if now["action"] == "ask" else 0)
            last_us = due_us if what in ("timed_out", "waited") else min(last_us, due_us)
        events.append({"event": what, "at_us": last_us})
        if what == "answered":
            events[-1]["request"] = draw(st.integers(max(1, asks - 2), asks))
        before = now["receipts"]
        now = decided(limits, events)
        asks += now["action"] == "ask" and (what == "waited" or now["receipts"] > before)
    return events, limits


@pytest.mark.requirement("RT-3", "RT-4", "RT-5")
@given(histories())
def test_machine_law_and_naive_download_agree(
    drawn: tuple[list[dict[str, Any]], tuple[int, int, int]],
) -> None:
    """Three statements of one law, each written on its own, decide alike on every history."""
    events, limits = drawn
    made = asked(events, *limits)
    assert made["reports"].count("failed") == (made["action"] == "fail")
    assert made["at_us"] <= made["longest_us"]
    verdict = law_of(
        "download_session", {**dict(zip(NAMES, limits, strict=True)), "events": events}
    )
    assert verdict is not None
    assert verdict.broken_by({**made, "receipts": made["receipts"] + 1}) == "RT-5"
    assert verdict.broken_by({**made, "reports": [*made["reports"], "failed"]}) == "RT-4"
    assert verdict.broken_by({**made, "action": "wait"}) in ("RT-3", "RT-5")
