"""A harness is sound with frames of any form, and not with another form than it declares."""

import sys
from pathlib import Path

import pytest

from stallproof.runner.smoke import is_sound, smoked
from tests.runner.peer.forms import FORMS

FORMED = str(Path(__file__).resolve().parents[1] / "harnesses" / "formed.py")


@pytest.mark.parametrize("form", ["mqtt", "nats", "resp", "lines", "little"])
def test_a_harness_of_any_form_is_sound(form: str) -> None:
    """Its frames arrive whole and under their numbers, over each transport."""
    checks = list(smoked((sys.executable, FORMED, form)))
    assert is_sound(checks), checks


@pytest.mark.parametrize(("declared", "written"), [("mqtt", "protobuf"), ("resp", "nats")])
def test_another_form_than_the_declared_one_is_found(declared: str, written: str) -> None:
    """The first send names what to compare."""
    assert {declared, written} <= set(FORMS)
    broken = [
        check
        for check in smoked((sys.executable, FORMED, declared, written))
        if check.state == "broken"
    ]
    assert ["sends-unix"] == [check.name for check in broken]
    assert "Compare 'frames'" in broken[0].advice
