"""The installed vectors: format, canonical form, schema, prose, and what they cover."""

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from stallproof.reports import schemas
from stallproof.reports.vectors import vector_schema
from stallproof.requirements.registry import find_spec, load_registry
from stallproof.requirements.vectors import Vector, VectorError, load_all, read_vector, write_vector
from stallproof.requirements.vectors.canonical import encode_vector
from stallproof.requirements.vectors.format import KNOBS
from stallproof.requirements.vectors.installed import files_of, vectors_folder
from stallproof.wire.events import DECISIVE
from stallproof.wire.protocol import FEATURES

FOLDER = vectors_folder()
README = (FOLDER / "README.md").read_text("utf-8")
SCHEMA = Draft202012Validator(vector_schema())
VECTORS = load_all()
REAL_CLOCK_ONLY = {"SD-11", "SD-16"}
"""Descriptors and TLS do not exist in virtual time (`spec/virtual.md`)."""


def test_there_are_enough_vectors() -> None:
    """A hundred and fifty at least, each with a name of its own."""
    assert len(VECTORS) >= 150
    assert len(VECTORS) == len({vector.name for vector in VECTORS})


@pytest.mark.parametrize("requirement", [one.id for one in load_registry().requirements])
def test_each_requirement_has_three_vectors_or_none_can_be(requirement: str) -> None:
    """What virtual time can decide is tried from three sides at least; what it cannot, never."""
    count = sum(requirement in vector.requirements for vector in VECTORS)
    assert count == 0 if requirement in REAL_CLOCK_ONLY else count >= 3


def test_what_only_hardened_demands_is_marked_so() -> None:
    """SUPPRESSED is an outcome of hardened: no vector of seed may expect it."""
    suppressed = [
        vector.name
        for vector in VECTORS
        for step in vector.steps
        for decision in step.expect
        if vector.profile == "seed" and decision.get("outcome") == "suppressed"
    ]
    assert [] == suppressed


def test_each_reason_is_its_own() -> None:
    """A reason that is copied explains nothing; one that is a few words explains too little."""
    reasons = Counter(vector.reason for vector in VECTORS)
    assert [] == [reason for reason, count in reasons.items() if count > 1]
    assert [] == [vector.name for vector in VECTORS if len(vector.reason) < 60]


def test_every_file_fits_the_schema() -> None:
    """A second reader, which knows the schema alone, accepts every file."""
    for file in files_of(FOLDER):
        SCHEMA.validate(json.loads((FOLDER / file).read_bytes()))


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw.update(schema="stallproof.vector/2"),
        lambda raw: raw.update(comment="x"),
        lambda raw: raw.update(needs=["virtual_time"]),
        lambda raw: raw.update(steps=[]),
        lambda raw: raw["knobs"].update(nonsense=1),
        lambda raw: raw["steps"][0]["do"].update(op="juggle"),
        lambda raw: raw["steps"][0]["do"].update(id=1),
        lambda raw: raw["steps"][0]["do"].update(transport="unix"),
        lambda raw: raw["steps"][0].update(at_us=-1),
        lambda raw: raw["steps"][0].update(expect=[{"event": "closing", "at_us": 0}]),
        lambda raw: raw["steps"][0].update(expect=[{"event": "closed", "at_us": 0, "conn": "a"}]),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(
    damage: Callable[[dict[str, Any]], None], tmp_path: Path
) -> None:
    """Each mistake makes the file invalid for both."""
    raw = json.loads((FOLDER / "sd" / "expired-exactly-at-the-deadline.json").read_bytes())
    damage(raw)
    assert not SCHEMA.is_valid(raw)
    path = tmp_path / "expired-exactly-at-the-deadline.json"
    path.write_text(json.dumps(raw))
    with pytest.raises(VectorError):
        read_vector(path)


def test_the_schema_in_spec_is_what_the_types_make() -> None:
    """After a change: `stallproof schema vector > spec/schemas/vector.schema.json`."""
    made = schemas.encode_schema(vector_schema())
    assert made == (find_spec() / "schemas" / "vector.schema.json").read_bytes()
    Draft202012Validator.check_schema(vector_schema())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_a_vector_survives_being_written_and_read(vector: Vector, tmp_path: Path) -> None:
    """Written and read again it is the same, byte for byte."""
    path = tmp_path / f"{vector.name}.json"
    write_vector(path, vector)
    assert vector == read_vector(path)
    assert encode_vector(vector) == path.read_bytes()


def test_what_does_not_count_does_not_change_the_canonical_form() -> None:
    """The order of keys, and values that are the default anyway, make no difference."""
    vector = next(one for one in VECTORS if one.name == "expired-exactly-at-the-deadline")
    raw = msgspec.to_builtins(vector)
    shuffled = {name: raw[name] for name in reversed(raw)}
    for step in shuffled["steps"]:
        if step["do"] is not None:
            step["do"] = {name: step["do"][name] for name in reversed(step["do"])}
        step["expect"] = [{name: one[name] for name in reversed(one)} for one in step["expect"]]
    shuffled["steps"][0]["do"]["path"] = None
    shuffled["steps"][1]["do"]["repeat"] = 1
    assert encode_vector(vector) == encode_vector(msgspec.convert(shuffled, Vector))


def test_the_page_names_every_decision_with_its_fields() -> None:
    """The table for implementers is the one that programs read."""
    rows = re.findall(r"^\| `(\w+)` \| (`(?:conn|machine)`[^|]*) \|$", README, re.MULTILINE)
    assert DECISIVE == {event: tuple(re.findall(r"`(\w+)`", fields)) for event, fields in rows}


def test_the_page_names_every_knob_with_its_value() -> None:
    """The table for implementers is the one that programs read."""
    rows = re.findall(
        r"^\| `((?:streaming|sfm|heartbeat)_\w+)` \| ([\w.]+) \|$", README, re.MULTILINE
    )
    assert KNOBS == {name: json.loads(value) for name, value in rows}


def test_the_example_of_the_page_is_the_vector_of_that_name() -> None:
    """The page shows a real file, with its reason cut short."""
    (example,) = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    raw = json.loads(example)
    whole = json.loads((FOLDER / "sd" / f"{raw['name']}.json").read_bytes())
    assert {**whole, "reason": raw["reason"]} == raw
    assert whole["reason"].startswith(raw["reason"].removesuffix(" ..."))


def test_every_feature_that_is_named_exists() -> None:
    """A misspelt feature would leave a vector out for everyone."""
    assert set() == {need for vector in VECTORS for need in vector.needs} - FEATURES
