"""Messages to oneself: boundaries, and machine, law and naive process on drawn messages."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icontract import ViolationError

from stallproof.judge.rules.machines import law_of
from stallproof.machines.self_message import Way, decide, way_of
from tests.models.frozen import FROZEN
from tests.models.self_message import decision

NAMES = st.sampled_from(["me", "Me", "me.job", "m", "you", "", " me"])
TOPICS = st.sampled_from("tuv")
RESULTS = st.lists(st.sampled_from(["returned", "raised"]), min_size=1, max_size=1).map(
    lambda how: [*how, "so"]
)
MESSAGES = st.fixed_dictionaries(
    {
        "names": st.lists(NAMES, min_size=1, max_size=3),
        "sender": NAMES,
        "to": NAMES,
        "topic": TOPICS,
        "handlers": st.dictionaries(TOPICS, RESULTS),
    }
)


@pytest.mark.requirement("SM-1")
@given(MESSAGES)
def test_machine_law_and_naive_process_agree(message: dict[str, object]) -> None:
    """Three statements of one law, each written on its own, decide alike on every message."""
    verdict = law_of("self_message", message)
    told = FROZEN["self_message"].decide(**message)
    made = msgspec.json.decode(msgspec.json.encode(told))
    assert verdict is not None
    assert decision(**message) == made == verdict.decision  # type: ignore[arg-type]
    assert verdict.broken_by(made) is None
    assert verdict.broken_by({**made, "way": "queue"}) == "SM-1"
    assert verdict.broken_by({**made, "result": ["raised", "blocked"]}) == "SM-1"


@pytest.mark.requirement("SM-1", kind="boundary")
@pytest.mark.parametrize(
    ("to", "way"),
    [
        ("site-1", Way.LOCAL),
        ("site-1.job", Way.LOCAL),
        ("Site-1", Way.SEND),
        ("site-10", Way.SEND),
        ("site-", Way.SEND),
        ("site-1 ", Way.SEND),
    ],
)
def test_a_name_is_compared_as_it_stands(to: str, way: Way) -> None:
    """Aliases are one's own; case, blanks and parts make another name."""
    assert way is way_of(["site-1", "site-1.job"], to)


def test_what_cannot_be_is_not_decided() -> None:
    """Nobody is without a name, and a handler returns or raises."""
    with pytest.raises(ViolationError):
        way_of([], "me")
    with pytest.raises(ValueError, match="returns or raises"):
        decide(["me"], "me", "me", "t", {"t": ("waits", "for ever")})
    message = {"names": ["me"], "sender": "me", "to": "me", "topic": "t", "handlers": {}}
    wrongs: list[dict[str, object]] = [
        {"names": []},
        {"handlers": {"t": ["waits", "so"]}},
        {"to": 1},
        {"more": 1},
    ]
    for wrong in wrongs:
        assert law_of("self_message", {**message, **wrong}) is None
