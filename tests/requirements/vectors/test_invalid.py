"""Deliberately invalid vector files: the reader refuses each, and says what is wrong and where.

Every file in `tests/requirements/vectors/invalid/` is a whole vector with one mistake in it.
"""

from pathlib import Path

import pytest

from stallproof.requirements.vectors import VectorError, read_vector

FOLDER = Path(__file__).parent / "invalid"

MESSAGES = {
    "not-json": "not JSON, line 3, column 11: Expecting value",
    "not-utf-8": "not UTF-8 text, at byte 48",
    "cut-off": "not JSON, line",
    "key-twice": "the key 'profile' stands twice in one object",
    "not-a-number": "NaN is no number of JSON",
    "a-list": "a vector is one JSON object",
    "unknown-schema-version": "schema: 'stallproof.vector/2' is not 'stallproof.vector/1'",
    "missing-field": "reason: this field is missing",
    "unknown-field": "comment: a vector has no such field",
    "wrong-name": "name: 'right-name' is not the name of the file, 'wrong-name'",
    "Bad_Name": "name: 'Bad_Name' is not lower-case words with hyphens",
    "unknown-requirement": "requirements: 'SD-99' is no requirement",
    "requirement-twice": "requirements: SD-2 stands there more than once",
    "no-requirement": "requirements: a list of at least one ID is needed",
    "unknown-profile": "profile: 'soft' is neither 'seed' nor 'hardened'",
    "profile-too-weak": "profile: seed, but SD-6 is a requirement of hardened",
    "unknown-feature": "needs: 'telepathy' is no feature of the protocol",
    "feature-implied": "needs: every vector takes virtual_time, it is not named",
    "empty-reason": "reason: a sentence is needed",
    "unknown-knob": "knobs: 'streaming_send_timout' is no knob of a script",
    "knob-of-wrong-kind": "knobs: sfm_close_stalled_connection is 1, which is not true or false",
    "no-steps": "steps: a list of at least one step is needed",
    "unknown-op": "step 1: do.op: 'juggle' is no operation of the protocol",
    "op-of-the-player": "step 2: do.op: advance is asked for by the player, not by a script",
    "request-with-an-id": "step 1: do.id: the player gives requests their numbers",
    "field-of-no-request": "step 1: do.size: send has no such field",
    "request-without-a-field": "step 1: do.size_bytes: send needs this field",
    "request-of-wrong-type": "step 1: do: Expected `int`, got `str` - at `$.size_bytes`",
    "real-transport": "step 0: do.transport: a script opens virtual connections only",
    "time-goes-back": "step 2: at_us: 6 lies before 7, where the clock stands already",
    "time-in-a-late-write": "step 3: at_us: 20 lies before 30, where the clock stands already",
    "time-below-zero": "step 0: at_us: -1 is no time in whole microseconds",
    "time-with-a-fraction": "step 2: at_us: 1000007.0 is no time in whole microseconds",
    "no-decision": "step 1: expect 0: event: 'send_started' is no decision; these are: lock_taken,",
    "decision-without-a-field": "step 2: expect 1: raised: send_ended needs this field",
    "field-that-does-not-count": "step 2: expect 0: cause: this does not count for closing",
    "unknown-outcome": "step 2: expect 1: Invalid enum value 'late' - at `$.outcome`",
    "decision-before-its-step": "step 2: expect 0: at_us: 6 lies before 7, the step before",
    "decision-after-its-step": (
        "step 2: expect 1: at_us: 1000008 lies after 1000007, the end of the step"
    ),
    "decisions-out-of-order": (
        "step 2: expect 1: at_us: 1000006 is earlier than the decision before it"
    ),
    "answer-without-config": "step 1: answer: only a `config` step has one",
    "config-without-answer": (
        "step 0: answer: what the configuration is to be answered with is missing"
    ),
    "config-among-others": (
        "steps: `config` begins a new case: it stands with other `config` steps only"
    ),
}
"""What the reader says of each file, behind the file's name."""


@pytest.mark.parametrize("name", MESSAGES)
def test_an_invalid_file_is_refused_with_file_and_place(name: str) -> None:
    """The message begins with the file and goes on with the step and the field."""
    path = FOLDER / f"{name}.json"
    with pytest.raises(VectorError) as refused:
        read_vector(path)
    assert str(refused.value).startswith(f"{path}: {MESSAGES[name]}")


def test_every_invalid_file_has_its_message() -> None:
    """No file lies there unused, and none is missing."""
    assert sorted(MESSAGES) == sorted(path.stem for path in FOLDER.glob("*.json"))


def test_the_base_of_the_invalid_files_is_valid(tmp_path: Path) -> None:
    """The mistake alone makes each file invalid: with the name put right the vector is read."""
    path = tmp_path / "right-name.json"
    path.write_bytes((FOLDER / "wrong-name.json").read_bytes())
    assert "right-name" == read_vector(path).name


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The system's reason stands behind the name of the file."""
    with pytest.raises(VectorError, match=r"nothing\.json: No such file or directory"):
        read_vector(tmp_path / "nothing.json")


def test_a_file_without_end_is_refused(tmp_path: Path) -> None:
    """What is longer than any script is not read to its end."""
    path = tmp_path / "long.json"
    path.write_bytes(b" " * (1024 * 1024 + 1))
    with pytest.raises(VectorError, match="longer than 1048576 bytes"):
        read_vector(path)


def test_a_file_nested_without_end_is_refused(tmp_path: Path) -> None:
    """Brackets alone do not bring the reader down."""
    path = tmp_path / "deep.json"
    path.write_bytes(b"[" * 500_000)
    with pytest.raises(VectorError, match="nested too deeply"):
        read_vector(path)
