"""The relations of a job: each at its own edge, and in words that name what is wrong."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallproof.configuration.job_relations import notes_on
from stallproof.configuration.job_table import FileKind
from stallproof.configuration.job_timeouts import START_US, JobTerms
from stallproof.configuration.severity import SEVERITIES
from tests.configuration.jobs import (
    CLIENT,
    FEDAVG,
    META,
    SERVER,
    broken,
    judged,
    meta,
    read,
    workflows,
)
from tests.models import job_configuration as naive
from tests.no_deadline import NO_DEADLINE

S = 1_000_000
NAMES = [f"site-{number}" for number in range(1, 26)]
STRICT = {"strict_start_job_reply_check": True}
REQUEST, LIFETIME = "tensor_streaming_per_request_timeout", "tensor_min_download_timeout"
Files = Mapping[FileKind, object]
EDGES: list[tuple[str, Files, Files]] = [
    (
        "min_sites_in_clients",
        {META: meta("a", "b", min_clients=2)},
        {META: meta("a", "b", min_clients=3)},
    ),
    (
        "required_sites_in_clients",
        {META: meta("a", "b", mandatory_clients=["a", "b"])},
        {META: meta("a", "b", mandatory_clients=["a", "c"])},
    ),
    (
        "min_clients_in_clients",
        {SERVER: workflows({"min_clients": 2, "num_clients": 2})},
        {SERVER: workflows({"min_clients": 3, "num_clients": 2})},
    ),
    (
        "min_clients_in_clients",
        {SERVER: workflows({"min_clients": 2}), META: meta("a", "b", min_clients=2)},
        {SERVER: workflows({"min_clients": 3}), META: meta("a", "b", min_clients=2)},
    ),
    (
        "min_clients_taken",
        {SERVER: workflows({"num_clients": 2}, {"min_clients": 2})},
        {SERVER: workflows({"num_clients": 2, "min_clients": 2}, path=FEDAVG)},
    ),
    (
        "min_clients_in_min_sites",
        {SERVER: workflows({"min_clients": 2}), META: meta(min_clients=2)},
        {SERVER: workflows({"min_clients": 2}), META: meta(min_clients=1)},
    ),
    (
        "stragglers_allowed",
        {META: meta(*NAMES, min_clients=24)},
        {META: meta(*NAMES, min_clients=25)},
    ),
    (
        "stragglers_allowed",
        {META: meta(*NAMES[:24], min_clients=24)},
        {META: meta(*NAMES[:25], min_clients=25)},
    ),
    (
        "relay_can_stall",
        {META: meta(*NAMES, min_clients=20)},
        {META: meta(*NAMES, min_clients=21)},
    ),
    (
        "relay_can_stall",
        {META: meta(*NAMES[:24], min_clients=19)},
        {META: meta(*NAMES[:24], min_clients=20)},
    ),
    (
        "strict_replies",
        {SERVER: STRICT, META: meta("a", mandatory_clients=["a"])},
        {SERVER: {}, META: meta("a", mandatory_clients=["a"])},
    ),
    (
        "strict_replies",
        {SERVER: workflows({"num_clients": 24})},
        {SERVER: workflows({"num_clients": 25})},
    ),
    (
        "previous_report",
        {SERVER: {}},
        {SERVER: {"sync_client_jobs_require_previous_report": False}},
    ),
    (
        "sync_tries_again",
        {CLIENT: {"runner_sync_timeout": 59.5}},
        {CLIENT: {"runner_sync_timeout": 59.500001}},
    ),
    (
        "sync_outlasts_start",
        {CLIENT: {"max_runner_sync_timeout": 20.000001}},
        {CLIENT: {"max_runner_sync_timeout": 20}},
    ),
    (
        "source_outlasts_request",
        {CLIENT: {REQUEST: 300}},
        {CLIENT: {REQUEST: 300.000001}},
    ),
    (
        "source_outlasts_request",
        {SERVER: {REQUEST: 400}, CLIENT: {LIFETIME: 400, REQUEST: 200}},
        {SERVER: {REQUEST: 400.000001}, CLIENT: {LIFETIME: 400, REQUEST: 200}},
    ),
    (
        "retries_in_outer",
        {CLIENT: {REQUEST: 10, "submit_task_result_timeout": 54.000001}},
        {CLIENT: {REQUEST: 10, "submit_task_result_timeout": 54}},
    ),
    (
        "retries_in_outer",
        {SERVER: {REQUEST: 10}, CLIENT: {"submit_task_result_timeout": 55}},
        {SERVER: {REQUEST: 11}, CLIENT: {"submit_task_result_timeout": 55}},
    ),
]


@pytest.mark.parametrize(("name", "at_edge", "beyond"), EDGES)
def test_a_relation_breaks_one_beyond_its_edge(name: str, at_edge: Files, beyond: Files) -> None:
    """At the edge it holds, one client or one microsecond further it does not."""
    terms = JobTerms(None, START_US, {}, relays=5 if name == "relay_can_stall" else None)
    assert name not in broken(read(at_edge), terms)
    assert name in broken(read(beyond), terms)


def test_every_relation_has_an_edge_here_and_a_severity() -> None:
    """None is forgotten, and the names are those that can be accepted."""
    named = {name for name, _, _ in EDGES}
    assert set(SEVERITIES) - named == {
        "no_warning", "no_close", "progress_before_ack_wait", "ack_interval_in_window",
        "window_holds_chunk", "outer_timeouts", "close_window_defined",
    }  # fmt: skip
    assert {"breaks", "slows", "noise"} == set(SEVERITIES.values())


@pytest.mark.parametrize(
    ("files", "name", "words"),
    [
        (EDGES[0][2], "min_sites_in_clients", ["min_clients", "(3)", "(2)", "never starts"]),
        (EDGES[1][2], "required_sites_in_clients", ["mandatory_clients", " c,", "refused"]),
        (EDGES[2][2], "min_clients_in_clients", ["(3)", "workflows[0].args", "num_clients (2)"]),
        (EDGES[4][2], "min_clients_taken", ["workflows[0].args", FEDAVG, "meta.json"]),
        (EDGES[5][2], "min_clients_in_min_sites", ["min_clients (2)", "(1)", "fewer clients"]),
        (EDGES[6][2], "stragglers_allowed", ["(25)", "one late client aborts"]),
        (EDGES[10][2], "strict_replies", ["strict_start_job_reply_check", "(a)", "in silence"]),
        (EDGES[12][2], "previous_report", ["_require_previous_report is false", "declared dead"]),
        (EDGES[13][2], "sync_tries_again", ["(59.500001 s)", "0.5 s", "(60 s)", "one lost answer"]),
        (EDGES[14][2], "sync_outlasts_start", ["(20 s)", "gives up"]),
        (EDGES[15][2], "source_outlasts_request", [REQUEST, "(300.000001 s)", LIFETIME, "gone"]),
        (EDGES[17][2], "retries_in_outer", ["submit_task_result_timeout (54 s)", "max_retries 3"]),
    ],
)
def test_a_broken_relation_names_knobs_values_and_what_follows(
    files: Files, name: str, words: list[str]
) -> None:
    """An operator can act on it."""
    text = judged(read(files))[name].text
    assert [] == [word for word in words if word not in text], text


def test_what_the_files_do_not_show_is_not_judged() -> None:
    """A file alone says nothing of the others; a knob at its default is nobody's fault."""
    assert {"previous_report"} == set(judged(read({SERVER: {}})))
    assert {"sync_tries_again", "sync_outlasts_start"} == set(judged(read({CLIENT: {}})))
    assert set() == set(judged(read({META: meta()})))


