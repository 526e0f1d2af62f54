"""The pictures of the models show the runs that SPIN finds, and are those that are committed."""

import copy
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from proofs.models.catalogue import MODELS
from proofs.models.model import Model, Variant
from proofs.models.pictures import (
    document,
    ending_of,
    image_of,
    picture_of,
    pictures,
    processes_of,
)
from proofs.models.pictures_runs import (
    KEPT,
    NotAsItMustBe,
    as_text,
    digest_of,
    kept,
    pictured,
    searched,
    sequence_kept,
    sequence_of,
)
from proofs.models.pictures_sequence import Message, Sequence, sequence_in
from proofs.models.pictures_svg import drawn
from proofs.models.replay_lines import MalformedLine
from proofs.models.source import sizes_in
from tests.proofs.spin_tools import need_spin

RUNS = kept()
PICTURED = pictured(MODELS)
OLD = "is not what there is now; run `python -m proofs models --pictures`"
SVG = "{http://www.w3.org/2000/svg}"

TRAIL = """
ltl freed: [] (<> (! (held)))
      @ sender > lock : takes it
  <<<<<START OF CYCLE>>>>>
          @ peer > peer : reads < 1 byte & waits
      @ lock > sender : yours
spin: trail ends after 12 steps
#processes: 3
"""
SEQUENCE = Sequence(
    (
        Message("sender", "lock", "takes it"),
        Message("peer", "peer", "reads < 1 byte & waits"),
        Message("lock", "sender", "yours"),
    ),
    repeats_from=1,
)


def words_in(picture: str) -> list[str]:
    """Return the texts of a picture, in order; those of one place are one text a line."""
    return ["".join(each.itertext()) for each in ElementTree.fromstring(picture).iter(f"{SVG}text")]


def test_the_sequence_is_what_the_run_printed() -> None:
    """Messages in order, with the place where the cycle begins, and nothing of SPIN's own."""
    assert SEQUENCE == sequence_in(TRAIL)
    assert ("sender", "lock", "peer") == SEQUENCE.names


@pytest.mark.parametrize("line", ["@ sender : takes it", "@ a > b :", "@ a >b : c", "@ "])
def test_a_message_that_is_not_understood_is_an_error(line: str) -> None:
    """A message is never left out of a picture in silence."""
    with pytest.raises(MalformedLine):
        sequence_in(line)


def test_a_picture_says_what_the_sequence_says() -> None:
    """Its text is text: the names, each message, the mark of the cycle, and the end."""
    picture = drawn(SEQUENCE, heading="lock, broken", ending="Broken: CX-1")
    expected = [
        "lock, broken", "sender", "lock", "peer", "takes it", "1", "from here on, again and again",
        "2", "reads < 1 byte & waits", "yours", "3", "Broken: CX-1",
    ]  # fmt: skip
    assert expected == words_in(picture)
    root = ElementTree.fromstring(picture)
    described = root.findtext(f"{SVG}desc") or ""
    assert "lock, broken" == root.findtext(f"{SVG}title")
    assert all(str(each) in described for each in SEQUENCE.messages)


def test_a_picture_names_the_sizes_in_play() -> None:
    """As the model's text defines them; a size that it does not define is an error."""
    lock, variant = next(pair for pair in PICTURED if pair[0].name == "lock")
    heading = ElementTree.fromstring(picture_of(RUNS, lock, variant)).findtext(f"{SVG}title") or ""
    assert heading.endswith("Sizes: SIZE 2, ROOM 1, FRAMES 1, TIMEOUT 2.")
    with pytest.raises(KeyError, match="SPARE"):
        sizes_in("#define SIZE 2\n#define TIMEOUT 3 /* Ticks. */\n", ("SIZE", "TIMEOUT", "SPARE"))


def test_an_arrow_goes_from_the_one_to_the_other() -> None:
    """Arrows lie between the life lines of those who exchange, and point the right way."""
    root = ElementTree.fromstring(drawn(SEQUENCE, heading="h", ending="e"))
    lines = [each.attrib for each in root.iter(f"{SVG}line")]
    lives = [each["x1"] for each in lines if each["class"] == "life"]
    arrows = [(each["x1"], each["x2"]) for each in lines if each["class"] == "arrow"]
    assert [(lives[0], lives[1]), (lives[1], lives[0])] == arrows


