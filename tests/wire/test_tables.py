"""The tables of operations and of events hold together with what cannot be derived from them."""

import msgspec
import pytest

from stallproof.judge.model.case import _DOES
from stallproof.wire.events import DECISIVE, IMPLEMENTATION, Requested
from stallproof.wire.operations import OPERATIONS
from stallproof.wire.protocol import FEATURES
from tests.harness.driving import running

IN_EVERY_ASKED = {"at_us", "seen_by", "id", "op"}


def test_the_model_of_the_law_knows_what_a_vector_may_ask_for() -> None:
    """Who adds an operation for vectors says what the law makes of it."""
    played = {op for op, kind in OPERATIONS.items() if kind.in_vectors and kind.in_case}
    assert played == set(_DOES)


def test_every_operation_of_a_vector_is_said_in_words() -> None:
    """A counterexample is read by people, so no request in it is told by its bare name."""
    for op, kind in OPERATIONS.items():
        if kind.in_vectors:
            assert kind.in_words is not OPERATIONS["stop"].in_words, op


def test_the_trace_tells_of_every_request_what_a_vector_can_say() -> None:
    """Each field of `asked` is one of a request, and a vector's request loses none in a trace."""
    told = set(Requested.__struct_fields__) - IN_EVERY_ASKED
    fields = {op: set(kind.__struct_fields__) for op, kind in OPERATIONS.items()}
    assert told <= set().union(*fields.values())
    lost = {"id", "transport", "kind"}
    sockets = {"path", "host", "port", "certificate_authority", "send_buffer_bytes"}
    for op, kind in OPERATIONS.items():
        if kind.in_vectors and kind.in_case:
            assert fields[op] - lost - sockets <= told, op


def test_what_counts_of_a_decision_is_a_field_of_its_event() -> None:
    """The table of events names no field that is not there."""
    for event, counts in DECISIVE.items():
        assert {*counts} <= set(IMPLEMENTATION[event].__struct_fields__)


def test_every_feature_that_an_operation_takes_can_be_declared() -> None:
    """A harness is told apart by what it declares, so that every feature is one of these."""
    assert {kind.feature for kind in OPERATIONS.values()} - {None} <= FEATURES


@pytest.mark.parametrize(
    ("op", "fields"),
    [
        ("config", {"knobs": {}}),
        ("check", {}),
        ("monitor", {"period_us": None}),
        ("wall_jump", {"by_us": 1}),
        ("stop", {}),
    ],
)
def test_the_reference_answers_with_the_fields_of_the_table(
    op: str, fields: dict[str, object]
) -> None:
    """What the table says of a reply is what a harness sends."""
    with running() as harness:
        reply = harness.ask(op, **fields)
    assert {"id", "ok", *OPERATIONS[op].answers} == set(reply)


def test_a_request_is_a_row_of_the_table() -> None:
    """The union that is decoded is the table, and nothing beside it."""
    for op, kind in OPERATIONS.items():
        assert op == kind.__struct_config__.tag
        assert msgspec.structs.fields(kind)[0].name == "id"
