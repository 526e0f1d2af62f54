"""The smoke test itself: the checks in their order, on a real peer.

The first broken check ends those that come after it on the peer: they would mostly wait for what is
known not to come. Nothing here waits without a limit.
"""

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import TypeVar

from stallproof.requirements.knobs import in_force_fault
from stallproof.runner.capacity import kernel_holds_bytes
from stallproof.runner.peer.client import PeerBroken, PeerClient
from stallproof.runner.scenarios.context import Context
from stallproof.runner.scenarios.record import Record
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.smoke.advice import advice_on
from stallproof.runner.smoke.anew import begins_anew
from stallproof.runner.smoke.check import Check, broken, left_out, sound
from stallproof.runner.smoke.conversation import survives_nonsense
from stallproof.runner.smoke.deciding import machines_of
from stallproof.runner.smoke.lacking import without_line
from stallproof.runner.smoke.operations import DECLARED
from stallproof.runner.smoke.sending import SENDING
from stallproof.runner.smoke.timeless import NAME as TIMELESS
from stallproof.runner.smoke.timeless import lives_in_virtual_time
from stallproof.runner.sut.client import Failed, HarnessBroken, HarnessClient, Refused
from stallproof.runner.sut.client import Unsupported as Lacking
from stallproof.runner.sut.hello import strange_machines
from stallproof.wire.operations import DECIDE
from stallproof.wire.protocol import TRANSPORTS
from stallproof.wire.request import ANEW
from stallproof.wire.units import count

SEND_TIMEOUT_S = 0.5
NEEDS_IT = "Something before it is broken: mend that first."

_On = Callable[[Context], Iterator[Check]]
_T = TypeVar("_T", str, str | None)


def smoked(command: Sequence[str]) -> Generator[Check, None, None]:
    """Yield each check of the harness `command` as soon as it is made."""
    record = Record()
    record.begin()
    client = HarnessClient(command, record.add)
    peer: PeerClient | None = None
    try:
        begun = time.monotonic()
        try:
            client.start()
            client.begin()
        except HarnessBroken as error:
            yield broken("hello", str(error), "Mend this first: nothing else was looked at.")
            return
        took_ms = (time.monotonic() - begun) * 1000
        who = f"{client.hello.name} {client.hello.version}"
        yield sound("hello", f"{who} said hello after {took_ms:.0f} ms; its hello is valid.")
        yield sound("unknown-operation", "What nobody knows is answered with 'unsupported'.")
        yield from (left_out("machines", note) for note in strange_machines(client.hello))
        yield from (left_out("without", told) for told in without_line(client.hello.features))
        yield survives_nonsense(command, client.hello)
        peer = PeerClient(record.add)
        peer.start()
        told: dict[str, Check] = {}
        for check in _on_the_peer(client, peer, record):
            told[check.seen] = check
            yield check
        # What ended a check above is no second fault.
        yield from (check for check in _heard_to_the_end(client) if check.seen not in told)
        client.close()
        yield _ended(client)
        yield from _begun_anew(command, client, peer, told.values())
        if "virtual_time" in client.hello.features:
            yield lives_in_virtual_time(command, deciding=_only_decided(client))
        else:
            yield left_out(TIMELESS, "It does not declare virtual_time.")
    finally:
        client.close()
        if peer is not None:
            peer.stop()


def _heard_to_the_end(client: HarnessClient) -> Iterator[Check]:
    """Yield what is wrong with anything that it said, if nobody has come across it yet."""
    try:
        client.settle()
    except HarnessBroken as error:
        yield broken("events", str(error), advice_on(error))


def _ended(client: HarnessClient) -> Check:
    if client.complaint is not None:
        advice = "Exit with status 0 within a second of 'stop', whatever is blocked."
        return broken("stop", client.complaint, advice)
    return sound("stop", "It ended with status 0 in time.")


def _begun_anew(
    command: Sequence[str], client: HarnessClient, peer: PeerClient, before: Iterable[Check]
) -> Iterator[Check]:
    if ANEW not in client.hello.features:
        return
    if any(check.state == "broken" for check in before):
        yield left_out(ANEW, NEEDS_IT)
        return
    yield begins_anew(command, peer, next(iter(_transports(client)), None))


def _on_the_peer(client: HarnessClient, peer: PeerClient, record: Record) -> Iterator[Check]:
    """Yield the checks that need a peer; the first break of the harness ends them."""
    transports = _transports(client)
    # Who has no transport has no knob either, and is asked for what needs no connection.
    features = frozenset(transports[:1] or [DECIDE])
    scenario = Scenario(
        "smoke", {}, lambda context: None, send_timeout_s=SEND_TIMEOUT_S, features=features
    )
    check = _configured(client, scenario)
    yield check
    if check.state == "broken":
        yield left_out("sending", NEEDS_IT)
        return
    peer.layout(client.hello.frames)
    if not transports:
        yield left_out("sending", "It declares no transport (unix, tcp or tls).")
    context = Context(
        client, peer, record, repetition=1, policy=scenario.policy, grace_us=50_000,
        kernel_holds_bytes=kernel_holds_bytes(),
    )  # fmt: skip
    parts: list[tuple[str, _On]] = [
        (f"{name}-{transport}", _bound(part, transport))
        for transport in transports
        for name, part in SENDING
    ]
    one = transports[0] if transports else None
    parts += [(name, _bound(part, one)) for name, part in DECLARED]
    for number, (name, part) in enumerate(parts):
        try:
            for check in part(context):
                yield check
                if check.state == "broken":
                    yield from (left_out(later, NEEDS_IT) for later, _ in parts[number + 1 :])
                    return
        except (HarnessBroken, Lacking, Refused, Failed) as error:
            yield broken(name, str(error), advice_on(error))
            return
        except PeerBroken as error:
            yield left_out(name, f"The peer broke, which is no fault of the harness: {error}")
            return


def _transports(client: HarnessClient) -> list[str]:
    return [one for one in TRANSPORTS if one in client.hello.features]


def _only_decided(client: HarnessClient) -> Sequence[str]:
    """Return the machines of who has no transport; nothing else of his is in virtual time."""
    return () if _transports(client) else machines_of(client.hello)


def _bound(part: Callable[[Context, _T], Iterator[Check]], transport: _T) -> _On:
    return lambda context: part(context, transport)


def _configured(client: HarnessClient, scenario: Scenario) -> Check:
    """Set knobs and see that they are in force."""
    knobs = dict(scenario.knobs(client.hello.features))
    advice = (
        "Answer 'config' with 'effective': each knob that was asked for, with the value that is "
        "really in force; seconds stay seconds."
    )
    try:
        reply = client.request("config", knobs=knobs, environment={})
    except (HarnessBroken, Lacking, Refused, Failed) as error:
        return broken("config", str(error), advice)
    fault = in_force_fault(knobs, reply.get("effective"))
    if fault is not None:
        return broken("config", fault, advice)
    if not knobs:
        return sound("config", "It took a configuration without a knob, having none to follow.")
    return sound("config", f"In force as they were set: {count(len(knobs), 'knob')}.")
