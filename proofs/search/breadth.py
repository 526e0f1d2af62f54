"""The search itself: breadth first, over every state that the machine and its surroundings allow.

The intuition: a world knows the events that can happen in a state, the real step function that
answers each, and what it says for itself of the result. The search takes every event in every
state, shows each move to the laws, and goes on from each state that it has not seen. Because it
goes breadth first, the first move that breaks a law ends the shortest history that does.

The complication: a search that stopped early has shown nothing. A limit on the number of states
guards against a world without end; to meet it is reported, and it is never a pass.
"""

import time
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from proofs.search.laws import NEVER_RAISES, STATE, Law, at_once, by_place


class AnyEvent(Protocol):
    """What can happen: `kind` is its type, in the words of the report."""

    @property
    def kind(self) -> str: ...


class AnyMove(Protocol):
    """One event with what came of it: `after` is the state that it leads to."""

    @property
    def after(self) -> Any: ...


S = TypeVar("S", bound=Hashable)
E = TypeVar("E", bound=AnyEvent)
M = TypeVar("M", bound=AnyMove)

_Seen = tuple[str, tuple[bool | None, ...], tuple[str, ...]]
"""Where laws looked, what each of them said, and what the machine decided there."""

STATES_MAX = 600_000
"""More states than any search here has; one that meets the limit is truncated."""


class World(ABC, Generic[S, E, M]):
    """A machine in its surroundings: what can happen, and the searcher's own account of it."""

    laws: Mapping[str, Law]

    @abstractmethod
    def start(self) -> S:
        """Return the state in which everything begins."""

    def key(self, state: S) -> Hashable:
        """Return what tells `state` from every other one, and is quicker to hash than it."""
        return state

    @abstractmethod
    def events(self, state: S) -> Iterable[E]:
        """Return every event that can happen in `state`."""

    @abstractmethod
    def answer(self, state: S, event: E) -> Any:
        """Take the real step: whatever this raises is the machine's own."""

    @abstractmethod
    def move(self, state: S, event: E, answer: Any) -> M:
        """Return the move, with what the naive bookkeeping makes of it.

        Where nothing at all has changed, `after` may be `state` itself, which is not looked up.
        """

    @abstractmethod
    def decisions(self, move: M) -> tuple[str, ...]:
        """Return what the machine decided in `move`, in the words of the report."""

    @abstractmethod
    def event_words(self, state: S, event: E) -> str:
        """Say what happened."""

    @abstractmethod
    def answer_words(self, move: M) -> str:
        """Say what the machine made of it; empty when there is nothing to say."""


@dataclass(frozen=True)
class Violation:
    """A law that a move or a state broke, and the shortest history that leads there."""

    law: str
    requirements: tuple[str, ...]
    says: str
    history: tuple[str, ...]


@dataclass
class Findings:
    """What came of one search; `truncated` means that it ended at its limit and shows nothing."""

    states: int = 0
    transitions: int = 0
    depth: int = 0
    seconds: float = 0.0
    events: Counter[str] = field(default_factory=Counter)
    decisions: Counter[str] = field(default_factory=Counter)
    laws: Counter[str] = field(default_factory=Counter)
    violation: Violation | None = None
    truncated: bool = False


