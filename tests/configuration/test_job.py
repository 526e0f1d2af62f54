"""The files of a job: where its knobs stand, what wins, what is refused, and what is noted."""

import re
from pathlib import Path

import pytest

from stallproof.configuration.job_table import ARGUMENTS, TOP, FileKind, kind_of, misspelt_kind
from stallproof.configuration.kinds import SECONDS, SPAN, SWITCH, WHOLE
from stallproof.machines.settings import Source
from tests.configuration.jobs import (
    CLIENT,
    META,
    SERVER,
    examined,
    meta,
    read,
    refusals,
    workflows,
)

S = 1_000_000
STRICT = "strict_start_job_reply_check"
PREVIOUS = "sync_client_jobs_require_previous_report"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("comm_config.json", FileKind.COMM),
        ("anything.json", FileKind.COMM),
        ("config_fed_server.json", SERVER),
        ("init_config_fed_server.json", SERVER),
        ("config_fed_client.json", CLIENT),
        ("meta.json", META),
    ],
)
def test_a_file_is_known_by_how_its_name_ends(name: str, kind: FileKind) -> None:
    """Any other name is that of a comm_config.json, as it always was."""
    assert kind == kind_of(name)


def test_nothing_set_is_the_defaults() -> None:
    """Each knob of each file, and none of another; arguments have none."""
    job = read({SERVER: {}, CLIENT: {}, META: {}})
    found = {(one.file, one.knob): (one.value, one.source) for one in job.values}
    assert {Source.DEFAULT} == {source for _, source in found.values()}
    values = {key: value for key, (value, _) in found.items()}
    assert (False, True) == (values[SERVER, STRICT], values[SERVER, PREVIOUS])
    assert (2 * S, 60 * S) == (
        values[CLIENT, "runner_sync_timeout"], values[CLIENT, "max_runner_sync_timeout"],
    )  # fmt: skip
    assert (3, 600 * S, 300 * S) == (
        values[SERVER, "max_retries"], values[SERVER, "np_streaming_per_request_timeout"],
        values[SERVER, "np_min_download_timeout"],
    )  # fmt: skip
    assert (1, ()) == (values[META, "min_clients"], values[META, "mandatory_clients"])
    assert {(kind, name) for name, knob in TOP.items() for kind in knob.files} == {
        key for key in found if key[0] is not META
    }
    later = read({CLIENT: {}}, release="2.9.0")
    assert 600 * S == later.values_of("tensor_min_download_timeout")[0].value


def test_by_hand_file_environment_and_default_win_in_this_order() -> None:
    """As for the other knobs; a bad value that loses is not read."""
    name, files = "runner_sync_timeout", {CLIENT: {"runner_sync_timeout": 5}}
    environment = {"NVFLARE_RUNNER_SYNC_TIMEOUT": "soon"}
    (one,) = read(files, environment=environment).values_of(name)
    assert (5 * S, Source.FILE) == (one.value, one.source)
    (one,) = read(files, environment=environment, by_hand=((name, "7.5"),)).values_of(name)
    assert (7_500_000, Source.SET) == (one.value, one.source)
    (one,) = read({CLIENT: {name: None}}, environment={"NVFLARE_RUNNER_SYNC_TIMEOUT": "3e1"}
                  ).values_of(name)  # fmt: skip
    assert (30 * S, Source.ENVIRONMENT) == (one.value, one.source)