def test_whoever_asks_may_tell_what_the_files_do_not() -> None:
    """How many clients there are, how long the start takes, and how long callers wait."""
    job = read({CLIENT: {}, META: meta(min_clients=4)})
    assert set() == broken(job, JobTerms(4, START_US, {}))
    assert {"min_sites_in_clients"} == broken(job, JobTerms(3, START_US, {}))
    assert {"sync_outlasts_start"} == broken(job, JobTerms(4, 60 * S, {}))
    assert {"retries_in_outer"} == broken(job, JobTerms(4, START_US, {"task": 2414 * S}))
    assert set() == broken(job, JobTerms(4, START_US, {"task": 2414 * S + 1}))
    named = read({META: meta("a", min_clients=1)})
    assert set() == broken(named, JobTerms(0, START_US, {})), "the files know better"


def test_the_release_decides_how_long_a_source_lasts() -> None:
    """300 s in 2.7.2, 600 s in 2.9.0, or there the idle timeout of the same file."""
    files = {CLIENT: {REQUEST: 600}}
    assert {"source_outlasts_request"} == broken(read(files))
    assert set() == broken(read(files, release="2.9.0"))
    idle = {CLIENT: {REQUEST: 900, "streaming_idle_timeout": 900}}
    assert set() == broken(read(idle, release="2.9.0"))
    assert {"source_outlasts_request"} == broken(read(idle))


