"""The registry: what a section becomes, what programs are told, and lookups."""

import json
from pathlib import Path

import pytest

from stallproof.requirements.registry import (
    Registry,
    RegistryError,
    Situation,
    Waiver,
    load_registry,
    registry_json,
    waiver_of,
)

REGISTRY = load_registry()

SECTION = """# SD: Send deadline

One lock.

*No search:* There is no
history.

## SD-1: One deadline
*MUST · seed*

**Law.**
> It MUST end,
>   whatever comes.
> It MUST NOT hang.

**Why.** It would wait.

For ever. Source: a
thought.

**Observable.** The end.

**Boundary.** At `D`.

**Exercised when.**
- `trickle`: It
  trickled.
- `stop`: It stopped.

**In virtual time.** The deadline
came.

*Not in virtual time:* what TLS does

*No proof:* Nobody
tried.
*No vector:* None.
"""


def load(folder: Path, section: str = SECTION) -> Registry:
    """Load a law of one group."""
    (folder / "README.md").write_text("| `sd.md` | SD |\n", "utf-8")
    (folder / "sd.md").write_text(section, "utf-8")
    return load_registry(folder)


def test_a_section_becomes_a_value(tmp_path: Path) -> None:
    """Every part is there, with folded lines as one."""
    registry = load(tmp_path)
    one = registry.by_id("SD-1")
    assert ("It MUST end, whatever comes.", "It MUST NOT hang.") == one.law
    assert (
        Situation("trickle", "It trickled."),
        Situation("stop", "It stopped."),
    ) == one.situations
    assert ("It would wait.\n\nFor ever. Source: a\nthought.", "a thought.") == (
        one.why,
        one.source,
    )
    assert ("The end.", "At `D`.") == (one.observable, one.boundary)
    assert ("The deadline came.", "what TLS does") == (one.provocation, one.real_only)
    assert (Waiver("proof", "Nobody tried."), Waiver("vector", "None.")) == one.waivers
    assert ("active", None, 8) == (one.status, one.reason, one.line)
    assert (Waiver("search", "There is no history."),) == registry.group("SD").waivers
    assert ("Nobody tried.", None) == (
        waiver_of(one.waivers, "proof"),
        waiver_of(one.waivers, "model"),
    )


def test_what_virtual_time_cannot_decide_has_no_provocation(tmp_path: Path) -> None:
    """With the words alone it is undecidable there; with a provocation a part of it is left."""
    assert frozenset() == load(tmp_path).undecidable
    without = SECTION.replace("**In virtual time.** The deadline\ncame.\n", "")
    assert frozenset({"SD-1"}) == load(tmp_path, without).undecidable
    assert frozenset({"SD-11", "SD-16"}) == REGISTRY.undecidable
    halves = [one.id for one in REGISTRY.requirements if one.provocation and one.real_only]
    assert ["SD-3", "SD-6", "SD-9", "SD-12", "CX-6"] == halves


def test_a_group_may_not_be_judged_yet(tmp_path: Path) -> None:
    """It is law all the same, and says so at its head."""
    assert load(tmp_path).group("SD").judged
    open_group = SECTION.replace("One lock.", "*Not judged yet.*")
    assert not load(tmp_path, open_group).group("SD").judged


def test_the_registry_is_printed_for_programs(tmp_path: Path) -> None:
    """The JSON has what is judged, and none of the prose around it."""
    entry = {
        "id": "SD-1", "group": "SD", "level": "MUST", "profile": "seed", "status": "active",
        "title": "One deadline", "law": ["It MUST end, whatever comes.", "It MUST NOT hang."],
        "situations": [
            {"name": "trickle", "text": "It trickled."}, {"name": "stop", "text": "It stopped."}
        ],
    }  # fmt: skip
    group = {"id": "SD", "title": "Send deadline", "prose": "sd.md", "judged": True}
    expected = {"schema": "stallproof.requirements/1", "groups": [group], "requirements": [entry]}
    text = registry_json(load(tmp_path))
    assert expected == json.loads(text)
    assert json.dumps(expected, indent=2) + "\n" == text


def test_a_missing_law_is_refused(tmp_path: Path) -> None:
    """A folder without the law is refused with the path that was looked for."""
    with pytest.raises(RegistryError, match=r"README\.md: No such file"):
        load_registry(tmp_path)
    (tmp_path / "README.md").write_bytes(b"\xff")
    with pytest.raises(RegistryError, match=r"README\.md: not UTF-8 text"):
        load_registry(tmp_path)
    (tmp_path / "README.md").write_text("Nothing.\n", "utf-8")
    with pytest.raises(RegistryError, match="the files of the law, of which there are none"):
        load_registry(tmp_path)


def test_the_seed_profile_is_part_of_the_hardened_one() -> None:
    """Hardened applies every requirement, seed only its own."""
    seed = {one.id for one in REGISTRY.applicable("seed")}
    hardened = {one.id for one in REGISTRY.applicable("hardened")}
    assert (len(seed), len(hardened)) == (54, 83)
    assert seed < hardened
    assert "SD-10" in hardened - seed


def test_an_unknown_profile_is_refused() -> None:
    """A profile that does not exist is refused, and those that do are named."""
    with pytest.raises(ValueError, match="unknown profile 'strict': use seed or hardened"):
        REGISTRY.applicable("strict")


def test_words_select_ids_and_groups_in_any_case() -> None:
    """An ID selects itself, a group all its own, and case does not matter."""
    chosen = REGISTRY.select(["cx", "sd-1", " SC-9 "])
    assert chosen == {
        "CX-1",
        "CX-2",
        "CX-3",
        "CX-4",
        "CX-5",
        "CX-6",
        "CX-7",
        "CX-8",
        "CX-9",
        "SD-1",
        "SC-9",
    }
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
    """A retired requirement keeps its section, applies to no profile and is not selected."""
    retired = SECTION.replace("· seed*", "· seed · retired*") + "\n*Retired:* Replaced by\nSD-16.\n"
    registry = load(tmp_path, retired)
    assert registry.by_id("SD-1").reason == "Replaced by SD-16."
    assert json.loads(registry_json(registry))["requirements"][0]["status"] == "retired"
    assert registry.applicable("hardened") == ()
    assert registry.select(["SD"]) == frozenset()
    with pytest.raises(ValueError, match="SD-1 is retired: Replaced by SD-16"):
        registry.select(["SD-1"])


def test_a_part_of_the_law_keeps_its_groups() -> None:
    """What was chosen is left in its order, with no other group."""
    part = REGISTRY.only({"CX-2", "SD-4"})
    assert ["SD-4", "CX-2"] == [one.id for one in part.requirements]
    assert ["SD", "CX"] == [one.id for one in part.groups]


def test_lookups_refuse_unknown_names() -> None:
    """Looking up an ID or a group that does not exist raises KeyError with the name."""
    assert (REGISTRY.by_id("AP-14").group, REGISTRY.group("CF").judged) == ("AP", True)
    with pytest.raises(KeyError, match="'SD-99'"):
        REGISTRY.by_id("SD-99")
    with pytest.raises(KeyError, match="'sd'"):
        REGISTRY.group("sd")