def test_a_knob_set_by_hand_stands_for_its_file() -> None:
    """Under the names of the sources as well, and no other file is judged for it."""
    job = read({}, by_hand=(("min_sites", "140"), ("required_sites", "a, b")))
    assert ((META,), 140) == (job.files, job.values_of("min_clients", META)[0].value)
    assert ("a", "b") == job.values_of("mandatory_clients")[0].value
    job = read({META: {"mandatory_clients": ["x"]}}, by_hand=(("mandatory_clients", "c"),))
    assert ("c",) == job.values_of("mandatory_clients")[0].value
    job = read({}, by_hand=(("num_clients", "144"), ("client_memory_gc_rounds", "2")))
    assert (SERVER, CLIENT) == job.files
    assert [144] == [one.num_clients for one in job.components]
    assert [(CLIENT, 2)] == [(o.file, o.value) for o in job.values if o.knob == "memory_gc_rounds"]
    job = read({}, by_hand=(("max_retries", "0"),))
    assert ((SERVER,), 0) == (job.files, job.values_of("max_retries")[0].value)


def test_by_hand_beats_each_component() -> None:
    """Every workflow that says how many clients it needs, also where it says it by the other."""
    files = {SERVER: workflows({"min_clients": 2}, {"num_clients": 9}, {"other": 1})}
    job = read(files, by_hand=(("min_clients", "7"),))
    assert [(7, None), (7, 9)] == [(one.min_clients, one.num_clients) for one in job.components]


def test_arguments_are_found_wherever_a_component_is() -> None:
    """In executors, in components, and nested in each other; each is told with its place."""
    inner = {"path": "mine.Inner", "args": {"memory_gc_rounds": 3}}
    job = read({
        SERVER: {
            "components": [{"id": "a", "path": "mine.A", "args": {"deep": inner}}],
            **workflows({"num_clients": 4, "memory_gc_rounds": 0}),
        },
        CLIENT: {"executors": [{"tasks": ["*"], "executor": inner}]},
    })  # fmt: skip
    assert [
        (SERVER, "workflows[0].args", "num_clients", 4),
        (SERVER, "components[0].args.deep.args", "memory_gc_rounds", 3),
        (SERVER, "workflows[0].args", "memory_gc_rounds", 0),
        (CLIENT, "executors[0].executor.args", "memory_gc_rounds", 3),
    ] == [(one.file, one.where, one.knob, one.value) for one in job.values if one.where]


def test_a_reference_is_what_stands_at_the_top() -> None:
    """Also over another one; what is filled in elsewhere is left out, and said."""
    files = {SERVER: {"n": 5, "m": "{n}", **workflows({"min_clients": "{m}", "num_clients": 6})}}
    (one,) = read(files).components
    assert (5, 6) == (one.min_clients, one.num_clients)
    job = read({SERVER: workflows({"min_clients": "{told_elsewhere}"})})
    assert (0, 1) == (len(job.components), len(job.notes))
    assert "told_elsewhere" in job.notes[0]
    circle = {SERVER: {"n": "{m}", "m": "{n}", **workflows({"min_clients": "{m}"})}}
    assert () == read(circle).components


@pytest.mark.parametrize(
    ("deployed", "expected"),
    [
        ({"app": ["server", "a", "b"]}, {"a", "b"}),
        ({"s": ["server"], "c": ["a"], "d": ["b", "a"]}, {"a", "b"}),
        ({"s": ["server"], "c": {"sites": ["a"]}, "d": {"targets": ["b"]}}, {"a", "b"}),
        ({"c": [{"sites": ["a"]}, "b", "server"]}, {"a", "b"}),
        ({"app": ["@ALL"]}, None),
        ({"app": ["@all"]}, None),
        ({"app": "@ALL"}, None),
        ({"c": "a"}, {"a"}),
        ({}, set()),
        (None, None),
    ],
)
def test_the_clients_are_those_of_the_deployment(
    deployed: object, expected: set[str] | None
) -> None:
    """In each form that NVFlare takes; the server is none of them."""
    assert expected == read({META: {"deploy_map": deployed}}).sites


