"""Reading a harness's `hello`: refused as a whole if any of it makes no sense.

Spec: `spec/protocol.md`, "hello" and "The layout of frames".
"""

import difflib
from typing import Any

import msgspec

from stallproof.runner.sut.binding import binding_fault, notes_on
from stallproof.runner.sut.breakage import HarnessBroken, show
from stallproof.runner.sut.layout_faults import layout_fault
from stallproof.wire.operations import DECIDE, MACHINES
from stallproof.wire.protocol import (
    FEATURES,
    FOLLOWING,
    Hello,
    features_of,
)

_NAME_MAX_CHARACTERS = 200


def read_hello(reply: dict[str, Any]) -> Hello:
    """Return who the harness says it is; raises `HarnessBroken` naming the first fault."""
    try:
        hello = msgspec.convert(reply, Hello)
    except msgspec.ValidationError as error:
        raise HarnessBroken("protocol", f"The harness's hello is not valid: {error}.") from error
    fault = _fault(hello) or layout_fault(hello.frames) or binding_fault(hello)
    if fault is not None:
        raise HarnessBroken("protocol", f"The harness's hello is not valid: {fault}.")
    notes = [*hello.notes, *notes_on(hello.binding), *strange_machines(hello)]
    return msgspec.structs.replace(hello, features=features_of(hello), notes=notes)


def strange_machines(hello: Hello) -> list[str]:
    """Return a sentence for each machine that `hello` names and nobody asks, and why."""
    told = []
    for name in dict.fromkeys(hello.machines):
        if name not in MACHINES:
            near = difflib.get_close_matches(name, MACHINES, n=1)
            meant = f" Is {near[0]} meant?" if near else ""
            what = show(name.encode("utf-8", "backslashreplace"))
            told.append(f"Its hello names a machine {what} that nobody knows: not asked.{meant}")
    if hello.machines and DECIDE not in hello.features:
        told.append("Its hello names machines, and not the feature decide: none is asked.")
    return told


def _fault(hello: Hello) -> str | None:
    """Say what is wrong with all but the layout of frames, `None` if nothing is."""
    for field in ("name", "version", "language"):
        value = getattr(hello, field)
        if not value.strip() or len(value) > _NAME_MAX_CHARACTERS:
            return f"its {field} must have 1 to {_NAME_MAX_CHARACTERS} characters"
    unknown = sorted(set(hello.features) - FEATURES)
    if unknown:
        known = ", ".join(sorted(FEATURES))
        return f"it declares features that nobody knows ({', '.join(unknown)}); known are {known}"
    if hello.clock.resolution_us < 1:
        return "its clock's resolution must be at least 1 us"
    if not hello.clock.shared and hello.clock.now_us is None:
        return "its clock is not shared, and its reading (clock.now_us) is missing"
    if hello.monitor is not None and hello.monitor.slack_us < 0:
        return "its monitor's slack must not be negative"
    if "monitor" in hello.features and hello.monitor is None:
        return "it declares the feature monitor, and not which form of the close window it follows"
    if "sequence" in hello.features and hello.frames.sequence is None:
        return "it declares the feature sequence, and its frames have no sequence number"
    if "heartbeats" in hello.features and not hello.frames.has_heartbeats:
        return "it declares the feature heartbeats, and its frames have no kind for them"
    if "streams" in hello.features and hello.frames.text is not None:
        return "it declares the feature streams, whose chunks and ACKs no frame of text carries yet"
    return _implied_fault(hello)


def _implied_fault(hello: Hello) -> str | None:
    """Say what it declares that would follow from its hello, and does not."""
    follows = features_of(msgspec.structs.replace(hello, features=_declared(hello)))
    for feature in FOLLOWING:
        if feature in hello.features and feature not in follows:
            return f"it declares the feature {feature}, and nothing in its hello is what that takes"
    return None


def _declared(hello: Hello) -> list[str]:
    return [f for f in hello.features if f not in FOLLOWING]
