"""Judging one run in virtual time: the model of the law beside what the implementation said.

Every request is put to the model, and what it demands until the reply is compared with what was
said until the reply, instant by instant. Up to the first difference each requirement that was put
to the test was held; the difference breaks the one that forbids it; what follows is consequence.

What is no verdict: a request that was answered with an error, or not at all, ends the judgement of
its case. `unsupported` ends it in silence. `failed`, `refused` where nothing was there to refuse,
words about connections and sends that nobody asked for, words about moments that had passed, and
differences that no requirement speaks of leave the requirements of the case inconclusive.

Spec: `spec/virtual.md`.
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache, partial

from stallproof.judge.evidence.observation import Observation, held, unsure
from stallproof.judge.evidence.run import Run
from stallproof.judge.model.blame import blame_for, strangers
from stallproof.judge.model.case import Case
from stallproof.judge.model.keys import ACK_RECEIVED, Key, together
from stallproof.judge.model.numbering import Numbering
from stallproof.judge.model.scene import EVIDENCE_MAX, Later, Scene
from stallproof.judge.model.situation import HARDENED, VIRTUAL
from stallproof.judge.model.turns import Turn, turns_of
from stallproof.judge.model.unexplained import of_a_stranger, of_the_past, unexplained
from stallproof.wire.events import AnyEvent

_held = cache(partial(held, situation=VIRTUAL))
"""What is seen of a requirement that was held: it tells of no event, so one stands for all runs."""


def observe(run: Run) -> list[Observation]:
    """Return what was held, and what the first divergence breaks, in one run in virtual time."""
    if run.unsupported:
        return []
    judge = _Judge(run)
    found = judge.judged()
    judge.case.let_go()
    return found


class _Judge:
    """One run, one pass over it."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.turns = turns_of(run)
        self.case = Case(run.begun.policy)
        self.held: set[str] = set()
        self.found: list[Observation] = []
        self.numbering = Numbering()
        self.hardened = True

    def judged(self) -> list[Observation]:
        """Judge turn after turn until something ends it."""
        case = self.case
        for place, turn in enumerate(self.turns):
            asked, answered = turn.asked, turn.answered
            if (answered is None or answered.error is not None) and self._is_over(turn):
                break
            began_us = case.now_us
            if asked is not None:
                case.ask(asked)
            # Most say what the law demands, in its order: so this is asked before all else.
            agrees = turn.keys == case.demanded or self._agrees(turn)
            if not agrees and not self._differs(place, turn, began_us):
                break
            if case.tested:
                self._keep(case.now_us + 1)
            for wrong in self.numbering.wrong_in(turn.events, case) if turn.keys else ():
                self._misnumbered(wrong)
            case.demanded.clear()
        if not self.numbering.is_shown:
            # Nobody can see sequence numbers that were not said.
            self.held.discard("SD-14")
        self.found += [_held(one) for one in sorted(self.held)]
        return self.found

    def _is_over(self, turn: Turn) -> bool:
        """Tell whether a request went wrong, so that nothing after it can be judged."""
        answered, asked = turn.answered, turn.asked
        if asked is None:
            return False
        if answered is None:
            return True
        if answered.error is None:
            return False
        if asked.op == "ack" and answered.error == "refused":
            # Where its interface takes no such offset, the refusal is the report.
            word = (asked.at_us, ACK_RECEIVED, asked.conn, asked.stream, False)
            turn.keys.append(word)
            turn.events.append(answered)
            return False
        if answered.error != "unsupported" and not self.run.broken:
            why = f"The request {asked.op} was answered with '{answered.error}'"
            self._unclear(f"{why}: {answered.message or 'without a reason'}.", [asked, answered])
        return True

    def _unclear(self, why: str, events: list[AnyEvent]) -> None:
        for requirement in self.run.begun.requirements:
            self.found.append(unsure(requirement, VIRTUAL, why, events[:EVIDENCE_MAX]))

    def _agrees(self, turn: Turn) -> bool:
        """Tell whether the law demanded what was said, in whatever order."""
        demanded, said = sorted(self.case.demanded), sorted(turn.keys)
        return demanded == said or not any(self._difference(demanded, said))

    def _difference(self, demanded: list[Key], said: list[Key]) -> tuple[list[Key], list[Key]]:
        """Return what is missing and what is too much, sorted."""
        case = self.case
        told = [case.alias.get(key, key) for key in together(said)]
        wanted = Counter(together(demanded))
        wanted.subtract(told)
        missing = [key for key, times in wanted.items() if times > 0]
        extra = [key for key, times in wanted.items() for _ in range(-times) if times < 0]
        # What may be said and need not be may be said once.
        return sorted(missing), sorted(
            key for key in extra if key not in case.free or told.count(key) > 1
        )

    def _keep(self, until_us: int) -> None:
        """Count what was put to the test before `until_us` as held."""
        kept = {requirement for at_us, requirement in self.case.tested if at_us < until_us}
        self.held |= kept if self.hardened else kept - HARDENED
        self.case.tested.clear()

    def _misnumbered(self, wrong: Observation) -> None:
        """Tell the first sequence number that is wrong; seed's case goes on."""
        if self.hardened:
            self.found.append(wrong)
            self.held.discard("SD-14")
            self.hardened = False

    # --- a divergence -----------------------------------------------------------------------------

    def _differs(self, place: int, turn: Turn, began_us: int) -> bool:
        """Blame a difference; tell whether the case goes on, for seed alone."""
        demanded, said = sorted(self.case.demanded), sorted(turn.keys)
        missing, extra = self._difference(demanded, said)
        at_us = min(key[0] for key in (*missing, *extra))
        here = [event for key, event in turn.said if key[0] == at_us]
        if at_us < began_us:
            self._keep(at_us)
            self._unclear(of_the_past(extra[0], began_us), here)
            return False
        scene = self._scene(place, turn, at_us, missing, extra)
        scene.evidence = [*([turn.asked] if turn.asked is not None else []), *here]
        words = (event for key, event in turn.said if key in scene.extra)
        scene.wrong = next(words, here[-1] if scene.extra and here else None)
        unknown = strangers(scene)
        if unknown:
            self._keep(at_us)
            self._unclear(of_a_stranger(scene, unknown[0]), here)
            return False
        return self._blamed(scene)

    def _blamed(self, scene: Scene) -> bool:
        blames = blame_for(scene)
        goes_on = bool(blames) and not any(blame.ends for blame in blames)
        self._keep(self.case.now_us + 1 if goes_on else scene.at_us)
        if not blames:
            self._unclear(unexplained(scene), scene.evidence)
        for blame in blames:
            self.held.discard(blame.requirement)
            self.held.update(one for one in blame.also_held)
            if self.hardened or blame.requirement not in HARDENED:
                self.found.append(scene.broken(blame.requirement, blame.why))
        if goes_on:
            # What differed is settled; from here on the case is judged for seed alone.
            self.hardened = False
        return goes_on

    def _scene(
        self, place: int, turn: Turn, at_us: int, missing: list[Key], extra: list[Key]
    ) -> Scene:
        """Return the instant with the model just before and just after it."""
        after = self._replayed(place)
        before = self._replayed(place)
        asked = turn.asked
        until_us = at_us - 1
        if asked is not None and asked.op != "advance" and asked.at_us <= at_us:
            # A late write begins at its request: what is due meanwhile waits for it.
            until_us = min(until_us, asked.at_us)
            after.ask(asked)
        else:
            after.advance(at_us)
        before.advance(max(before.now_us, until_us))
        return Scene(
            at_us=at_us,
            missing=[key for key in missing if key[0] == at_us],
            extra=[key for key in extra if key[0] == at_us],
            said=[key for key in turn.keys if key[0] == at_us],
            before=before,
            after=after,
            asked=asked,
            end_us=self._end_us(),
            later=list(self._later(place, at_us)),
        )

    def _replayed(self, place: int) -> Case:
        """Return the model as it stood before the request at `place`."""
        case = Case(self.run.begun.policy)
        for turn in self.turns[:place]:
            if turn.asked is not None:
                case.ask(turn.asked)
        return case

    def _end_us(self) -> int:
        """Return the last moment of the case: what had not been said by then was not said."""
        case = self._replayed(len(self.turns))
        return case.now_us

    def _later(self, place: int, at_us: int) -> Iterator[Later]:
        """Yield what was said after the instant, no earlier than the request it came with."""
        case = self._replayed(place)
        for turn in self.turns[place:]:
            heard_us = case.now_us
            if turn.asked is not None:
                case.ask(turn.asked)
            for key, event in turn.said:
                if turn is not self.turns[place] or key[0] > at_us:
                    yield Later(max(key[0], heard_us), key, event)
