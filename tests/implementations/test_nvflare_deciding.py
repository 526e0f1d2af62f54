"""The harness of the real NVFlare, asked for decisions: what it says is what NVFlare's code did.

Needs interpreters that have NVFlare, as `test_nvflare_harness.py` does.
"""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.implementations.test_nvflare_harness import HARNESS, PYTHONS, WAIT_S, Driven

pytestmark = pytest.mark.skipif(
    not PYTHONS, reason="STALLPROOF_NVFLARE_PYTHON names no interpreter that has NVFlare"
)
SITES = ["site-1", "site-2", "site-3"]


@pytest.fixture(scope="module", params=PYTHONS or [""])
def asked(request: pytest.FixtureRequest) -> Iterator[Driven]:
    driven = Driven(request.param)
    yield driven
    driven.end()


def decision(asked: Driven, machine: str, **given: Any) -> dict[str, Any]:
    """Return what NVFlare decides on an input; the event comes before the answer."""
    reply = asked.ask("decide", machine=machine, input=given)
    assert reply["ok"] is True, reply
    decided = asked.events[-1]
    assert ("decided", machine, given) == tuple(decided[n] for n in ("event", "machine", "input"))
    found: dict[str, Any] = decided["decision"]
    return found


def gate(asked: Driven, phase: str, said: dict[str, str], **changes: Any) -> dict[str, Any]:
    """Return who takes part after these replies, without limits unless some are given."""
    given = {"clients": SITES, "replies": [list(one) for one in said.items()], "strict": True}
    return decision(
        asked,
        "start_gate",
        phase=phase,
        **{"min_sites": 0, "required_sites": [], **given, **changes},
    )


def test_the_waits_are_those_that_the_download_sleeps(asked: Driven) -> None:
    """The seventh wait is a minute; whatever a release sleeps at a time, it counts as one wait."""
    waits = [
        decision(asked, "download_retry", max_retries=9, outcomes=["timeout"] * row)["wait_us"]
        for row in (1, 2, 5, 6, 7)
    ]
    assert [2_000_000, 4_000_000, 32_000_000, 60_000_000, 60_000_000] == waits


@pytest.mark.parametrize(
    ("most", "outcomes", "action"),
    [
        (3, [], "go_on"),
        (3, ["ok"], "go_on"),
        (1, ["timeout", "timeout"], "fail"),
        (1, ["timeout", "ok", "timeout"], "retry"),
        (3, ["error"], "fail"),
        (-1, [], "refuse"),
    ],
)
def test_a_download_goes_on_retries_fails_or_is_refused(
    asked: Driven, most: int, outcomes: list[str], action: str
) -> None:
    """The action is read from the next request, the consumer, or the exception."""
    made = decision(asked, "download_retry", max_retries=most, outcomes=outcomes)
    assert action == made["action"]


def test_a_deployment_tells_its_details(asked: Driven) -> None:
    """Going on without a client, and aborted for want of one, in NVFlare's own words."""
    said = {"site-3": "ok", "site-1": "error"}
    made = gate(asked, "deploy", said, min_sites=1)
    assert ("go_on", ["site-3"]) == (made["action"], made["clients"])
    assert ["site-1", "site-2"] == made["missing"]
    assert "site-2: no reply (deployment timeout)" in made["reason"]
    made = gate(asked, "deploy", said, min_sites=2)
    assert ("abort", [], ["site-1", "site-2"]) == tuple(
        made[name] for name in ("action", "clients", "missing")
    )
    assert "1 < required_min_sites 2" in made["reason"]


def test_a_start_returns_its_stragglers_where_replies_are_strict(asked: Driven) -> None:
    """The switch is NVFlare's, and it is off again afterwards."""
    said = {"site-3": "ok", "site-1": "ok"}
    made = gate(asked, "start", said)
    assert (["site-1", "site-3"], ["site-2"]) == (made["clients"], made["missing"])
    assert "timed out at start-job: ['site-2']" in made["reason"]
    made = gate(asked, "start", said, strict=False)
    assert (["site-1", "site-3"], [], "") == (made["clients"], made["missing"], made["reason"])
    made = gate(asked, "start", said, required_sites=["site-2"])
    assert ("abort", ["site-2"]) == (made["action"], made["missing"])
    made = gate(asked, "start", {**said, "site-2": "error"}, strict=False)
    assert ("abort", ["site-2"]) == (made["action"], made["missing"])


def test_replies_that_are_not_those_asked_for_are_a_refusal(asked: Driven) -> None:
    """In a start they are handed over as a list; in a deployment there is no way to."""
    said = dict.fromkeys(["site-1", "site-2", "stranger"], "ok")
    assert "refuse" == gate(asked, "start", said)["action"]
    given = {"min_sites": 0, "required_sites": [], "strict": True, "clients": SITES}
    replies = [["stranger", "ok"]]
    reply = asked.ask(
        "decide", machine="start_gate", input={**given, "phase": "deploy", "replies": replies}
    )
    assert "failed" == reply["error"]


def test_a_client_is_declared_dead_at_the_last_heartbeat(asked: Driven) -> None:
    """Once it was reported, or at once by the older switch; not for a job that has ended."""
    alive, absent = ({"running": ["j", "k"], "reported": jobs} for jobs in (["j"], []))
    for needs_report, notices in ((True, ["j"]), (False, ["j", "k"])):
        made = decision(
            asked,
            "dead_client",
            needed_absences=1,
            needs_report=needs_report,
            heartbeats=[alive, absent],
        )
        assert {"notices": notices} == made


def test_the_metadata_are_read_in_nvflares_words(asked: Driven) -> None:
    """Names come back as they went in; a refusal is the exception's text."""
    made = decision(asked, "job_metadata", metadata={"job_clients": ["b", "a"]})
    assert ("accept", ["b", "a"]) == (made["action"], made["clients"])
    made = decision(asked, "job_metadata", metadata=[])
    assert "expected dict but got <class 'list'>" in made["reason"]
    assert "refuse" == decision(asked, "job_metadata", metadata={"job_clients": [3]})["action"]


def test_what_is_not_driven_is_unsupported(asked: Driven) -> None:
    """The hello names the machines, and its notes say what stands in for what."""
    hello = asked.ask("hello", protocol=1)
    assert ["download_retry", "start_gate", "dead_client", "job_metadata"] == hello["machines"]
    assert any("not asked" in note for note in hello["notes"])
    reply = asked.ask("decide", machine="memory_release", input={})
    assert "unsupported" == reply["error"]
    past = {"max_retries": 1, "outcomes": ["error", "ok"]}
    assert "failed" == asked.ask("decide", machine="download_retry", input=past)["error"]


@pytest.mark.parametrize("python", PYTHONS)
def test_the_dispatch_of_callbacks_keeps_data_moving_and_loses_what_comes_too_late(
    python: str,
) -> None:
    """With NVFlare's own pools, whose callback workers are all busy until data has been read.

    What comes after the shutdown is dropped, and neither its caller nor the log is told.
    """
    command = (python, str(HARNESS.with_name("dispatch.py")))
    done = subprocess.run(command, capture_output=True, check=True, timeout=3 * WAIT_S)
    told = json.loads(done.stdout)
    assert told.pop("reader").startswith("stm_")
    assert {
        "read": "piece",
        "called_back": False,
        "called_back_later": True,
        "stopped": True,
        "others_stopped": False,
        "logged": ["blob_cb threw: a callback's own"],
        "called_back_after_shutdown": False,
        "logged_after_shutdown": [],
    } == told