BAD = [
    ({SERVER: {STRICT: "maybe"}}, [STRICT, '"maybe"', "config_fed_server.json", "true, t, yes"]),
    ({CLIENT: {"runner_sync_timeout": 0}}, ["runner_sync_timeout = 0 in config_fed_client.json"]),
    ({CLIENT: {"runner_sync_timeout": True}}, ["allowed: a number of seconds from 0.000001"]),
    ({CLIENT: {"get_task_timeout": "300"}}, ['get_task_timeout = "300"']),
    ({SERVER: {"dead_client_grace_period": -1}}, ["allowed: a number of seconds from 0 to"]),
    ({SERVER: {"max_retries": -1}}, ["max_retries = -1", "a whole number from 0 to 1000000"]),
    ({SERVER: workflows({"min_clients": 1.5})}, ["min_clients = 1.5", "workflows[0].args"]),
    ({SERVER: workflows({"num_clients": "two"})}, ['num_clients = "two"', "workflows[0].args"]),
    ({META: {"min_clients": 0}}, ["min_clients = 0 in meta.json", "from 1 to 1000000"]),
    ({META: {"mandatory_clients": "a"}}, ['mandatory_clients = "a"', "a list of different names"]),
    ({META: {"mandatory_clients": ["a", "a"]}}, ['mandatory_clients = "a"']),
    ({META: {"mandatory_clients": ["a", 1]}}, ["mandatory_clients = 1"]),
    ({META: {"deploy_map": {"app": 7}}}, ["deploy_map = 7 in meta.json"]),
    ({META: {"deploy_map": {"app": {"of": ["a"]}}}}, ["deploy_map = an object in meta.json"]),
    ({META: {"deploy_map": {"app": ["a", 5]}}}, ["deploy_map = 5 in meta.json"]),
    ({META: {"deploy_map": {"app": [{"sites": "a"}]}}}, ["deploy_map = \"a\" in meta.json"]),
    ({META: {"mandatory_clients": ["a", "a"]}}, ["\"a\" in meta.json a second time is refused"]),
    ({META: {"deploy_map": ["a"]}}, ["deploy_map = a list in meta.json", "an object of lists"]),
    ({META: {"min_sites": 4}}, ["min_sites in meta.json", "nobody reads", "the name min_clients"]),
    ({META: {"required_sites": []}}, ["required_sites in meta.json", "mandatory_clients"]),
    ({META: {"min_client": 4}}, ['"min_client" in meta.json', "min_clients misspelt"]),
    ({SERVER: {"strict_start_job_reply_chek": 1}}, [f"looks like {STRICT} misspelt"]),
    ({CLIENT: {"runner_sync_timeouts": 1}}, ["looks like runner_sync_timeout misspelt"]),
    ({SERVER: {"server": {STRICT: True}}}, [f"{STRICT} = true", "server", "the top of the file"]),
    ({SERVER: f'{{"{STRICT}": 1, "{STRICT}": 0}}'}, [f"{STRICT} stands in config_fed_server"]),
    ({META: '{"min_clients": 1, "min_clients": 2}'}, ["min_clients stands in meta.json 2 times"]),
    ({SERVER: "[1]"}, ["config_fed_server.json, line 1, column 1", "one JSON object"]),
    ({CLIENT: '{\n "a" 1}'}, ["config_fed_client.json, line 2, column 6"]),
]  # fmt: skip


@pytest.mark.parametrize(("files", "words"), BAD)
def test_what_is_not_allowed_is_refused_by_file_key_and_value(
    files: dict[FileKind, object], words: list[str]
) -> None:
    """One refusal, which says where it stands and what is allowed."""
    (text,) = refusals(files)
    assert [] == [word for word in [*words, "allowed: "] if word not in text], text


def test_every_refusal_is_told_at_once() -> None:
    """Over all files, and what was set by hand."""
    files = {SERVER: {STRICT: 0.5}, CLIENT: {"runner_sync_timeout": -1}, META: {"min_clients": "2"}}
    found = refusals(files, by_hand=(("max_runner_sync_timeot", "1"), ("max_retries", "x")))
    assert 6 == len(found), found
    assert any("did you mean max_runner_sync_timeout?" in one for one in found)
    assert any('max_retries = "x" in --set' in one for one in found)