class _Broken(Exception):
    """A law was broken: ends the search at once."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(violation.law)
        self.violation = violation


class _Search(Generic[S, E, M]):
    def __init__(
        self, world: World[S, E, M], observe: Callable[[M], None] | None, states_max: int
    ) -> None:
        self._world, self._observe, self._states_max = world, observe, states_max
        self._laws = by_place(world.laws)
        self._judges = defaultdict(
            lambda: at_once([]),
            {place: at_once([law.holds for law in laws]) for place, laws in self._laws.items()},
        )
        self._came_from: dict[Hashable, tuple[S, E] | None] = {}
        self._seen: Counter[_Seen] = Counter()
        self.found = Findings()

    def run(self) -> None:
        start = self._world.start()
        self._came_from[self._world.key(start)] = None
        self._look_at(start)
        level = [start]
        while level:
            self.found.depth += 1
            following: list[S] = []
            for state in level:
                self._leave(state, following)
                if len(self._came_from) > self._states_max:
                    self.found.truncated = True
                    return
            level = following
        self.found.depth -= 1

    def _leave(self, state: S, following: list[S]) -> None:
        """Take every event in `state`, and add the states that nobody has seen to `following`."""
        # Done millions of times: one count a move, which `close` takes apart.
        world, came_from, seen, judges = self._world, self._came_from, self._seen, self._judges
        answers, moves, decisions, key_of = world.answer, world.move, world.decisions, world.key
        for event in world.events(state):
            kind = event.kind
            try:
                answer = answers(state, event)
            except Exception as error:
                self.found.events[kind] += 1
                raise _Broken(self._raised(state, event, error)) from error
            move = moves(state, event, answer)
            try:
                held = judges[kind](move)
            except Exception:
                self._judge_in_turn(state, event, kind, move)
                raise
            if False in held:
                self._judge_in_turn(state, event, kind, move)
            seen[kind, held, decisions(move)] += 1
            if self._observe is not None:
                self._observe(move)
            after = move.after
            if after is state:
                continue
            key = key_of(after)
            if key not in came_from:
                came_from[key] = (state, event)
                self._look_at(after)
                following.append(after)

    def _judge_in_turn(self, state: S, event: E, kind: str, move: M) -> None:
        """Show `move` to one law after the other, and end with the first that it breaks.

        What a law raises that stands after a broken one is none of the search's errors.
        """
        self.found.events[kind] += 1
        for law in self._laws[kind]:
            held = law.holds(move)
            if held is None:
                continue
            self.found.laws[law.name] += 1
            if not held:
                raise _Broken(self._broken(law, state, event))

    def _look_at(self, state: S) -> None:
        held = self._judges[STATE](state)
        if False in held:
            for law, verdict in zip(self._laws[STATE], held, strict=True):
                self.found.laws[law.name] += verdict is not None
                if verdict is False:
                    raise _Broken(self._broken(law, state, None))
        self._seen[STATE, held, ()] += 1

    def _broken(self, law: Law, state: S, event: E | None) -> Violation:
        history = self._history(state)
        if event is not None:
            move = self._world.move(state, event, self._world.answer(state, event))
            history.append(self._line(state, event, move))
        return Violation(law.name, law.requirements, law.says, tuple(merged(history)))

    def _raised(self, state: S, event: E, error: Exception) -> Violation:
        history = self._history(state)
        words = self._world.event_words(state, event)
        history.append(f"{words} -> the machine raises {type(error).__name__}: {error}")
        return Violation(NEVER_RAISES, (), "a step gives an answer", tuple(merged(history)))

    def _history(self, state: S) -> list[str]:
        steps: list[str] = []
        came = self._came_from[self._world.key(state)]
        while came is not None:
            before, event = came
            move = self._world.move(before, event, self._world.answer(before, event))
            steps.append(self._line(before, event, move))
            came = self._came_from[self._world.key(before)]
        return steps[::-1]

    def _line(self, state: S, event: E, move: M) -> str:
        answer = self._world.answer_words(move)
        words = self._world.event_words(state, event)
        return f"{words} -> {answer}" if answer else words

    def _take_apart(self) -> None:
        """Count events, decisions and laws from what the moves and states had in common."""
        for (place, held, decisions), times in self._seen.items():
            if place != STATE:
                self.found.events[place] += times
            for decision in decisions:
                self.found.decisions[decision] += times
            for law, verdict in zip(self._laws.get(place, ()), held, strict=True):
                if verdict is not None:
                    self.found.laws[law.name] += times

    def close(self, began_s: float) -> Findings:
        self._take_apart()
        self.found.states = len(self._came_from)
        self.found.transitions = self.found.events.total()
        self.found.seconds = round(time.monotonic() - began_s, 3)
        return self.found


def merged(lines: Iterable[str]) -> list[str]:
    """Return `lines` with equal neighbours told once, and how often."""
    told: list[tuple[str, int]] = []
    for line in lines:
        if told and told[-1][0] == line:
            told[-1] = (line, told[-1][1] + 1)
        else:
            told.append((line, 1))
    return [line if times == 1 else f"{line} ({times} times)" for line, times in told]


def search(
    world: World[S, E, M],
    *,
    observe: Callable[[M], None] | None = None,
    states_max: int = STATES_MAX,
) -> Findings:
    """Search `world` from its start to the end, or to the first move that breaks a law.

    `observe` is shown every move that broke none. What a law or the bookkeeping raises is an error
    of the search and is not caught; what the machine raises is a violation.
    """
    under_way = _Search(world, observe, states_max)
    began_s = time.monotonic()
    try:
        under_way.run()
    except _Broken as broken:
        under_way.found.violation = broken.violation
    return under_way.close(began_s)
