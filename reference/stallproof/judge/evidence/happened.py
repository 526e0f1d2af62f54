"""What happened in a run instead of what was to happen: told where a situation did not occur.

The intuition: who reads "not witnessed" wants to know why. What the sends, the streams and the
requests of the run came to mostly says it: an error after 12 ms, where a stall was to be.

The use: `Tales.add(run, number)` for all runs that were to bring a situation about; `str(tales)`
tells it, equal ones once. Nothing here judges.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from stallproof.judge.evidence.facts import heard_us
from stallproof.judge.evidence.run import Run
from stallproof.wire.events import (
    Answered,
    Closed,
    Closing,
    ConfigurationAnswered,
    SendEnded,
    StreamEnded,
)
from stallproof.wire.operations import OPERATIONS

TOLD_MAX = 3
"""How many runs with different tales are told; the rest are counted."""
DETAIL_MAX = 160
NEVER_CLOSED = "and the harness never reported `closed`"
UNTRANSLATED = (
    "`error` is what the error table does not know: where it is a time-out or a closing in your "
    "own words, the harness has to say so (`stallproof spec protocol`, Outcomes)"
)


@dataclass(slots=True)
class _Tale:
    """What happened in some runs alike: the first of them, by its `number`, and how many."""

    number: int
    name: str
    told: str
    times: int = 1


class Tales:
    """What happened in very many runs, of which none is kept."""

    def __init__(self) -> None:
        self._tales: dict[tuple[str, ...], _Tale] = {}
        self._has_errors = False

    def add(self, run: Run, number: int) -> None:
        """Add what happened in `run`, whose `number` is greater than those before."""
        key, told, has_errors = tale_of(run)
        self._has_errors |= has_errors
        known = self._tales.get(key)
        if known is None:
            self._tales[key] = _Tale(number, run.begun.name, told)
        else:
            known.times += 1

    def with_more(self, other: "Tales") -> "Tales":
        """Return the tales of both together, in the order of their runs."""
        whole = Tales()
        whole._has_errors = self._has_errors or other._has_errors
        known = [*self._tales.items(), *other._tales.items()]
        for key, one in sorted(known, key=lambda pair: pair[1].number):
            if key in whole._tales:
                whole._tales[key].times += one.times
            else:
                whole._tales[key] = replace(one)
        return whole

    def __str__(self) -> str:
        """Return what happened as a sentence without its full stop."""
        tales = list(self._tales.values())
        shown = [
            f"in {one.name}{f' ({one.times} times)' if one.times > 1 else ''} {one.told}"
            for one in tales[:TOLD_MAX]
        ]
        if len(tales) > TOLD_MAX:
            shown.append(f"and so on in {len(tales) - TOLD_MAX} others")
        if self._has_errors:
            shown.append(UNTRANSLATED)
        return "; ".join(shown)


def tale_of(run: Run) -> tuple[tuple[str, ...], str, bool]:
    """Return the kinds of what happened in `run`, by which runs are alike, and that in words.

    The last tells whether a send ended with an error that the error table does not know.
    """
    return run.once("tale", lambda: _tale_of(run))


def _tale_of(run: Run) -> tuple[tuple[str, ...], str, bool]:
    parts = list(_parts(run)) or [("nothing", "nothing came of it")]
    key = (run.begun.name, *(kind for kind, _ in parts))
    has_errors = any(one.outcome == "error" for one in run.of(SendEnded))
    return key, "; ".join(words for _, words in parts), has_errors


def _parts(run: Run) -> Iterator[tuple[str, str]]:
    """Yield each thing worth telling, with a word for its kind that leaves all numbers out."""
    for failed in run.broken[:1]:
        # Its cause is told once for all that it spoils, under what broke.
        yield f"broke {failed.what}", f"the harness broke ({failed.what})"
    # What nobody knows is asked of every harness once, and rightly refused.
    refused = [one for one in run.of(Answered) if one.error is not None and one.op in OPERATIONS]
    for one in refused[:1]:
        more = f", one of {len(refused)}" if len(refused) > 1 else ""
        why = f" ({_cut(one.message)})" if one.message else ""
        yield f"{one.op} {one.error}", f"{one.op!r} was answered with {one.error!r}{why}{more}"
    yield from _sends(run)
    ends = {(one.conn, one.stream): one.outcome for one in reversed(run.of(StreamEnded))}
    streams = [_word(ends.get((str(a.conn), a.stream or 0))) for a in run.asked("stream")]
    if streams:
        yield _counted("stream", streams)
    answers = [a.error or "in force" for a in run.of(ConfigurationAnswered)]
    if answers:
        yield _counted("configuration", [f"came to {one}" for one in answers])
    yield from _closings(run)


def _closings(run: Run) -> Iterator[tuple[str, str]]:
    """Yield who began to close first, and whether anybody said that it was done."""
    shut = {one.conn for one in run.of(Closed)}
    for closing in run.of(Closing)[:1]:
        cause = closing.cause or "no cause given"
        told = f"the implementation began to close {closing.conn} ({cause})"
        is_told = closing.conn in shut
        yield f"closing {cause} {is_told}", told if is_told else f"{told}, {NEVER_CLOSED}"
        return
    if not shut and run.asked("close"):
        yield "silent", f"it was asked to close, {NEVER_CLOSED}"


def _sends(run: Run) -> Iterator[tuple[str, str]]:
    asked = run.asked("send")
    if not asked:
        return
    ends = {(one.conn, one.send): one for one in run.of(SendEnded)}
    sends = [(one, ends.get((str(one.conn), one.send or 0))) for one in asked]
    kind, told = _counted("send", [_word(None if e is None else e.outcome) for _, e in sends])
    for one, ended in sends:
        if ended is not None and (ended.outcome != "ok" or len(sends) == 1):
            which = "" if len(sends) == 1 else f", the first with {ended.outcome}"
            detail = f" ({_cut(ended.detail)})" if ended.detail else ""
            after_ms = max(0, round((heard_us(ended) - one.at_us) / 1000))
            yield kind, f"{told}{which} after {after_ms} ms{detail}"
            return
    yield kind, told


def _word(outcome: str | None) -> str:
    return "did not end" if outcome is None else f"ended with {outcome}"


def _counted(what: str, words: Sequence[str]) -> tuple[str, str]:
    """Return how many came to what, and the same without numbers."""
    counts = Counter(words)
    kind = f"{what} {' '.join(sorted(counts))}"
    if len(words) == 1:
        return kind, f"the {what} {words[0]}"
    if len(counts) == 1:
        return kind, f"all {len(words)} {what}s {words[0]}"
    parts = ", ".join(f"{number} {word}" for word, number in counts.most_common())
    return kind, f"of {len(words)} {what}s {parts}"


def _cut(text: str) -> str:
    return text if len(text) <= DETAIL_MAX else f"{text[:DETAIL_MAX]}..."
