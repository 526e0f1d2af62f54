"""What puts each requirement to the test in virtual time: the table of provocations.

A requirement is held in a case only where it alone told the implementation what to do, or what not
to do, and a plausible mistake would have done otherwise: a hold without such a moment is vacuous.
`lanes.py`, `monitor.py` and `flows.py` name these moments with `put`; here they are in words.

Spec: `spec/virtual.md`, "Exercised in virtual time".
"""

from stallproof.requirements.registry import load_registry

VIRTUAL = "virtual-time"
"""The one situation of every requirement in virtual time."""

VIRTUAL_UNDECIDABLE = frozenset({"SD-11", "SD-16"})
"""What virtual time cannot decide: there are no descriptors and no TLS in it."""

HARDENED = frozenset(one.id for one in load_registry().requirements if one.profile == "hardened")

PROVOCATIONS: dict[str, str] = {
    "SD-1": "A deadline came for a send that was woken after it had the lock, by bytes that were "
    "taken or by an interruption, or which had to queue first: that could have moved the deadline.",
    "SD-2": "A deadline came with bytes left, or a late write returned at or after it.",
    "SD-3": "A deadline came while other sends were queued, or a send was asked for after it.",
    "SD-4": "A send lasted to its deadline, or to 1 us before it, or longer than the send timeout "
    "after its request because it had queued.",
    "SD-5": "A send ended with TIMEOUT, by its deadline or by a write that failed with ETIMEDOUT, "
    "or the deadline passed of a send that a closing had cut off.",
    "SD-6": "A write failed with part of the frame written, and not with a time-out.",
    "SD-7": "A write failed with a cause that was asked for, one that is no failure included, or "
    "the deadline came.",
    "SD-8": "A write failed with nothing of the frame written, and not with a time-out.",
    "SD-9": "The last byte of a frame was written.",
    "SD-10": "A send was cut off by a closing, or asked for after one, or failed half-way: it "
    "could have said OK.",
    "SD-12": "After closing there was room for a send that was asked for, or cut off.",
    "SD-13": "A TIMEOUT came while other sends were queued.",
    "SD-14": "A second frame came onto the wire, and sequence numbers were said.",
    "SD-15": "A send was cut off by a closing, or asked for after one, or a write failed before "
    "any closing: it is quiet exactly while closing.",
    "AP-1": "A stream lived on beyond the moment that was due before progress in its wait, or "
    "failed when it was due although an ACK that is no progress had come in the meantime, or began "
    "a chunk that would have had to wait if an older ACK had moved the offset back.",
    "AP-2": "A chunk was ready with exactly the window outstanding, or after a pause with bytes "
    "outstanding for longer than both the progress timeout and the ACK wait.",
    "AP-3": "NO_PROGRESS came due during a wait.",
    "AP-4": "NO_PROGRESS came due in a wait that had begun after the last progress, or a wait "
    "without any progress outlasted the moment at which seed would have failed it.",
    "AP-5": "ACK_WAIT came due during a wait, alone or together with NO_PROGRESS.",
    "AP-6": "A failure came due during a wait.",
    "AP-7": "A wait of at least a second was over, with a check interval asked for as zero or "
    "less: a sender without the clamp would not have got through it.",
    "AP-8": "An ACK during a wait left exactly the window outstanding, less, or 1 byte more.",
    "AP-9": "An error ACK came to a stream that was not over, or the watchdog stopped one.",
    "AP-10": "An ACK that cannot be true came to a stream that was not over, a wait in which one "
    "had come was over, or an ACK of exactly what was sent ended a wait.",
    "AP-11": "A chunk was ready with more than the window outstanding, or an ACK left 1 byte more.",
    "AP-12": "An error ACK or a cancel came to a stream that was not over.",
    "AP-13": "A stream ended, or an ACK or a cancel came after its end.",
    "AP-14": "A failure came due at a moment that is no multiple of the check interval from the "
    "beginning of the wait.",
    "SC-1": "A check fell in a send that had the lock for longer than an instant, or came after "
    "one that had, or that had failed, with none in flight.",
    "SC-2": "A check found a stall time of the limit less 1 us or more.",
    "SC-3": "A check raised a count that was not 0, or found a connection not stalled whose count "
    "was not 0.",
    "SC-4": "A check was stalled; or it was not, with a stall time at the limit or a count before.",
    "SC-5": "A stalled check reached the threshold with closing disabled.",
    "SC-6": "A stalled check stayed below the threshold with closing enabled.",
    "SC-7": "A stalled check reached the threshold with closing enabled.",
    "SC-8": "A pass came after the monitor had closed, or after another closing of a connection "
    "whose last send, were its stamp still there, would be stalled up to the threshold.",
    "SC-9": "On a schedule that keeps the premises, closing enabled, a stalled check reached the "
    "threshold, or stayed one below it.",
    "SC-10": "A check of a connection without a send in flight found a heartbeat due, not due or "
    "forbidden; or one that was due found the connection stalled.",
    "SC-11": "A heartbeat was due but for a send in flight that was not stalled.",
    "SC-12": "A pass checked a connection after others had come, gone, or been closed by it.",
    "SC-13": "A check was stalled while another connection had a count, or had gone with one.",
    "SC-14": "The wall clock had been moved, and a stall time was found, a pass was due, or the "
    "heartbeat would have been decided otherwise by the wall clock.",
    "SC-15": "A check was stalled by another send than the stalled check before.",
    "CX-1": "A send was asked for while another was in flight, or one wrote while others queued.",
    "CX-2": "A closing other than by a TIMEOUT cut off a send that was in flight or queued.",
    "CX-3": "A send took the lock, or a check was made, while a send on another connection had "
    "been blocked since an earlier moment.",
    "CX-4": "A send was next for the lock: at once, or when the one before it had ended.",
    "CX-5": "On a schedule that keeps the premises a send ran into its deadline after a check, "
    "with the send timeout at most the stall timeout, or, with closing enabled and a stalled "
    "check, at most the lower end of the close window.",
    "CX-6": "After closing a send, a close, room, a frame of the peer or the deadline of a send "
    "that it had cut off came; or room came when a send had failed.",
    "CF-1": "A configuration that the law allows was in force, with nothing set or with a knob set "
    "to another value than its default.",
    "CF-2": "A clamped knob was set below its clamp, at it, or just above it.",
    "CF-3": "A value was given that strict reading refuses, clamps or notes, or the accepted "
    "neighbour of one.",
    "CF-4": "A knob was set in the file against the environment, in the environment only, or not.",
    "RT-1": "A machine was asked after a time-out that was the first in a row or the last allowed, "
    "after one too many or another failure, or with a negative maximum.",
    "RT-2": "A machine was asked after a time-out that is to be retried.",
    "CF-5": "A relation of a configuration in force stood at its edge or just beyond it.",
}
"""Each requirement that virtual time can decide, with the moments that put it to the test."""
