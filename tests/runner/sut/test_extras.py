"""Packages that the oracle does not insist on: what is left unjudged without them."""

import sys
from collections.abc import Iterator

import pytest

from stallproof.runner.sut import extras


@pytest.fixture(autouse=True)
def _looked_for_anew() -> Iterator[None]:
    """Forget what was there, before and after."""
    extras._is_there.cache_clear()
    yield
    extras._is_there.cache_clear()


def test_what_needs_a_missing_package_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named with the package, and nothing else is left out."""
    monkeypatch.setitem(sys.modules, "trustme", None)
    assert {"tls"} == extras.not_judged(["unix", "tls", "checks"])
    (note,) = extras.notes_on(["tls"])
    assert "tls was not judged" in note
    assert "'stallproof[tls]'" in note


def test_with_the_package_all_is_judged() -> None:
    """Nothing is left out for a package that is there."""
    assert set() == extras.not_judged(["unix", "tls"])
    assert [] == extras.notes_on([])
