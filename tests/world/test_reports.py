"""The list of public reports: well-formed, without repetition, and each kind with its finder."""

import re
from collections import Counter

import pytest

from proofs.mutants.__main__ import titles
from proofs.world.page import document
from proofs.world.reports import Kind, finder_file, kinds
from stallproof.requirements.registry import load_registry

KINDS = kinds()
REPORTS = [report for kind in KINDS for report in kind.reports]
ADDRESS = re.compile(r"github\.com/[\w.-]+/[\w.-]+/(issues|pull)/[1-9]\d*")
SLUG = re.compile(r"[a-z]+(-[a-z]+)*")
AT_LEAST = 40


def test_the_list_is_long_enough_to_mean_something() -> None:
    """Forty reports at least, and hardly any that nobody has read."""
    assert len(REPORTS) >= AT_LEAST
    assert sum(not report.is_read for report in REPORTS) <= 3


def test_each_address_is_a_thread_and_stands_once() -> None:
    """An address is that of an issue or a pull request; no thread is listed twice."""
    assert [] == [r.address for r in REPORTS if not ADDRESS.fullmatch(r.address)]
    often = [address for address, times in Counter(r.address for r in REPORTS).items() if times > 1]
    assert [] == often


def test_each_fault_is_one_sentence() -> None:
    """It ends with the only full stop in front of a blank, and breaks no table."""
    wrong = [
        r.fault for r in REPORTS if not r.fault.endswith(".") or ". " in r.fault or "|" in r.fault
    ]
    assert [] == wrong


@pytest.mark.parametrize("kind", KINDS, ids=[kind.slug for kind in KINDS])
def test_each_kind_has_a_finder_or_says_why_not(kind: Kind) -> None:
    """Exactly one of: what finds it, why that is outside the law, why it is not found yet."""
    assert SLUG.fullmatch(kind.slug)
    assert kind.reports
    assert 1 == sum(map(bool, (kind.found_by, kind.outside, kind.not_found)))
    assert [] == [finder for finder in kind.found_by if finder_file(finder) is None]
    law = {one.id for one in load_registry().requirements if one.status == "active"}
    assert set() == set(kind.requirements) - law
    assert bool(kind.requirements) or not kind.found_by


def test_the_page_shows_each_report_with_its_kind() -> None:
    """Each fault with its source, each kind with its requirements and finders, and the counts."""
    page = document(KINDS, titles())
    assert [] == [r.address for r in REPORTS if f"(https://{r.address})" not in page]
    assert [] == [one for kind in KINDS for one in kind.found_by if f"[`{one}`]" not in page]
    assert f"| all | {len(KINDS)} | {len(REPORTS)} |" in page
