"""Timing diagrams: each event in the column of its moment, and the vectors that are chosen."""

from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from docs.drawing.progress import chunks_ready, due_of_streams
from docs.drawing.telling import family_of, side_of, telling
from docs.drawing.timing import drawn, told
from stallproof.requirements.vectors import Vector, load_all
from stallproof.requirements.vectors.format import Step

SVG = "{http://www.w3.org/2000/svg}"
ALL = load_all()


def vector(*steps: dict[str, Any], **fields: Any) -> Vector:
    """Return a vector with these steps; `fields` change its head."""
    head = {
        "schema": "stallproof.vector/1",
        "name": "drawn",
        "requirements": ["SD-1"],
        "profile": "seed",
        "needs": [],
        "reason": "it is drawn",
        "knobs": {"streaming_send_timeout": 1},
    }
    return Vector(**{**head, **fields}, steps=[Step(**one) for one in steps])


def stalled(conn: str = "a", until_us: int = 1_000_000) -> Vector:
    """Return a send that a closed connection ends at `until_us`."""
    lock = {"event": "lock_taken", "at_us": 0, "conn": conn, "send": 1}
    end = {"event": "send_ended", "at_us": until_us, "conn": conn, "send": 1, "outcome": "closed"}
    return vector(
        {"at_us": 0, "do": {"op": "open", "conn": conn, "room_bytes": 0}},
        {
            "at_us": 0,
            "do": {"op": "send", "conn": conn, "send": 1, "size_bytes": 9},
            "expect": [lock],
        },
        {"at_us": 999_999, "do": {"op": "accept", "conn": conn, "wrote_bytes": 4}},
        {"at_us": until_us, "expect": [end]},
    )


def parts(picture: str, kind: str) -> list[dict[str, str]]:
    """Return the attributes of the elements of a class, in order."""
    root = ElementTree.fromstring(picture)
    return [each.attrib for each in root.iter() if each.get("class") == kind]


def test_events_stand_in_the_column_of_their_moment() -> None:
    """Three moments, three columns; the bar of the hold and the deadline end where they must."""
    picture = drawn(stalled())
    events = {
        each.get("data-event"): each["cx"]
        for kind in ("asked", "mark", "bad")
        for each in parts(picture, kind)
        if "cx" in each
    }
    expected = {"peer 0": "186", "peer 999999": "298", "send 1 0": "186", "send 1 1000000": "410"}
    assert expected == events
    [hold] = parts(picture, "held")
    assert ("186", "410") == (hold["x1"], hold["x2"])
    [deadline] = parts(picture, "due")
    assert ("410", "410") == (deadline["x1"], deadline["x2"])


@pytest.mark.parametrize(("end_us", "drawn_there"), [(999_999, 0), (1_000_000, 1), (1_000_001, 1)])
def test_a_deadline_is_drawn_where_the_script_reaches_it(end_us: int, drawn_there: int) -> None:
    """One microsecond before it, at it and one after."""
    assert drawn_there == len(parts(drawn(stalled(until_us=end_us)), "due"))


@pytest.mark.parametrize(
    ("ack_us", "due_us"),
    [(999_999, 1_999_999), (1_000_000, 1_000_000), (1_000_001, 1_000_000)],
)
def test_progress_moves_what_a_stream_is_measured_by_until_it_is_due(
    ack_us: int, due_us: int
) -> None:
    """One microsecond before it, at it and one after; an offset of 0 moves nothing."""
    asked = {"op": "stream", "conn": "a", "stream": 1, "total_bytes": 60}
    got = {"event": "ack_received", "conn": "a", "stream": 1, "accepted": True}
    steps = [
        {"at_us": at, "do": {"op": "ack", "conn": "a", "stream": 1, "offset": offset},
         "expect": [{**got, "at_us": at}]}
        for at, offset in ((500_000, 0), (ack_us, 5))
    ]  # fmt: skip
    script = vector(
        {"at_us": 0, "do": asked}, *steps, {"at_us": 3_000_000},
        knobs={"streaming_ack_progress_timeout": 1},
    )  # fmt: skip
    assert {("a", 1): due_us} == due_of_streams(script)
    assert 1 == len(parts(drawn(script), "due"))


