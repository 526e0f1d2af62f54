"""What the requests that ask for nothing tell of the channel: by when others were read, and said.

Requests are read in the order in which they were written, and words come out as they went in. So
what was asked was read by the time that something asked later was answered, and what was heard was
not said before that which was heard earlier had been asked for. Where nobody looked, as in a trace
of old, a request counts as read at once, and what was not heard by the end as not said.

Spec: `spec/README.md`, "Time"; `spec/protocol.md`, "Asking for nothing".
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from stallproof.judge.evidence.moment import FOREVER, Moment, exactly
from stallproof.wire.events import Answered, Requested
from stallproof.wire.protocol import NOTHING


class Channel:
    """The looks at the channel of one run, in the order in which they were asked for."""

    def __init__(self, requests: Iterable[Requested], answers: Mapping[int, Answered]) -> None:
        self._answers = answers
        hellos = 0
        looks: list[tuple[int, int, int]] = []
        for asked in requests:
            # Who has a clock of its own says hello again; the first time is the beginning.
            hellos += asked.op == "hello"
            answer = answers.get(asked.id)
            if answer is not None and (asked.op == NOTHING or (asked.op == "hello" and hellos > 1)):
                looks.append((asked.id, asked.at_us, answer.at_us))
        looks.sort()
        self._ids = [number for number, _, _ in looks]
        self._asked_us = [at_us for _, at_us, _ in looks]
        self._heard_us = [at_us for _, _, at_us in looks]
        for place in reversed(range(len(looks) - 1)):
            # A later one that was answered earlier had been read later all the same.
            self._heard_us[place] = min(self._heard_us[place], self._heard_us[place + 1])

    def taken(self, asked: Requested) -> Moment:
        """Return when what was asked for reached the implementation."""
        if not self._ids:
            return exactly(asked.at_us)
        place = bisect_right(self._ids, asked.id)
        by_us = self._heard_us[place] if place < len(self._ids) else FOREVER
        own = self._answers.get(asked.id)
        return Moment(asked.at_us, by_us if own is None else min(by_us, own.at_us))

    def answered(self, asked: Requested, end_us: int) -> Moment:
        """Return when `asked` was answered, in a run that was watched until `end_us`."""
        own = self._answers.get(asked.id)
        if own is None:
            return Moment(max(asked.at_us, self.unheard(end_us).since_us), FOREVER)
        place = bisect_right(self._heard_us, own.at_us) - 1
        since_us = self._asked_us[place] if place >= 0 else asked.at_us
        return Moment(max(asked.at_us, since_us), own.at_us)

    def unheard(self, end_us: int) -> Moment:
        """Return when happened what was not heard of until `end_us`, if it ever did."""
        return Moment(self._asked_us[-1] if self._ids else end_us, FOREVER)


NO_LOOKS = Channel((), {})
"""The channel of a run in which nobody looked."""
