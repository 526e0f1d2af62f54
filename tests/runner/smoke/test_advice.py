"""What a reader is told to do fits what ended the check, and is told once."""

import sys
from pathlib import Path
from typing import get_args

import pytest

from stallproof.runner.smoke import smoked
from stallproof.runner.smoke.advice import ADVICE, advice_on
from stallproof.runner.sut.breakage import HarnessBroken, What
from stallproof.runner.sut.client import Failed, Unsupported

TAMPERED = Path(__file__).resolve().parents[1] / "harnesses" / "tampered.py"


def test_each_way_to_break_has_its_advice() -> None:
    """None is left without a word."""
    assert set(get_args(What)) == set(ADVICE)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (HarnessBroken("garbage", "It printed."), "print to standard error"),
        (HarnessBroken("died", "It died."), "what ended it"),
        (Unsupported("send", "no sends"), "leave the feature out"),
        (Failed("no address"), "its message"),
    ],
)
def test_the_advice_is_of_the_kind_of_the_error(error: Exception, says: str) -> None:
    """Who printed a line is not sent to look at features."""
    assert says in advice_on(error)


def test_what_ended_a_check_is_no_second_fault() -> None:
    """A death is told of by the check that came across it, and not once more in the end."""
    command = (sys.executable, str(TAMPERED), "dies-of-connections")
    broken = [check for check in smoked(command) if check.state == "broken"]
    assert [("sends-unix", ADVICE["died"])] == [(check.name, check.advice) for check in broken]
