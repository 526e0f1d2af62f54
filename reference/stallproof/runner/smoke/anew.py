"""Whether a harness that declares `anew` takes another configuration as a new process would.

Spec: `spec/protocol.md`, "Beginning anew".
"""

from collections.abc import Sequence
from typing import Any

from stallproof.requirements.knobs import in_force_fault
from stallproof.runner.capacity import kernel_holds_bytes
from stallproof.runner.peer.client import PeerBroken, PeerClient
from stallproof.runner.scenarios.context import Context
from stallproof.runner.scenarios.record import Record
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.smoke.check import Check, broken, left_out, sound
from stallproof.runner.smoke.sending import sends
from stallproof.runner.sut.client import Failed, HarnessBroken, HarnessClient, Refused, Unsupported
from stallproof.wire.request import ANEW

NAME = ANEW
ADVICE = (
    "'config' begins anew: forget connections, sends, streams and what the monitor watched, and "
    "put knobs that it does not name back to their defaults; or do not declare anew."
)
FIRST = Scenario("first", {}, lambda context: None, send_timeout_s=0.5)
OTHER = Scenario(
    "other", {}, lambda context: None, send_timeout_s=7.0, stall_timeout_s=8.0, heartbeat_s=9,
    checks_max=5, close_stalled=True, progress_timeout_s=6.0, check_interval_s=2.0, ack_wait_s=11,
    window_bytes=8_388_608, chunk_bytes=524_288, features=frozenset({"unix", "streams"}),
)  # fmt: skip
"""Other values of every knob; those of streams are none that the first scenario sets."""


def begins_anew(command: Sequence[str], peer: PeerClient, transport: str | None) -> Check:
    """Play one configuration, another one, and the first again, in one process.

    Each opens a connection of one name, where there is a `transport`; without one there is no knob.
    What was in force with the first has to be so again, whatever the other set.
    """
    client = HarnessClient(command, lambda event: None)
    try:
        client.start()
        first, _, again = (
            _played(client, peer, transport, scenario) for scenario in (FIRST, OTHER, FIRST)
        )
    except (HarnessBroken, Unsupported, Refused, Failed, _Unsound) as error:
        return broken(NAME, str(error), ADVICE)
    except PeerBroken as error:
        return left_out(NAME, f"The peer broke, which is no fault of the harness: {error}")
    finally:
        client.close()
    if first != again:
        seen = f"With equal knobs {first} was in force, and after others {again}."
        return broken(NAME, seen, ADVICE)
    return sound(NAME, "Another configuration began anew, and so did the first one after it.")


class _Unsound(Exception):
    """A configuration after which something is not as it has to be."""


def _played(
    client: HarnessClient, peer: PeerClient, transport: str | None, scenario: Scenario
) -> Any:
    """Put the knobs of `scenario` in force, send and close; return what is in force.

    Raises `_Unsound`, `HarnessBroken`, `PeerBroken`, and what an error is answered as.
    """
    record = Record()
    record.begin()
    client.begin_anew(record.add)
    peer.anew()
    peer.record_to(record.add)
    peer.layout(client.hello.frames)
    knobs = {} if transport is None else dict(scenario.knobs(client.hello.features))
    effective = client.request("config", knobs=knobs, environment={}).get("effective")
    if (fault := in_force_fault(knobs, effective)) is not None:
        raise _Unsound(fault)
    if transport is None:
        return effective
    context = Context(
        client, peer, record, repetition=1, policy=scenario.policy, grace_us=50_000,
        kernel_holds_bytes=kernel_holds_bytes(),
    )  # fmt: skip
    for check in sends(context, transport):
        if check.state == "broken":
            raise _Unsound(f"After 'config': {check.seen}")
    for conn in context.opened:
        client.request("close", conn=conn)
    client.settle()
    return effective
