"""The page of the zoo is made from the catalogues, and is current."""

from dataclasses import replace

from proofs.zoo.__main__ import main
from proofs.zoo.page import PAGE, ZOO, page_of


def test_the_page_is_current() -> None:
    """Run `python -m proofs.zoo` if it is not."""
    assert page_of(ZOO) == PAGE.read_text("utf-8"), "run `python -m proofs.zoo`"
    assert 0 == main(["--check"])


def test_a_change_in_the_catalogue_changes_the_page() -> None:
    """What fails by another requirement is another row."""
    changed = (replace(ZOO[0], breaks=frozenset({"CX-9"})), *ZOO[1:])
    assert page_of(changed) != page_of(ZOO)


def test_arguments_that_are_none_are_refused() -> None:
    """There is one option."""
    assert 2 == main(["--write"])
