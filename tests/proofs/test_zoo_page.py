"""The page of the zoo is made from the catalogues."""

from dataclasses import replace

from proofs.zoo.page import ZOO, page_of


def test_a_change_in_the_catalogue_changes_the_page() -> None:
    """What a mistake breaks is on the page as the catalogue has it."""
    changed = (replace(ZOO[0], breaks=frozenset({"CX-1"})), *ZOO[1:])
    assert page_of(changed) != page_of(ZOO)
