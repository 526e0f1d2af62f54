"""The registry loader: lookups, and refusals of what is not a registry."""

import json
from pathlib import Path
from typing import Any

import pytest

from stallproof.requirements.registry import Registry, RegistryError, load_registry

REGISTRY = load_registry()


def document() -> dict[str, Any]:
    """Build the smallest registry that is accepted: one group, one requirement."""
    group = {"id": "SD", "title": "Send deadline", "prose": "sd.md", "judged": True}
    entry: dict[str, Any] = {
        "id": "SD-1",
        "group": "SD",
        "level": "MUST",
        "profile": "seed",
        "status": "active",
    }
    entry |= {"title": "One deadline", "law": ["It MUST end."]}
    entry |= {"situations": [{"name": "trickle", "text": "It trickled."}]}
    return {"schema": "stallproof.requirements/1", "groups": [group], "requirements": [entry]}


def load(folder: Path, content: object) -> Registry:
    """Load a registry from a folder with this content in its file."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / "requirements.json").write_bytes(data)
    return load_registry(folder)


def test_the_smallest_registry_loads(tmp_path: Path) -> None:
    """A registry of one requirement is accepted and keeps its words."""
    requirement = load(tmp_path, document()).by_id("SD-1")
    assert (requirement.law, requirement.situation_names) == (("It MUST end.",), ("trickle",))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"id": "sd-1"}, "sd-1: an ID is two capitals"),
        ({"id": "SD-0"}, "SD-0: an ID is two capitals"),
        ({"id": "AP-1"}, "AP-1: group 'SD' is unknown or is not that of the ID"),
        ({"group": "AP"}, "group 'AP' is unknown"),
        ({"level": "MAY"}, "Invalid enum value 'MAY' - at `$.requirements[0].level`"),
        ({"level": "SHOULD"}, "level SHOULD does not agree"),
        ({"law": ["It SHOULD end."]}, "level MUST does not agree"),
        ({"profile": "soft"}, "Invalid enum value 'soft' - at `$.requirements[0].profile`"),
        ({"status": "retired"}, "a retired requirement has a reason"),
        ({"reason": "No longer so."}, "a retired requirement has a reason"),
        ({"title": " "}, "the title is empty"),
        ({"law": []}, "there is no law sentence"),
        ({"law": ["It ends."]}, "not exactly one of MUST"),
        ({"law": ["It MUST end and MUST NOT hang."]}, "not exactly one of MUST"),
        ({"situations": []}, "there is no situation"),
        ({"situations": [{"name": "A b", "text": "x"}]}, "a situation's name is lower-case"),
        ({"situations": [{"name": "a", "text": "x"}] * 2}, "situation 'a' occurs more than once"),
        ({"situations": [{"name": "a", "text": ""}]}, "situation 'a' has no text"),
        ({"weight": 3}, "unknown field `weight`"),
    ],
)
def test_a_bad_requirement_is_refused(
    change: dict[str, object], expected: str, tmp_path: Path
) -> None:
    """A requirement that is not well formed is refused with the file, the place and the reason."""
    content = document()
    content["requirements"][0].update(change)
    with pytest.raises(RegistryError) as refusal:
        load(tmp_path, content)
    assert expected in str(refusal.value)
    assert str(tmp_path) in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "Input data was truncated"),
        (b"<html>", "JSON is malformed"),
        (b'{"schema": "\xff"}', "not UTF-8 text"),
        ([], "Expected `object`"),
        ({}, "missing required field `schema`"),
        (
            {**document(), "schema": "stallproof.requirements/2"},
            "expected 'stallproof.requirements/1'",
        ),
        ({**document(), "requirements": []}, "there are no requirements"),
        ({**document(), "groups": document()["groups"] * 2}, "group 'SD' occurs more than once"),
    ],
)
def test_what_is_no_registry_is_refused(content: object, expected: str, tmp_path: Path) -> None:
    """A file that is not a registry is refused with its name and the reason."""
    with pytest.raises(RegistryError) as refusal:
        load(tmp_path, content)
    assert expected in str(refusal.value)
    assert "requirements.json" in str(refusal.value)


def test_a_missing_registry_is_refused(tmp_path: Path) -> None:
    """A folder without a registry is refused with the path that was looked for."""
    with pytest.raises(RegistryError, match=r"requirements\.json: No such file"):
        load_registry(tmp_path)


def test_the_seed_profile_is_part_of_the_hardened_one() -> None:
    """Hardened applies every requirement, seed only its own."""
    seed = {one.id for one in REGISTRY.applicable("seed")}
    hardened = {one.id for one in REGISTRY.applicable("hardened")}
    assert (len(seed), len(hardened)) == (39, 58)
    assert seed < hardened
    assert "SD-10" in hardened - seed


def test_an_unknown_profile_is_refused() -> None:
    """A profile that does not exist is refused, and those that do are named."""
    with pytest.raises(ValueError, match="unknown profile 'strict': use seed or hardened"):
        REGISTRY.applicable("strict")


def test_words_select_ids_and_groups_in_any_case() -> None:
    """An ID selects itself, a group all its own, and case does not matter."""
    chosen = REGISTRY.select(["cx", "sd-1", " SC-9 "])
    assert chosen == {"CX-1", "CX-2", "CX-3", "CX-4", "CX-5", "CX-6", "SD-1", "SC-9"}
    assert REGISTRY.select([]) == frozenset()


@pytest.mark.parametrize(
    ("word", "near"), [("SD-99", "SD-9"), ("SDD", "SD"), ("SD9", "SD-9"), ("", "groups: SD, AP")]
)
def test_an_unknown_word_is_refused_with_what_is_near(word: str, near: str) -> None:
    """A word that names nothing is refused with the names that come near to it."""
    with pytest.raises(ValueError, match="unknown requirement or group") as refusal:
        REGISTRY.select(["SD-1", word])
    assert repr(word) in str(refusal.value)
    assert near in str(refusal.value)


def test_a_retired_requirement_applies_no_longer(tmp_path: Path) -> None:
    """A retired requirement keeps its entry, applies to no profile and is not selected."""
    content = document()
    content["requirements"][0].update(status="retired", reason="Replaced by SD-16.")
    registry = load(tmp_path, content)
    assert registry.by_id("SD-1").reason == "Replaced by SD-16."
    assert registry.applicable("hardened") == ()
    assert registry.select(["SD"]) == frozenset()
    with pytest.raises(ValueError, match="SD-1 is retired: Replaced by SD-16"):
        registry.select(["SD-1"])


def test_lookups_refuse_unknown_names() -> None:
    """Looking up an ID or a group that does not exist raises KeyError with the name."""
    assert (REGISTRY.by_id("AP-14").group, REGISTRY.group("CF").judged) == ("AP", True)
    with pytest.raises(KeyError, match="'SD-99'"):
        REGISTRY.by_id("SD-99")
    with pytest.raises(KeyError, match="'sd'"):
        REGISTRY.group("sd")