@pytest.mark.parametrize("retries", [0, 1, 5, 6, 7, 10])
def test_the_longest_download_is_every_request_and_every_wait(retries: int) -> None:
    """As RT-5 has it, and added up one after the other."""
    longest = (retries + 1) * 7 + naive.waits(retries)
    job = read({CLIENT: {REQUEST: 7}}, by_hand=(("max_retries", str(retries)),))
    assert {"retries_in_outer"} == broken(job, JobTerms(None, START_US, {"task": int(longest) * S}))
    assert set() == broken(job, JobTerms(None, START_US, {"task": int(longest) * S + 1}))


def test_what_is_left_out_of_the_longest_download_is_told() -> None:
    """A library whose knob nobody set is taken for one that is not used; else both count."""
    terms = JobTerms(None, START_US, {"task": 2414 * S})
    one = judged(read({CLIENT: {REQUEST: 300}}), terms)["retries_in_outer"]
    assert one.holds
    assert "; not set, and so left out: np_streaming_per_request_timeout, 600 s)" in one.text
    none = judged(read({CLIENT: {}}), terms)["retries_in_outer"]
    assert not none.holds
    assert "np_streaming_per_request_timeout and tensor_streaming_per_request" in none.text
    assert "600 s in config_fed_client.json, by default)" in none.text
    np = {"np_streaming_per_request_timeout": 600, REQUEST: 300}
    assert not judged(read({CLIENT: np}), terms)["retries_in_outer"].holds


def test_a_relay_that_stalls_takes_all_of_its_clients_along() -> None:
    """144 behind 6 leave 120; a workflow's minimum counts, and without relays nothing is said."""
    files = {META: meta(min_clients=120), SERVER: {}}
    assert "relay_can_stall" not in judged(read(files), JobTerms(144, START_US, {}))
    for relays, holds in ((6, True), (5, False), (1, False), (7, True)):
        found = judged(read(files), JobTerms(144, START_US, {}, relays))["relay_can_stall"]
        assert holds is found.holds, found.text
    files[SERVER] = workflows({"min_clients": 121})
    found = judged(read(files), JobTerms(144, START_US, {}, 6))["relay_can_stall"]
    assert "min_clients (121) is more than the clients behind the other relays (120," in found.text
    alone = judged(read(files), JobTerms(144, START_US, {}, 1))["relay_can_stall"]
    assert "use more relays" in alone.text


