"""Each topic of the origin's own tests has a counterpart here that catches a mutant.

The table in `docs/origin-tests.md` is the list; that each test catches its mutant is run with the
catalogue.
"""

import re
from collections import Counter

from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.mutant import ROOT

ROW = re.compile(r"\| (\w+): (.+) \| `(.+)` \| `(\w+)` \|")
TABLE = (ROOT / "docs" / "origin-tests.md").read_text("utf-8")
TOPICS = [found.groups() for line in TABLE.splitlines() if (found := ROW.fullmatch(line))]


def test_there_are_as_many_topics_as_the_origin_has_tests() -> None:
    """10 tests of sending, 6 of ACKs, 13 of stalls, and every row of the table is read."""
    assert {"send": 10, "ACK": 6, "stall": 13} == Counter(group for group, *_ in TOPICS)
    assert len(TOPICS) == len({topic for _, topic, *_ in TOPICS})
    assert len(TOPICS) + 2 == sum(line.startswith("|") for line in TABLE.splitlines())


def test_the_counterpart_of_each_topic_must_catch_its_mutant() -> None:
    """The mutant is in the catalogue, and the test is named there as what must catch it."""
    for _, topic, test, mutant in TOPICS:
        assert f"test:{test}" in MUTANTS[mutant].caught_by, topic
