"""What stands in the place of a proof, for each requirement that no pure decision can satisfy.

A proof is about a decision of a machine that takes its inputs as arguments. Which system call
waits, which clock is read, what threads share and what a library reports are no such decisions.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from proofs.prover.statement import REGISTERED

REGISTRY = Path(__file__).resolve().parents[2] / "spec" / "requirements.json"

UNPROVED: dict[str, str] = {
    "SD-11": (
        "Which descriptor numbers a wait can take is the system call's, and no machine sees a"
        " descriptor. In its place: tests of the drivers that wait on descriptors above 1024, plain"
        " (`tests/drivers/test_sender.py`) and secure (`tests/drivers/test_tls_sending.py`), and"
        " the oracle, which is refused a pass unless such a descriptor was used."
    ),
    "SD-16": (
        "Whether the end of a secure stream was announced is what the TLS library reports of real"
        " records; no machine decides it. In its place: tests of the drivers against a peer that"
        " cuts the stream at chosen bytes (`tests/drivers/test_tls_closing.py`), and the oracle,"
        " which cuts streams inside and between frames."
    ),
    "SC-12": (
        "One check is a proved decision, but a pass is a loop of a thread over a set of connections"
        " that changes meanwhile. In its place: tests of the monitor with a connection that raises"
        " and with connections that come and go in a pass (`tests/drivers/test_monitor.py`), and"
        " the oracle."
    ),
    "SC-14": (
        "The machines take the time as an argument, so that no statement about them can say which"
        " clock it was read from. In its place: the test that keeps every clock out of the machines"
        " (`tests/test_architecture.py`), the test of a monitor whose wall clock jumps"
        " (`tests/harness/test_reference_harness.py`), and the oracle, which makes it jump."
    ),
    "CX-3": (
        "A machine holds one connection and knows of no other, so that there is no decision to"
        " prove: what could delay another connection is what threads share. In its place: the model"
        " of a monitor with a second connection beside the stalled one (`spec/models/monitor.pml`),"
        " the test of a pass while a lock is held (`tests/drivers/test_monitor_on_sockets.py`), and"
        " the oracle, which sends over one connection while it does not read from another."
    ),
}
"""The reason by requirement; exactly the requirements that no obligation serves have one."""


def requirement_ids() -> list[str]:
    """Return the ID of every requirement in the order of the registry."""
    entries = json.loads(REGISTRY.read_text("utf-8"))["requirements"]
    return [entry["id"] for entry in entries]


def complaints(reasons: Mapping[str, str] | None = None) -> list[str]:
    """Return each requirement that has neither a proof nor a reason, or both, or does not exist."""
    given = UNPROVED if reasons is None else reasons
    known = requirement_ids()
    served = {each for obligation in REGISTERED.values() for each in obligation.requirements}
    found = [
        f"{each}: no proof, and no reason why" for each in known if each not in {*given, *served}
    ]
    found += [f"{each}: a reason, although it is proved" for each in given if each in served]
    found += [f"{each}: no such requirement" for each in sorted({*given, *served} - {*known})]
    return found
