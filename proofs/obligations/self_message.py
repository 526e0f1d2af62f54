"""Messages to oneself. Spec: `spec/sm.md`."""

from proofs.prover.statement import Claim, obligation
from stallproof.machines import self_message
from stallproof.machines.self_message import Way


def short(*words: str) -> bool:
    return all(len(word) <= 3 for word in words)


@obligation("SM-1", given=lambda name, alias, to: short(name, alias, to))
def sm1_what_is_to_oneself_is_not_sent(name: str, alias: str, to: str) -> Claim:
    """A message to the name or to an alias is handled locally, and any other one is sent."""
    way = self_message.way_of((name, alias), to)
    if to in (name, alias):
        return way is Way.LOCAL
    return way is Way.SEND


@obligation("SM-1", given=lambda to: short(to))
def sm1_the_result_is_the_same_on_either_way(to: str, known: bool, fails: bool) -> Claim:
    """What the submitter gets depends on the handler alone, a failure or a lack included."""
    outcome = ("raised" if fails else "returned", "so")
    told = self_message.decide(("me",), "you", to, "t", {"t": outcome} if known else {})
    return told.result == (outcome if known else ("unhandled", "t"))