def test_a_run_without_messages_is_not_drawn() -> None:
    """An empty picture would say that nothing is needed to break the law."""
    with pytest.raises(ValueError, match="nobody"):
        drawn(Sequence(()), heading="h", ending="e")


@pytest.mark.parametrize(
    ("model", "variant"), PICTURED, ids=[f"{model.name}-{each.name}" for model, each in PICTURED]
)
def test_each_picture_is_whole_and_within_its_frame(model: Model, variant: Variant) -> None:
    """It holds its messages and needs nothing from elsewhere."""
    picture = picture_of(RUNS, model, variant)
    told = " ".join(words_in(picture))
    assert all(
        each.words.split()[0] in told for each in sequence_kept(RUNS, model, variant).messages
    )
    root = ElementTree.fromstring(picture)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for box in root.iter(f"{SVG}rect"):
        at = {name: float(box.attrib.get(name, 0)) for name in ("x", "y", "width", "height")}
        assert 0 <= at["x"]
        assert at["x"] + at["width"] <= width
        assert at["y"] + at["height"] <= height
    assert not [word for word in ("<script", "href=", "url(http", "@import") if word in picture]


def test_the_page_shows_every_picture() -> None:
    """Each variant that has a picture is on the page with it, and no other picture is there."""
    shown = re.findall(r"\]\(images/(model-[^)]*)\)", document(RUNS))
    assert [image_of(*each) for each in PICTURED] == shown
    assert set(shown) == set(pictures(RUNS))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_the_verdicts_are_those_of_the_models_text(model: Model) -> None:
    """What is shown was searched in the text as it is, and all of it came out as it must."""
    runs = RUNS.get(model.name, {})
    assert digest_of(model) == runs.get("text"), f"{model.name} {OLD}"
    claims = {claim.name for claim in model.claims} | {"(end states)"}
    assert dict.fromkeys(claims, "holds") == {
        name: found["verdict"] for name, found in runs["claims"].items()
    }
    assert {each.name: "fails as it must" for each in model.variants} == {
        name: found["verdict"] for name, found in runs["variants"].items()
    }


def test_another_verdict_or_message_makes_another_page() -> None:
    """The page depends on what is kept: a change of it does not go unseen."""
    model, variant = PICTURED[0]
    changed = copy.deepcopy(RUNS)
    changed[model.name]["claims"][model.claims[0].name]["verdict"] = "broken"
    assert document(RUNS) != document(changed)
    changed = copy.deepcopy(RUNS)
    changed[model.name]["variants"][variant.name]["messages"][0][2] = "something else"
    assert document(RUNS) != document(changed)
    assert picture_of(RUNS, model, variant) != picture_of(changed, model, variant)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_spin_finds_the_same_run_again(model: Model) -> None:
    """The sequence that is kept is the one that SPIN gives now."""
    need_spin()
    variant = next(each for each in model.variants if each.pictured)
    assert sequence_kept(RUNS, model, variant) == sequence_of(model, variant), OLD


def test_nothing_is_drawn_of_a_model_that_is_not_as_it_must_be() -> None:
    """A variant that keeps the law ends the drawing with the reason."""
    need_spin()
    model = next(each for each in MODELS if each.name == "send")
    harmless = Variant("expires_late", "it does not move the deadline", "one_deadline")
    wrong = replace(model, claims=model.claims[:1], variants=(harmless,))
    with pytest.raises(NotAsItMustBe, match="expires_late"):
        searched((wrong,))


def test_the_file_is_written_the_way_it_is_read() -> None:
    """What is kept is the text that the generator writes."""
    assert as_text(RUNS) == KEPT.read_text("utf-8")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_each_model_says_what_its_processes_are(model: Model) -> None:
    """The header of a model tells a reader who acts in it."""
    assert "rocesses" in processes_of(model).splitlines()[0]


def test_the_end_names_the_law() -> None:
    """A picture ends with the words of the claim and its requirements."""
    model, variant = PICTURED[0]
    claim = model.claim(variant.breaks)
    assert f"{claim.says} ({', '.join(claim.requirements)})" in ending_of(model, variant)
