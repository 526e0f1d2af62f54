"""SD-14: the numbers of frames rise by one in the order of the wire.

A number needs a write to be seen; the wrap at 65536 needs more frames than a script should have,
and is played on real sockets.
"""

from proofs.vectors.script import accept, case, close, fail, open_, send

CASES = (
    case(
        "unwritten-failure-leaves-no-hole-in-the-sequence",
        "SD-14",
        """A number that is taken before the first byte leaves a hole when the write fails: the
        receiver counts a lost frame that never was one.""",
        [
            open_("a"),
            send("a", 1, 20, at=0),
            fail("a", "EPIPE", at=10),
            send("a", 2, 20, at=20),
            send("a", 3, 20, at=30),
        ],
        profile="hardened",
        needs=["sequence"],
    ),
    case(
        "two-unwritten-failures-leave-no-hole",
        "SD-14",
        """A number that is given back once, by counting down, is right after one failure and wrong
        after two in a row: two frames then carry the same number.""",
        [
            open_("a"),
            send("a", 1, 20, at=0),
            fail("a", "EIO", at=10),
            send("a", 2, 20, at=10),
            fail("a", "zero", at=20),
            send("a", 3, 20, at=20),
            send("a", 4, 20, at=30),
            send("a", 5, 20, at=40),
        ],
        profile="hardened",
        needs=["sequence"],
    ),
    case(
        "sequence-follows-the-lock",
        "SD-14",
        """A number taken at the request and not under the lock belongs to a send that may fail
        while it waits: those behind it have their numbers already, and one is missing on the
        wire.""",
        [
            open_("a", 20),
            send("a", 1, 40, at=0),
            send("a", 2, 20, at=1),
            send("a", 3, 20, at=2),
            accept("a", 20, at=10),
            fail("a", "ECONNRESET", at=20),
            accept("a", 100, at=30),
            send("a", 4, 20, at=40),
        ],
        profile="hardened",
        needs=["sequence"],
    ),
    case(
        "each-connection-counts-for-itself",
        "SD-14",
        """One counter for the whole process makes every second frame of a connection look lost as
        soon as two connections are in use.""",
        [
            open_("a"),
            open_("b"),
            send("a", 1, 20, at=0),
            send("b", 2, 20, at=1),
            send("a", 3, 20, at=2),
            send("b", 4, 20, at=3),
            send("a", 5, 20, at=4),
        ],
        profile="hardened",
        needs=["sequence"],
    ),
    case(
        "sequence-counts-frames-not-writes",
        "SD-14",
        """A number for each write, instead of each frame, jumps by as many as the kernel made
        pieces of the frame: a busy connection looks lossy, an idle one does not.""",
        [
            open_("a", 5),
            send("a", 1, 20, at=0),
            accept("a", 5, at=10),
            accept("a", 5, at=20),
            accept("a", 100, at=30),
            send("a", 2, 20, at=40),
            close("a", at=50),
        ],
        profile="hardened",
        needs=["sequence"],
    ),
)
