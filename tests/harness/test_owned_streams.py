"""Streams of a harness of the simple kind: judged with the hooks, refused without them."""

import pytest

import stallproof
from stallproof.harness.adapter import Unsupported
from stallproof.harness.owned_link import OwnedLink
from tests.harness.streamed import Streamed
from tests.harness.test_plain_names import InMilliseconds


@pytest.mark.timing
def test_a_library_that_streams_is_judged() -> None:
    """Its streams are made, acknowledged and cancelled by the hooks."""
    report = stallproof.conform(Streamed, clock="real", only="AP-1,AP-12")
    assert {"AP-1": "pass", "AP-12": "pass"} == {
        one.id: one.verdict for one in report.requirements if one.selected
    }


def test_who_has_no_streams_says_so() -> None:
    """Without the hooks nothing of streams is supported."""
    link = OwnedLink(InMilliseconds(lambda event: None), None)
    for ask in (
        lambda: link.make_stream(1, 1),
        lambda: link.ack(1, 1, None, None),
        lambda: link.cancel(1),
    ):
        with pytest.raises(Unsupported, match="has no streams"):
            ask()
