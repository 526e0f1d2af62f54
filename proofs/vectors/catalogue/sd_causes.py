"""SD-7 and SD-8: each cause of a failure has its outcome, and an unwritten one leaves all open."""

from proofs.vectors.script import Case, accept, case, fail, open_, received, send, until

S = 1_000_000
"""The send timeout of these scripts, in microseconds."""
KNOBS = {"streaming_send_timeout": 1}


def _unwritten(name: str, cause: str, reason: str) -> Case:
    """Let a waiting send fail by `cause` with nothing written, and send once more behind it."""
    return case(
        name,
        "SD-7",
        reason,
        [
            open_("a", 0),
            send("a", 1, 9, at=0),
            fail("a", cause, at=200_000),
            accept("a", 9, at=300_000),
            send("a", 2, 9, at=300_001),
            until(S + 1),
        ],
        knobs=KNOBS,
    )


TABLE = (
    _unwritten(
        "broken-pipe-is-closed",
        "EPIPE",
        """The peer shut its reading side. Reported as an error it looks like a defect of ours, and
        the caller retries on a connection that can never take a byte.""",
    ),
    _unwritten(
        "reset-is-closed",
        "ECONNRESET",
        """A reset is how a crashed peer says goodbye. As ERROR it would page somebody at night for
        what is the most ordinary end of a connection.""",
    ),
    _unwritten(
        "abort-is-closed",
        "ECONNABORTED",
        """The local system gave the connection up. Tables that list only the two common numbers
        call this an error.""",
    ),
    _unwritten(
        "not-connected-is-closed",
        "ENOTCONN",
        """A socket that was shut down answers so on some systems: a table made on one of them
        reports a defect on another.""",
    ),
    _unwritten(
        "bad-descriptor-is-closed",
        "EBADF",
        """A socket closed under the sender's feet. To report a defect here hides that somebody
        else closed it, which is no failure of the send.""",
    ),
    _unwritten(
        "shut-down-is-closed",
        "ESHUTDOWN",
        """Sending after the shutdown. A generic handler for system errors turns the orderly end of
        a connection into a failure that is reported.""",
    ),
    _unwritten(
        "nothing-written-is-closed",
        "zero",
        """A write that was asked for bytes and took none will take none next time: who tries again
        spins at full speed until the deadline, and burns a core for it.""",
    ),
    _unwritten(
        "system-timeout-is-timeout",
        "ETIMEDOUT",
        """The most specific row wins: this number is a kind of connection error in many languages,
        and a handler for those catches it first and says CLOSED, so that nobody retries.""",
    ),
    _unwritten(
        "input-output-error-is-error",
        "EIO",
        """Whatever is in no other row is an error. A default of CLOSED lets real defects pass for
        peers that went away.""",
    ),
    _unwritten(
        "no-buffers-is-error",
        "ENOBUFS",
        """The system is out of buffers, and the connection is not closed. Called CLOSED it makes
        the caller drop a connection that will work again in a moment.""",
    ),
    _unwritten(
        "unreachable-host-is-error",
        "EHOSTUNREACH",
        """A route that is gone is neither closed nor a time-out by the table: guesses made from
        the name of the error differ from one implementation to the next.""",
    ),
    _unwritten(
        "would-block-is-no-failure",
        "EAGAIN",
        """A readiness that was not true is ordinary. Who fails the send by it loses a frame for a
        wake-up that came for nothing.""",
    ),
    _unwritten(
        "interrupted-is-no-failure",
        "EINTR",
        """A signal interrupts a write. Who fails the send by it loses a frame whenever a profiler
        or a child process sends a signal.""",
    ),
)

MOMENTS = (
    case(
        "interruption-does-not-restart-the-deadline",
        ["SD-7", "SD-1"],
        """An interrupted call is made again with the time that is left. Made again with the whole
        timeout, a timer that fires once a second keeps the send alive for ever.""",
        [
            open_("a", 0),
            send("a", 1, 9, at=0),
            fail("a", "EINTR", at=300_000),
            fail("a", "EINTR", at=600_000),
            fail("a", "EAGAIN", at=999_999),
            until(S + 1),
        ],
        knobs=KNOBS,
    ),
    case(
        "error-one-before-the-deadline-goes-by-its-row",
        "SD-7",
        """One microsecond before the deadline the cause still counts. A comparison with some
        tolerance calls it a TIMEOUT, and closes a connection that was whole.""",
        [open_("a", 0), send("a", 1, 9, at=0), fail("a", "EIO", at=S - 1), until(S + 1)],
        knobs=KNOBS,
    ),
    case(
        "error-one-after-the-deadline-finds-a-timeout",
        "SD-7",
        """The error comes when the send is over. A failure that is stored and looked at on return
        would overwrite the TIMEOUT that the caller has been told, or is about to be.""",
        [open_("a", 0), send("a", 1, 9, at=0), fail("a", "EIO", at=S + 1), until(S + 2)],
        knobs=KNOBS,
    ),
)

UNWRITTEN = (
    case(
        "unwritten-broken-pipe-leaves-the-other-direction",
        "SD-8",
        """With nothing written the stream is whole, and the peer's last message, often the very
        reason, is still on its way. Closing on every failure throws it away.""",
        [
            open_("a", 0),
            send("a", 1, 9, at=0),
            fail("a", "EPIPE", at=200_000),
            received("a", at=300_000),
            until(2 * S),
        ],
        knobs=KNOBS,
    ),
    case(
        "unwritten-failure-lets-the-next-send-through",
        "SD-8",
        """After a failure without a byte the next frame can go. A connection that counts as dead
        from then on loses every frame behind one unlucky moment.""",
        [open_("a"), fail("a", "ENOBUFS", at=10), send("a", 1, 9, at=10), send("a", 2, 9, at=20)],
        knobs=KNOBS,
    ),
    case(
        "unwritten-failure-hands-the-lock-on",
        "SD-8",
        """The queue behind a send that failed unwritten goes on. An early return that forgets the
        lock leaves everybody waiting for someone who has left.""",
        [
            open_("a", 0),
            send("a", 1, 9, at=0),
            send("a", 2, 3, at=1),
            send("a", 3, 3, at=2),
            fail("a", "EIO", at=500_000),
            accept("a", 6, at=500_001),
            until(2 * S),
        ],
        knobs=KNOBS,
    ),
    case(
        "unwritten-zero-one-before-the-deadline",
        "SD-8",
        """Just before the deadline a failure is still a failure and no TIMEOUT: nothing is torn,
        so nothing may be closed.""",
        [
            open_("a", 0),
            send("a", 1, 9, at=0),
            fail("a", "zero", at=S - 1),
            received("a", at=S),
            accept("a", 9, at=S + 1),
            send("a", 2, 9, at=S + 1),
        ],
        knobs=KNOBS,
    ),
    case(
        "unwritten-failure-after-a-whole-frame",
        "SD-8",
        """Bytes of an earlier frame are no bytes of this one. A counter kept with the connection
        takes the frame for torn, and closes.""",
        [
            open_("a", 9),
            send("a", 1, 9, at=0),
            send("a", 2, 9, at=10),
            fail("a", "EPIPE", at=20),
            accept("a", 9, at=30),
            send("a", 3, 9, at=40),
        ],
        knobs=KNOBS,
    ),
)

CASES = TABLE + MOMENTS + UNWRITTEN