def test_numbers_of_clients_that_do_not_agree_are_noted() -> None:
    """Those of the deployment count, and what was told besides is not lost in silence."""
    job = read({META: meta("a", "b"), SERVER: workflows({"num_clients": 3})})
    notes = [*notes_on(job, JobTerms(144, START_US, {}, 3))]
    begins = ("144 clients were told", "num_clients (3) in workflows[0].args", "3 relays were told")
    assert [True] * 3 == [note.startswith(b) for note, b in zip(notes, begins, strict=True)], notes
    assert [] == [*notes_on(job, JobTerms(2, START_US, {}, 2))][1:]
    job = read({META: meta(), SERVER: workflows({"num_clients": 150})})
    assert 1 == len([*notes_on(job, JobTerms(144, START_US, {}))])
    assert [] == [*notes_on(job, JobTerms(150, START_US, {}))]


numbers = st.sampled_from([1, 2, 3, 24, 25])
counts = st.sampled_from([None, 0, 1, 2, 3, 24, 25])
spans = st.sampled_from([Fraction(span) for span in (1, 2, 20, 21, 300, 301, 600, 1214)])
sides = st.none() | st.builds(
    naive.Side, request=st.none() | spans, lifetime=st.none() | spans, idle=st.none() | spans
)
drawn_jobs = st.builds(
    naive.Naive,
    release=st.sampled_from(["2.7.2", "2.9.0"]),
    server=sides,
    client=sides,
    meta=st.booleans(),
    min_sites=st.none() | numbers,
    required=st.lists(st.sampled_from(NAMES[:4]), unique=True, max_size=2),
    deployed=st.none() | numbers.map(lambda number: NAMES[:number]),
    told_clients=st.none() | numbers,
    workflows=st.lists(st.tuples(counts, counts), max_size=2),
    strict=st.booleans(),
    previous=st.booleans(),
    sync=spans,
    sync_max=spans,
    start=spans,
    submit=st.none() | spans,
    relays=st.none() | numbers,
    retries=st.sampled_from([0, 1, 3, 9]),
    outer=st.dictionaries(st.sampled_from(["task", "job"]), spans, max_size=1),
)


def files_of(job: naive.Naive) -> dict[FileKind, dict[str, Any]]:
    """Write the files of a job as an operator would; whole seconds stay whole."""
    found: dict[FileKind, dict[str, Any]] = {}
    for kind, side in ((SERVER, job.server), (CLIENT, job.client)):
        if side is not None:
            values = {
                REQUEST: side.request, LIFETIME: side.lifetime,
                "streaming_idle_timeout": side.idle, "max_retries": Fraction(7),
            }  # fmt: skip
            found[kind] = {name: int(value) for name, value in values.items() if value is not None}
    if job.server is not None:
        pairs = [{"min_clients": least, "num_clients": most} for least, most in job.workflows]
        found[SERVER] |= workflows(*pairs) | {
            "strict_start_job_reply_check": job.strict,
            "sync_client_jobs_require_previous_report": job.previous,
        }
    if job.client is not None:
        found[CLIENT] |= {
            "runner_sync_timeout": int(job.sync), "max_runner_sync_timeout": int(job.sync_max),
        }  # fmt: skip
        if job.submit is not None:
            found[CLIENT]["submit_task_result_timeout"] = int(job.submit)
    if job.meta:
        sites = () if job.deployed is None else tuple(job.deployed)
        keys = {"min_clients": job.min_sites, "mandatory_clients": list(job.required)}
        found[META] = meta(*sites, **keys)
    return found


@given(drawn=drawn_jobs)
@settings(NO_DEADLINE, max_examples=300)
def test_any_job_is_judged_as_the_specification_says(drawn: naive.Naive) -> None:
    """Against a statement of its own, for files, clients, starts and callers of every kind."""
    files = files_of(drawn)
    is_told = SERVER in files or CLIENT in files
    by_hand = (("max_retries", str(drawn.retries)),) if is_told else ()
    job = read(files, release=drawn.release, by_hand=by_hand)
    outer = {name: int(span) * S for name, span in drawn.outer.items()}
    terms = JobTerms(drawn.told_clients, int(drawn.start) * S, outer, drawn.relays)
    assert naive.broken(drawn) == broken(job, terms)
