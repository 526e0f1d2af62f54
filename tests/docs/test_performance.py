"""The page of the benchmarks says what the record holds, and draws how costs grow."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from docs.drawing import growth
from docs.pages import performance
from tests.benchmarks.made import LOUD, figure, record, row
from tests.benchmarks.record import COMMITTED, GrowthRecord, RecordError, encoded, read_record

GROWN = GrowthRecord(
    over="queued senders",
    unit="us a frame",
    points=[(1, 2.0, 1.0), (10, 3.0, None), (64, 20.0, 5.0)],
)


def test_the_page_has_a_line_for_each_figure() -> None:
    """With its goal and its word, or what was missing."""
    text = performance.document(
        record(
            row(figure(0.9, at_least=0.95, ours=9.0, beside=10.0), figure(None, note="not here")),
            row(name="other", number=20, left_out="no trio | here", title="beside others"),
        )
    )
    told = "| 4 | What it is | a case | 0.9 (0.9 to 0.9) | 9 beside 10 us | >= 0.95 | missed |"
    assert told in text
    assert "|  |  | a case | not here |  |  |  |" in text
    assert "| 20 | Beside others |  | no trio \\| here |  |  |" in text
    assert ["Goals", "Beside what else there is"] == re.findall(r"^## (.*)", text, re.MULTILINE)


def test_noise_and_notes_are_told_below_the_table() -> None:
    """A table of figures alone would be believed."""
    text = performance.document(record(row(figure(1.0, note="a note"), noise=LOUD)))
    assert "- 4, a case: a note\n- 4: too noisy: others took 50% of the processors" in text


def test_each_growth_has_its_picture() -> None:
    """The page names those that are made, and no others."""
    whole = record(row(figure(), growth=[GROWN, GROWN], name="many_senders"))
    made = performance.pictures(whole)
    linked = re.findall(r"\]\((images/[^)]*)\)", performance.document(whole))
    assert [f"docs/{name}" for name in linked] == list(made)
    assert "docs/images/growth-many-senders-1.svg" in made


def test_growth_without_a_point_to_draw_is_left_out() -> None:
    """A cost of nothing has no picture, and the page is made all the same."""
    nothing = GrowthRecord(over="events", unit="MB", points=[(1, 0.0, None)])
    whole = record(row(figure(), growth=[nothing, GROWN]))
    assert ["docs/images/growth-a-row-1.svg"] == list(performance.pictures(whole))
    assert 1 == performance.document(whole).count("](images/")


def test_the_committed_record_makes_the_page() -> None:
    """Every figure of it has a line."""
    text = performance.pages()[performance.PAGE]
    cases = [one.case for each in read_record(COMMITTED).rows for one in each.figures]
    assert [] == [case for case in cases if f"| {case} |" not in text]


def test_without_a_record_the_page_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken one is no page."""
    monkeypatch.setattr(performance, "COMMITTED", tmp_path / "none.json")
    assert "No run is recorded" in performance.pages()[performance.PAGE]
    (tmp_path / "none.json").write_bytes(encoded(record()).replace(b"rows", b"lines"))
    with pytest.raises(RecordError):
        performance.pages()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0], [1.0, 10.0]),
        ([1.0, 64.0], [1.0, 10.0, 100.0]),
        ([10.0, 100.0], [10.0, 100.0]),
        ([0.05, 2.0], [0.01, 0.1, 1.0, 10.0]),
    ],
)
def test_an_axis_spans_the_values_in_powers_of_ten(
    values: list[float], expected: list[float]
) -> None:
    """One step at least."""
    assert expected == pytest.approx(growth.decades(values))


def test_a_value_lies_between_its_powers_of_ten() -> None:
    """The outer marks lie at the ends."""
    marks = [1.0, 10.0, 100.0]
    assert [0.0, 50.0, 100.0] == [growth.place(one, marks, 0.0, 100.0) for one in marks]


def test_a_picture_shows_every_point_and_tells_it_in_words() -> None:
    """Ours are filled, the others are not."""
    text = growth.drawn(GROWN.over, GROWN.unit, GROWN.points)
    root = ElementTree.fromstring(text)
    dots = [one.get("data-event") for one in root.iter() if one.tag.endswith("circle")]
    assert {"ours": 3, "beside it": 2} == {name: dots.count(name) for name in set(dots)}
    assert "queued senders 64: 20, beside 5 us a frame" in text


@pytest.mark.parametrize("point", [(0.0, 1.0, None), (1.0, 0.0, None)])
def test_a_point_at_zero_has_no_place(point: tuple[float, float, float | None]) -> None:
    """It is left out; a picture of nothing else is refused."""
    text = growth.drawn("x", "us", [point, (2.0, 3.0, None)])
    assert 1 == text.count("<circle")
    with pytest.raises(ValueError, match="no point to draw"):
        growth.drawn("x", "us", [point])
