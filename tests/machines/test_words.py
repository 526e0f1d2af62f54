"""The words that machines hand to traces, reports and logs: each as it is written there."""

from enum import Enum

import pytest

from stallproof.machines.close_window import Case
from stallproof.machines.connection import Cause
from stallproof.machines.send_deadline import Failure, Outcome
from stallproof.machines.settings import Source
from stallproof.machines.stream import AckVerdict, StreamOutcome


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Outcome, ["ok", "timeout", "closed", "error", "suppressed", "given_up"]),
        (Failure, ["timeout", "closed", "error"]),
        (Cause, ["send_timeout", "torn_frame", "monitor", "local", "tls"]),
        (StreamOutcome,
         ["done", "no_progress", "ack_wait", "ack_error", "send_failed", "cancelled"]),
        (AckVerdict, [
            "progress", "no news", "the offset is not an integer", "the offset is negative",
            "the offset lies beyond what was sent", "it comes from another origin",
            "the stream has ended",
        ]),
        (Case, ["silent", "warns only", "may close"]),
        (Source, ["set", "file", "environment", "default"]),
    ],
)  # fmt: skip
def test_the_words_are_those_of_traces_and_reports(kind: type[Enum], words: list[str]) -> None:
    """`spec/trace.md` and `spec/protocol.md`; the others are read by people alone."""
    assert words == [one.value for one in kind]
