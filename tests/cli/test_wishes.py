"""What a user does not want judged: features, and the groups that machines alone decide."""

import pytest

from stallproof.api.wanted import GROUPS
from stallproof.cli.wishes import Wishes
from stallproof.reports.output import UnusableError


def test_a_group_of_machines_stands_for_its_machines() -> None:
    """RT is two machines; beside it features stand as ever."""
    granted = Wishes(without=["RT,tls"]).read()
    assert granted.without == {"download_retry", "download_session", "tls"}
    assert [*GROUPS] == ["CB", "DN", "DS", "LR", "MD", "MM", "PO", "RT", "SG", "SM"]


@pytest.mark.parametrize(
    ("name", "says"),
    [("SD", "the group SD has no feature of its own"), ("tlss", "is tls meant?")],
)
def test_what_is_no_feature_is_refused_with_a_way_out(name: str, says: str) -> None:
    """Who names a group of the transport hears what to name instead."""
    with pytest.raises(UnusableError, match=says.replace("?", r"\?")):
        Wishes(without=[name]).read()
