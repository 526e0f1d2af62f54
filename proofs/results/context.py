"""What a reader should know beside a finding: one fair sentence for each requirement.

Written once, by reading the law and the package's source; the findings are the oracle's own.
"""

from collections.abc import Mapping

RACES = frozenset({"CX-2", "CX-4", "CX-6", "SD-14"})
"""Requirements whose verdict hangs on which thread comes first: the next run may differ."""

CONTEXT: Mapping[str, str] = {
    "SD-1": "NVFlare takes one deadline for the frame, as the requirement asks; the write that "
    "follows its wait for room blocks, and nobody looks at the deadline while it does.",
    "SD-2": "The same blocking write may still be under way when the deadline comes.",
    "SD-3": "The same blocking write keeps the send lock for as long as the peer takes little or "
    "nothing; where it returns in time, the deadline bounds the lock as intended.",
    "SD-5": "NVFlare closes after a time-out; where no send ends at its deadline, there is nothing "
    "to see of it.",
    "SD-6": "NVFlare closes after a time-out, which is what the origin intends; the requirement "
    "asks for the same after every failure that left a frame torn.",
    "SD-10": "NVFlare raises nothing while a connection closes, as intended (SD-15); the "
    "requirement also asks that the caller can tell this from a frame that was delivered.",
    "SD-11": "NVFlare waits with `select`, which knows descriptors below 1024 only; the origin "
    "does not speak of descriptor numbers.",
    "SD-13": "The sends behind a time-out are freed by the closing; each must notice it without "
    "waiting anew.",
    "SD-14": "NVFlare numbers a frame before it takes the send lock, so that two threads may send "
    "in the other order; it sends whole frames either way.",
    "SD-16": "TLS announces the end of a stream; NVFlare reads a cut transport like an announced "
    "end, which the origin does not speak of.",
    "AP-2": "NVFlare reads one chunk ahead, so that a chunk is ready while its source pauses; the "
    "situation of the law then cannot be brought about.",
    "AP-4": "NVFlare's progress clock starts with the stream and runs on while nobody waits; the "
    "requirement asks that a pause of the source is not charged to the peer.",
    "AP-10": "NVFlare trusts its receivers and compares offsets as they come; the requirement asks "
    "for protection against an ACK that cannot be true.",
    "AP-11": "NVFlare holds back chunks at its window, but not the last one of a stream; the "
    "requirement includes it.",
    "AP-12": "NVFlare offers `cancel` on the future of a stream without promising that it wakes a "
    "waiting sender.",
    "AP-13": "The origin's own outcomes come once; a stream whose `cancel` had no effect has no "
    "outcome, which is counted here as well.",
    "AP-14": "NVFlare finds a failure within one check interval, as intended (AP-6); the "
    "requirement asks for the moment itself, also with a long interval.",
    "SC-9": "The window follows from the period of the monitor; on a busy machine a pass may come "
    "late.",
    "SC-11": "NVFlare's monitor sends its heartbeats itself and then waits for the send lock, if a "
    "send has it; the requirement asks for a pass that never waits.",
    "SC-12": "An exception at one connection ends NVFlare's pass for those behind it, until the "
    "next one; the requirement asks that a pass goes on.",
    "SC-14": "NVFlare measures stalls by a monotonic clock; how long a connection has been idle is "
    "told by the wall clock, and the requirement asks for both.",
    "SC-15": "NVFlare counts by connection, as the origin intends; the requirement asks that two "
    "stalled sends in a row are not taken for one.",
    "CX-2": "NVFlare waits for room with `select`, and on a full Unix socket a shutdown does not "
    "end that wait, while on TCP it does; NVFlare ships no driver for Unix sockets.",
    "CX-4": "NVFlare's send lock is Python's, which promises no order, and a send that outlasts "
    "its deadline keeps the next one waiting; the requirement asks for a fair and bounded queue.",
    "CX-5": "Deadline and monitor agree where each does; a send that outlasts its deadline meets a "
    "monitor that was set for one that does not.",
    "CX-6": "The same wait on a full Unix socket (CX-2) may keep a blocked send until its "
    "deadline, long after the connection was closed.",
    "CX-9": "NVFlare's streams know cells, not connections: one whose connection was closed goes "
    "on until its own watchdog or its next send ends it; the requirement asks that closing does.",
    "CF-3": "NVFlare takes what Python's conversions take, and documents no stricter reading; the "
    "requirement asks for a refusal that names the knob.",
    "SG-1": "NVFlare counts sites against the minimum where one of them failed. That a job gets "
    "fewer clients than it needs is left to its scheduler, which is not judged here.",
    "SG-2": "NVFlare counts the sites against the minimum where one of them timed out; fewer than "
    "needed from the beginning are left to its scheduler (SG-1).",
    "MD-1": "NVFlare refuses metadata without clients, and takes any text for a name; the "
    "requirement asks that one be no blank.",
    "SG-3": "NVFlare matches replies by name and refuses a list of the wrong length; a stranger's "
    "reply in place of a client's is not named, and without strict replies it is passed over. "
    "Its own cell brings one reply of each client that was asked, and no such list.",
    "DN-2": "NVFlare tells a job at each heartbeat that lacks it, from the first one on, as the "
    "origin intends (DN-1); the requirement asks for a number of absences, and for one notice.",
    "CF-5": "NVFlare declares no relations between its knobs, so there is nothing to judge.",
}

_OTHERWISE = {
    "seed": "The requirement states what the origin intends.",
    "hardened": "The requirement is what the hardened profile adds; NVFlare never promised it.",
}


def context_of(requirement: str, profile: str) -> str:
    """Return the sentence for one requirement."""
    return CONTEXT.get(requirement, _OTHERWISE[profile])