def test_a_chunk_is_ready_a_pause_after_the_one_before_it() -> None:
    """From the start of the stream on; where room is short nothing is said."""
    begun = {"event": "chunk_begun", "conn": "a", "stream": 1, "at_us": 7, "offset": 10}
    asked = {
        "op": "stream", "conn": "a", "stream": 1, "total_bytes": 60,
        "start_after_us": 2, "chunk_ready_us": [5, 100],
    }  # fmt: skip
    steps = [{"at_us": 0, "do": asked}, {"at_us": 300, "expect": [begun]}]
    opened = {"op": "open", "conn": "a"}
    free = vector({"at_us": 0, "do": opened}, *steps)
    assert [("a", 1, 7), ("a", 1, 107)] == chunks_ready(free)
    short = vector({"at_us": 0, "do": {**opened, "room_bytes": 9}}, *steps)
    assert [] == chunks_ready(short)


def test_every_event_stands_below_the_time_at_which_it_happens() -> None:
    """Every moment of every short vector has a dot, in the column whose head says that time."""
    seen = 0
    for one in (each for each in ALL if len(each.steps) < 6):
        try:
            picture = drawn(one)
        except ValueError:
            continue
        seen += 1
        heads = {
            each.get("x"): (each.text or "").removesuffix(" s")
            for each in ElementTree.fromstring(picture).iter(f"{SVG}text")
            if each.get("class") == "head" and each.get("y") == "44"
        }
        dots = [dot for kind in ("asked", "mark", "bad") for dot in parts(picture, kind)]
        happened = {dot["cx"]: dot["data-event"].split(" ")[-1] for dot in dots if "cx" in dot}
        assert [] == [x for x, at in happened.items() if Decimal(heads[x]) * 10**6 != int(at)]
        moments = {each["at_us"] for step in one.steps for each in step.expect}
        moments |= {step.at_us for step in one.steps if step.do is not None}
        ready = {at_us for _conn, _stream, at_us in chunks_ready(one)}
        assert moments <= {int(at) for at in happened.values()} <= moments | ready, one.name
    assert 100 < seen


def test_what_a_picture_says_is_text_whatever_it_says() -> None:
    """Names from a script are escaped, and nothing in a picture is HTML or comes from elsewhere."""
    hostile = '</text><script>"&'
    picture = drawn(stalled(conn=hostile))
    assert "<script" not in picture
    assert "foreignObject" not in picture
    desc = ElementTree.fromstring(picture).findtext(f"{SVG}desc") or ""
    assert "takes the lock" in desc
    two = drawn(_with_two(hostile))
    words = [each.text or "" for each in ElementTree.fromstring(two).iter(f"{SVG}text")]
    assert f"{hostile}: peer" in words


def _with_two(conn: str) -> Vector:
    opened = [
        {"at_us": 0, "do": {"op": "open", "conn": name, "room_bytes": 0}} for name in ("a", conn)
    ]
    return vector(*opened)


def test_what_only_decides_is_not_drawn() -> None:
    """There is no course in time in it."""
    asked = {"op": "decide", "machine": "start_gate", "input": {}}
    with pytest.raises(ValueError, match="no time"):
        drawn(vector({"at_us": 0, "do": asked}))


@pytest.mark.parametrize(
    ("name", "side", "family"),
    [
        ("room-one-before-the-deadline", "before", "room-deadline"),
        ("room-at-the-deadline", "at", "room-deadline"),
        ("room-one-after-the-deadline", "after", "room-deadline"),
        ("trickle-does-not-move-the-deadline", "", "trickle-does-not-move-deadline"),
    ],
)
def test_the_name_of_a_vector_says_its_side_of_a_boundary(
    name: str, side: str, family: str
) -> None:
    """Before, at and after are one family."""
    assert (side, family) == (side_of(name), family_of(name))


def test_the_most_telling_vectors_are_those_around_a_boundary() -> None:
    """SD-1 has all three; what is shown is always about its requirement, and at most three."""
    expected = [
        f"byte-{side}-the-deadline-does-not-move-it" for side in ("one-before", "at", "one-after")
    ]
    assert expected == [one.name for one in telling(ALL, "SD-1")]
    for name in sorted({each for one in ALL for each in one.requirements}):
        chosen = telling(ALL, name)
        assert 3 >= len(chosen)
        assert all(name in one.requirements for one in chosen)


def test_the_words_beside_a_picture_are_in_order_of_time() -> None:
    """With the deadline among them."""
    expected = [
        "0 s, peer: room: 0 B",
        "0 s, send 1: asked: 9 B",
        "0 s, send 1: takes the lock",
        "0.999999 s, peer: peer takes 4 B",
        "1 s, send 1: CLOSED",
        "1 s, send 1: D, the deadline",
    ]
    assert expected == told(stalled())


def test_a_vector_of_the_repository_can_be_drawn() -> None:
    """The folder of the vectors is read, not a copy."""
    folder = Path(__file__).resolve().parents[2] / "spec" / "vectors"
    assert {path.stem for path in folder.glob("*/*.json")} == {one.name for one in ALL}
