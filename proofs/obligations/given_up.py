"""A send that its caller gives up. Spec: `spec/sd.md`, SD-18."""

from proofs.assumptions.shapes import failing
from proofs.prover.statement import Claim, obligation
from stallproof.machines import send_deadline
from stallproof.machines.send_deadline import End, Outcome, Send


@obligation("SD-18", given=failing)
def sd18_before_its_deadline_it_is_given_up(send: Send, now_us: int) -> Claim:
    """With bytes left, before the deadline and on an open connection, it ends with GIVEN_UP."""
    ended = send_deadline.on_given_up(send, closing=False, now_us=now_us)
    return ended.outcome is Outcome.GIVEN_UP if now_us < send.deadline_us else None


@obligation("SD-18", "SD-2", given=failing)
def sd18_at_its_deadline_it_has_expired(send: Send, now_us: int) -> Claim:
    """At the deadline and after it the give-up changes nothing: TIMEOUT, and it closes."""
    ended = send_deadline.on_given_up(send, closing=False, now_us=now_us)
    return ended == End(Outcome.TIMEOUT, True) if now_us >= send.deadline_us else None


@obligation("SD-18", "SD-6", given=failing)
def sd18_a_torn_frame_closes(send: Send, now_us: int) -> Claim:
    """With part of its frame written it asks for the closing, whatever its outcome."""
    ended = send_deadline.on_given_up(send, closing=False, now_us=now_us)
    return ended.closes if send.written_bytes >= 1 else None


@obligation("SD-18", given=failing)
def sd18_an_unwritten_frame_leaves_the_connection_open(
    send: Send, closing: bool, now_us: int
) -> Claim:
    """GIVEN_UP with nothing written does not ask for the closing."""
    ended = send_deadline.on_given_up(send, closing=closing, now_us=now_us)
    if ended.outcome is not Outcome.GIVEN_UP or send.written_bytes >= 1:
        return None
    return not ended.closes


@obligation("SD-18", "SD-10", "SD-15", given=failing)
def sd18_while_closing_it_is_suppressed(send: Send, now_us: int) -> Claim:
    """A closing that had begun wins, at the deadline as well, and is not begun again."""
    ended = send_deadline.on_given_up(send, closing=True, now_us=now_us)
    return ended == End(Outcome.SUPPRESSED, False)


@obligation("SD-18", given=failing)
def sd18_it_always_ends(send: Send, closing: bool, now_us: int) -> Claim:
    """Giving up is the end of a send in flight: never OK with bytes left, and never a wait."""
    ended = send_deadline.on_given_up(send, closing=closing, now_us=now_us)
    return isinstance(ended, End) and ended.outcome is not Outcome.OK
