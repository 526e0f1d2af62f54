"""Rules for descriptors of any number: SD-11."""

from collections.abc import Iterator

from stallproof.judge.evidence.facts import ConnFacts, SendFacts
from stallproof.judge.evidence.observation import Observation, broken, held
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule

DESCRIPTOR_MIN = 1024


@rule("SD-11")
def sd_11(run: Run) -> Iterator[Observation]:
    """Any descriptor number works."""
    yield from _opened_low_only(run)
    by_number = fails_by_number(run)
    for conn in run.conns.values():
        seen = conn.descriptor
        for send in conn.sends.values() if is_high(conn) else ():
            assert seen is not None
            waited = send.size_bytes > run.begun.kernel_holds_bytes
            waited = waited and conn.mode_at(send.asked_us) != "drain"
            if send.outcome == "ok" and send.frame is not None and waited:
                yield held("SD-11", "above-1024", [seen, *send.evidence()])
            elif send.outcome in ("error", "closed") and by_number:
                yield broken(
                    "SD-11",
                    "above-1024",
                    f"On descriptor {seen.descriptor} send {send.send} ended with {send.outcome}"
                    f"{detail_of(send)}, as every send did that had to wait there, and none did on "
                    f"a low one; any number has to work as low ones do.",
                    [seen, *send.evidence()],
                )


def is_high(conn: ConnFacts) -> bool:
    """Tell whether a connection was seen to have a descriptor of 1024 or above."""
    seen = conn.descriptor
    return seen is not None and (seen.descriptor or 0) >= DESCRIPTOR_MIN


def fails_by_number(run: Run) -> bool:
    """Tell whether sends fail by their descriptor: all that wait on a high one, none on a low one.

    Who fails now and then, whatever the number, fails without a cause, which is SD-7's.
    """
    failed: dict[bool, list[bool]] = {True: [], False: []}
    for conn, send in run.all_sends():
        if send.size_bytes > run.begun.kernel_holds_bytes and send.ended is not None:
            failed[is_high(conn)].append(send.outcome in ("error", "closed"))
    return bool(failed[True]) and all(failed[True]) and not any(failed[False])


def _opened_low_only(run: Run) -> Iterator[Observation]:
    """A high descriptor cannot even be opened, beside a low one that can."""
    opens = [(a, run.answer_to(a)) for a in run.asked("open")]
    low = [b for a, b in opens if b is not None and b.error is None and not a.lowest_descriptor]
    for asked, answer in opens:
        high = (asked.lowest_descriptor or 0) >= DESCRIPTOR_MIN
        if high and low and answer is not None and answer.error == "failed":
            yield broken(
                "SD-11",
                "above-1024",
                f"On a descriptor of {asked.lowest_descriptor} or above the connection could not "
                f"be used at all ({answer.message}); beside it one on a low descriptor was opened.",
                [low[0], asked, answer],
            )


def detail_of(send: SendFacts) -> str:
    """Return what the implementation said of the failure of `send`, in brackets."""
    detail = send.ended.detail if send.ended is not None else None
    return f" ({detail})" if detail else ""
