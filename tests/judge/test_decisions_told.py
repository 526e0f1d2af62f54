"""What is said of a decision that is not lawful: what differs, in the words of JSON, and short."""

from typing import Any

import pytest

from stallproof.judge.rules.machines.shown import differences, shown
from stallproof.judge.rules.machines.verdict import Verdict

SITES = [f"site-{n}" for n in range(1, 145)]


@pytest.mark.parametrize(
    ("said", "wanted", "told"),
    [
        ({"a": 1, "b": None}, {"a": 1, "b": True}, ["b is null, and the law wants true"]),
        ({"a": 1}, {"a": True}, ["a is 1, and the law wants true"]),
        ({}, {"a": ["x"]}, ['a is missing, and the law wants ["x"]']),
        ({"a": 1, "c": "x"}, {"a": 1}, ['c is "x", and a decision has no such field']),
        (
            {"a": [*SITES[:9], "z", *SITES[9:]]},
            {"a": SITES},
            [
                'a is [... 9 before, "z", "site-10", "site-11", ... 133 more], and the law wants '
                '[... 9 before, "site-10", "site-11", "site-12", ... 132 more]'
            ],
        ),
        (
            {"a": SITES[:9]},
            {"a": SITES[:10]},
            ['a is [... 9 before], and the law wants [... 9 before, "site-10"]'],
        ),
    ],
)
def test_only_what_differs_is_told(
    said: dict[str, Any], wanted: dict[str, Any], told: list[str]
) -> None:
    """A reader need not look for the difference, however long the values are."""
    assert told == list(differences(said, wanted))


def test_long_texts_differ_where_they_are_shown() -> None:
    """Two texts of 144 names each show the first difference, and how long they are."""
    one, other = ", ".join(SITES), ", ".join(SITES[:100] + SITES[101:])
    (told,) = differences({"reason": one}, {"reason": other})
    assert "site-101" in told.split("law wants")[0]
    assert f"({len(one)} characters)" in told
    assert len(told) < 400


def test_an_input_is_short_and_its_history_whole() -> None:
    """Names are counted; events, which a decision rests on one by one, are not left out."""
    assert shown(SITES) == '["site-1", "site-2", "site-3", ... 141 more]'
    history = [["look", n] for n in range(20)]
    assert "..." not in shown(history)
    assert "... 38 more]" in shown([*history, *history, ["last"]])


def test_words_that_say_enough_are_no_difference() -> None:
    """A reason in other words is not told beside the field that is wrong."""
    lawful = {"action": "abort", "reason": "aborted: too few"}
    verdict = Verdict(lawful, {}, {"action": "XX-1"}, {"reason": [["too", "few"]]})
    told = verdict.why("gate", {"strict": True}, {"action": "go_on", "reason": "few, too few"})
    assert told == (
        'gate decided otherwise: action is "go_on", and the law wants "abort". '
        'Its input was {"strict": true}.'
    )
