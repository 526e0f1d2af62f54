"""What is due in a case: found without a look at whatever is not, and in the old order."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from stallproof.judge.model.agenda import FOREVER, Agenda
from stallproof.judge.model.case import Case
from stallproof.judge.model.expected import asked_of
from stallproof.requirements.knobs import policy_of_script
from stallproof.requirements.vectors.format import Step
from tests.judge.model.steps import accept, ack, close, give_up, monitor, open_, send, stream, until


@dataclass(eq=False)
class Timer:
    """Something with a moment, which counts how often anybody asks for it."""

    place: int
    at_us: int
    asked: int = field(default=0)

    def due_us(self) -> int:
        self.asked += 1
        return self.at_us


def agenda_of(*timers: Timer) -> Agenda[Timer]:
    agenda: Agenda[Timer] = Agenda()
    for timer in timers:
        agenda.enter(timer)
    return agenda


def test_what_is_due_at_a_moment_is_taken_then_and_not_before() -> None:
    """Nothing is taken one microsecond early, and what was taken does not come back."""
    timer = Timer(0, 10)
    agenda = agenda_of(timer)
    assert [] == agenda.take(9)
    assert agenda.next_us() == 10
    assert [timer] == agenda.take(10)
    assert [] == agenda.take(11)
    assert agenda.next_us() == FOREVER


def test_who_is_due_together_comes_by_place_and_once() -> None:
    """Neither the moment nor how often one was entered changes the order."""
    first, second = Timer(1, 10), Timer(2, 5)
    agenda = agenda_of(second, first, first, second)
    assert [first, second] == agenda.take(10)


def test_a_moment_that_moved_counts_where_it_is_now() -> None:
    """The old entry is passed over, be the new moment earlier, later or never."""
    earlier, later, never = Timer(0, 10), Timer(1, 10), Timer(2, 10)
    agenda = agenda_of(earlier, later, never)
    earlier.at_us, later.at_us, never.at_us = 5, 20, FOREVER
    for timer in (earlier, later, never):
        agenda.enter(timer)
    assert [earlier] == agenda.take(5)
    assert [] == agenda.take(19)
    assert [later] == agenda.take(20)
    assert agenda.next_us() == FOREVER


def test_who_left_is_never_due_again() -> None:
    """Its entries stay, and count for nothing."""
    timer = Timer(0, 10)
    agenda = agenda_of(timer)
    agenda.leave(timer)
    assert agenda.next_us() == FOREVER
    assert [] == agenda.take(10)


def test_nobody_looks_at_what_is_not_due() -> None:
    """A look at the agenda costs the same, however many have entered."""
    timers = [Timer(place, 1_000 + place) for place in range(1_000)]
    agenda = agenda_of(*timers)
    for timer in timers:
        timer.asked = 0
    assert agenda.next_us() == 1_000
    assert [1] + [0] * 999 == [timer.asked for timer in timers]


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["move", "leave", "take"]),
        st.integers(0, 5),
        st.integers(0, 20) | st.just(FOREVER),
    )
)


@given(MOVES)
def test_the_agenda_says_what_a_look_at_everybody_would(moves: list[tuple[str, int, int]]) -> None:
    """The next moment, and who is due, are those of a naive search."""
    timers = {place: Timer(place, FOREVER) for place in range(6)}
    here, agenda = dict(timers), agenda_of(*timers.values())
    for move, place, at_us in moves:
        if move == "move" and place in here:
            here[place].at_us = at_us
            agenda.enter(here[place])
        elif move == "leave" and place in here:
            agenda.leave(here.pop(place))
        elif move == "take" and at_us < FOREVER:
            due = [one for _place, one in sorted(here.items()) if one.at_us <= at_us]
            assert due == agenda.take(at_us)
            for one in due:
                one.at_us = FOREVER
        assert min((one.at_us for one in here.values()), default=FOREVER) == agenda.next_us()


def test_a_send_given_up_while_its_transport_lingers_does_not_stop_the_clock() -> None:
    """No script may ask for it; whoever reads one that does still comes to its end."""
    case = Case(policy_of_script({}))
    lingering = {"op": "open", "conn": "a", "room_bytes": 0, "linger_us": 50}
    steps = (
        Step(at_us=0, do=lingering), send("a", 1, 5, at=0), close("a", at=10),
        give_up("a", 1, at=20), until(1_000),
    )  # fmt: skip
    for number, step in enumerate(steps):
        case.ask(asked_of(step, number))
    assert case.now_us == 1_000
    assert case.problems


def job_of(clients: int) -> list[Step]:
    """Return a script in which every other client stalls and the others have a stream each."""
    stalled, others = range(0, clients, 2), range(1, clients, 2)
    opened = [open_(f"c{one}", room=0 if one % 2 == 0 else None) for one in range(clients)]
    return [
        *opened,
        monitor(5_000_000, at=0),
        *(send(f"c{one}", one, 10, at=one) for one in stalled),
        *(stream(f"c{one}", one, 10, at=clients) for one in others),
        until(11_000_000),
        *(accept(f"c{one}", 10, at=11_000_000 + one) for one in stalled),
        *(ack(f"c{one}", one, 10, at=12_000_000 + one) for one in others),
        until(16_000_000),
    ]


def calls_of(steps: Sequence[Step]) -> int:
    """Return how many calls the model makes when it reads `steps`."""
    case, calls = Case(policy_of_script({})), 0
    asked = [asked_of(step, number) for number, step in enumerate(steps)]

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        for each in asked:
            case.ask(each)
            case.demanded.clear()
    finally:
        sys.setprofile(before)
    assert not case.problems
    return calls


def test_a_case_of_many_clients_is_read_in_time_that_grows_with_them() -> None:
    """Four times the clients cost four times as much, and no look at everybody each moment."""
    assert calls_of(job_of(400)) < 5 * calls_of(job_of(100))