def test_a_deep_file_is_refused_and_no_crash() -> None:
    """Whether it is the reader of JSON that gives up, or what walks through it."""
    for depth in (300, 5_000, 200_000):
        text = '{"a": ' + "[" * depth + "]" * depth + "}"
        found = examined({SERVER: text})
        assert not isinstance(found, tuple) or "nest" in str(found[0])


def test_a_file_of_many_keys_takes_no_time_to_speak_of() -> None:
    """What is done for each key does not go through all of them again."""
    many = {f"key_{number}": number for number in range(20_000)}
    components = [{"path": "mine.A", "args": {"n": "{key_7}"}} for _ in range(2_000)]
    job = read({SERVER: {**many, "components": components, **workflows({"min_clients": 2})}})
    assert 1 == len(job.components)


def test_what_belongs_to_somebody_else_passes() -> None:
    """Keys, arguments of foreign components, names that are referred to, other libraries."""
    job = read({
        SERVER: {
            "format_version": 2, "server": {"heart_beat_timeout": 600}, "max_entries": 7,
            "runner_sync_timeouts": 1, "components": [
                {"path": "mine.Thing", "args": {"min_clients": "few", STRICT: 1}},
                {"path": "mine.Other", "args": {"n": "{runner_sync_timeouts}"}},
            ],
        },
        CLIENT: {"pt_streaming_per_request_timeout": 7, "task_check_timeout": 5, "max_resends": 3},
        META: meta("a", name="x", resource_spec={}, min_clients=1),
    })  # fmt: skip
    assert ((), ()) == (job.components, job.notes)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({SERVER: {"runner_sync_timeout": 9}}, ["not read there", "config_fed_client.json"]),
        ({CLIENT: {STRICT: True}}, ["not read there", "config_fed_server.json"]),
        ({SERVER: {"streaming_send_timeout": 9}}, ["not read there", "comm_config.json"]),
        ({CLIENT: {"streaming_per_request_timeout": 9}}, ["by nobody", "tensor_streaming_per_"]),
        ({CLIENT: {"max_retries": 9}}, ["max_retries", "NVFlare reads it from no file", "stays 3"]),
        ({SERVER: {"min_clients": 9}}, ["min_clients", "not read there", "meta.json, or in argum"]),
        ({SERVER: {"num_clients": 9}}, ["num_clients", "not read there", "arguments of a comp"]),
        ({SERVER: {"mandatory_clients": []}}, ["mandatory_clients", "not read there", "meta.json"]),
        ({CLIENT: {"min_sites": 9}}, ["min_sites", "not read there", "min_clients in meta.json"]),
        ({CLIENT: {"memory_gc_rounds": 1}}, ["memory_gc_rounds", "arguments of a component"]),
        ({CLIENT: {"client_memory_gc_rounds": 1}}, ["by nobody", "memory_gc_rounds in arguments"]),
        (
            {SERVER: workflows({"min_clients": 2}), META: {}},
            ["meta.json sets no min_clients", "workflows[0].args (2)"],
        ),
        ({SERVER: {STRICT: True}}, ["parent process", "NVFLARE_STRICT_START_JOB_REPLY_CHECK"]),
    ],
)
def test_what_takes_no_effect_is_noted(files: dict[FileKind, object], words: list[str]) -> None:
    """It is no mistake in the file, and yet not what one would expect of it."""
    (note,) = read(files).notes
    assert [] == [word for word in words if word not in note], note


def test_a_key_that_arguments_refer_to_is_read_after_all() -> None:
    """It is how NVFlare's own templates give a workflow its numbers."""
    files = {"min_clients": 2, "num_clients": 3}
    flow = workflows({"min_clients": "{min_clients}", "num_clients": "{num_clients}"})
    assert () == read({SERVER: {**files, **flow}}).notes


