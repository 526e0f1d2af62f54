"""Each topic of the origin's own tests has a counterpart here that catches a mistake."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.proofs.origin_topics import TOPICS, Topic

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "origin-tests.md"
FAILED = 1
"""What pytest's exit status must be: tests failed. Anything else is no catch."""


def run(topic: Topic, planted: bool) -> "subprocess.CompletedProcess[str]":
    """Run the counterpart of `topic` in a process of its own, with or without its mistake."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'reference'}{os.pathsep}{ROOT}"}
    if planted:
        environment["STALLPROOF_PLANTED"] = json.dumps([topic.module, topic.old, topic.new])
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-x", "-p", "tests.planted"),
            *("-p", "no:cacheprovider", "-p", "no:xdist", topic.test),
        ],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.topic)
def test_the_counterpart_catches_the_mistake(topic: Topic) -> None:
    """With the mistake planted the counterpart fails; it is a failure and not an accident."""
    done = run(topic, planted=True)
    assert FAILED == done.returncode, done.stdout + done.stderr
    assert re.search(r"^FAILED ", done.stdout, re.MULTILINE), done.stdout


def test_the_plugin_changes_nothing_by_itself() -> None:
    """Without a mistake the same command passes."""
    done = run(TOPICS[0], planted=False)
    assert 0 == done.returncode, done.stdout + done.stderr


def test_a_mistake_that_no_longer_fits_is_no_catch() -> None:
    """A text that is not in the module ends the run with a reason, and never counts as caught."""
    done = run(TOPICS[0]._replace(old="text that nobody wrote"), planted=True)
    assert FAILED != done.returncode or "FAILED" not in done.stdout
    assert "fits 0 times" in done.stdout + done.stderr


def test_there_are_as_many_topics_as_the_origin_has_tests() -> None:
    """10 tests of sending, 6 of ACKs, 13 of stalls."""
    assert {"send": 10, "ACK": 6, "stall": 13} == Counter(topic.group for topic in TOPICS)


def table() -> str:
    """Return the table as the document must show it."""
    rows = ["| topic | counterpart | mistake that it catches |", "|---|---|---|"]
    for topic in TOPICS:
        path, _, test = topic.test.partition("::")
        where = f"{topic.mistake} (`{topic.module}`)"
        rows.append(f"| {topic.group}: {topic.topic} | `{path}` {test} | {where} |")
    return "\n".join(rows) + "\n"


def test_the_document_shows_these_topics() -> None:
    """The table in the docs is the one that is tested."""
    assert table() in TABLE.read_text("utf-8")