def test_retries_are_told_by_hand_alone() -> None:
    """Neither a file nor a variable changes what NVFlare does; that is shown as it is."""
    variable = {"NVFLARE_MAX_RETRIES": "9"}
    for job in (read({CLIENT: {"max_retries": 9}}), read({CLIENT: {}}, environment=variable)):
        (one,) = job.values_of("max_retries")
        assert (3, Source.DEFAULT, 1) == (one.value, one.source, len(job.notes))


def test_a_minimum_by_hand_says_whose_it_is() -> None:
    """Where both a workflow and meta.json could be meant."""
    files = {SERVER: workflows({"min_clients": 1}), META: meta(min_clients=1)}
    (note,) = read(files, by_hand=(("min_clients", "2"),)).notes
    assert "--set min_sites is the one in meta.json" in note


def test_an_empty_list_was_set_all_the_same() -> None:
    """Nobody is required, and the file says so."""
    (one,) = read({META: {"mandatory_clients": []}}).values_of("mandatory_clients")
    assert ((), Source.FILE) == (one.value, one.source)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("config_fed_srver.json", SERVER),
        ("job_config_fed_clent.json", CLIENT),
        ("config_fed_server.jso", SERVER),
        ("META.JSON", META),
        ("meat.json", None),
        ("mta.json", META),
        ("meta.json", None),
        ("config_fed_server.json", None),
        ("anything.json", None),
        ("comm_config.json", None),
    ],
)
def test_a_name_that_is_nearly_one_of_a_job_is_known(name: str, kind: FileKind | None) -> None:
    """It would be read as a comm_config.json, and whatever it sets be lost."""
    assert kind == misspelt_kind(name)


def test_the_parent_process_has_it_from_the_environment() -> None:
    """Then there is nothing to say."""
    variable = "NVFLARE_STRICT_START_JOB_REPLY_CHECK"
    assert () == read({SERVER: {STRICT: True}}, environment={variable: "true"}).notes


def test_the_table_is_that_of_the_specification() -> None:
    """Files, kinds and defaults of every knob, in its order."""
    text = (Path(__file__).parents[2] / "spec" / "cf.md").read_text("utf-8")
    row = r"^\| ((?:server|client|both)(?:, in arguments)?) \| `(\w+)`[^|]*\| ([^|]+) \| ([^|]+) \|"
    kinds = {
        "switch": SWITCH, "seconds": SECONDS, "seconds, or 0": SPAN,
        "a whole number from 0 to 1000000": WHOLE,
    }  # fmt: skip
    files = {"server": (SERVER,), "client": (CLIENT,), "both": (SERVER, CLIENT)}
    defaults: dict[str, int | None] = {"none": None, "false": False, "true": True}
    found = {}
    for place, name, kind, default in re.findall(row, text, re.MULTILINE):
        first = default.partition(";")[0]
        value = defaults[first] if first in defaults else int(first)
        if value is not None and kind.startswith("seconds"):
            value *= S
        found[name] = (files[place.partition(",")[0]], kinds[kind], value)
    assert [*TOP, *ARGUMENTS] == list(found)
    assert found == {
        name: (one.files, one.kind, one.default) for name, one in {**TOP, **ARGUMENTS}.items()
    }


def test_a_variable_may_be_misspelt_too() -> None:
    """Also in another case than its own; what is far from every knob is not looked at."""
    environment = {"NVFLARE_RUNNER_SYNC_TIMEOT": "1", "NVFLARE_runner_sync_timeout": "1",
                   "NVFLARE_HOME": "x", "NVFLARE_XY_MIN_DOWNLOAD_TIMEOUT": "7"}  # fmt: skip
    first, second = refusals({CLIENT: {}}, environment=environment)
    assert "NVFLARE_RUNNER_SYNC_TIMEOUT misspelt" in first
    assert '"NVFLARE_runner_sync_timeout" is refused' in second


def test_no_knob_stands_in_two_tables() -> None:
    """A name by hand means one thing."""
    assert set() == set(TOP) & set(ARGUMENTS)
