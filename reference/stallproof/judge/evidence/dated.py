"""When the things of a run happened: what every rule asks that judges a time.

Nobody else makes a moment of an event: so a date is never taken for a hearing, nor the reverse.

Spec: `spec/README.md`, "Time".
"""

from msgspec import UNSET

from stallproof.judge.evidence.channel import Channel
from stallproof.judge.evidence.facts import SendFacts
from stallproof.judge.evidence.moment import FOREVER, Lateness, Moment
from stallproof.judge.evidence.suspensions import Suspensions
from stallproof.wire.event import ImplementationEvent
from stallproof.wire.events import Checked, PeerDid, Requested


class Dated:
    """The part of a run that dates its events, from the look at its channel and its clocks."""

    __slots__ = ()

    channel: Channel
    suspensions: Suspensions

    @property
    def uncertainty_us(self) -> int:
        """How far a date of the implementation may be off."""
        raise NotImplementedError

    @property
    def end_us(self) -> int:
        """When the oracle stopped watching."""
        raise NotImplementedError

    def said(self, event: ImplementationEvent) -> Moment:
        """Return when `event` happened: between its own date, as its clock tells, and its hearing.

        Nobody hears a word before it is said, so that a date after the hearing counts as that.
        """
        at_us, u_us = event.at_us, self.uncertainty_us
        if event.heard_us is None:
            return Moment(at_us - u_us, at_us + u_us)
        return Moment(min(at_us - u_us, event.heard_us), event.heard_us)

    def late(self, what: Moment, begin: Moment, bound_us: int = 0) -> Lateness:
        """Return how late `what` was that was due `bound_us` after `begin`, whatever happened.

        Of the time from then on, that in which it was suspended does not count.
        """
        raw, due = what.after(begin, bound_us), begin.later(bound_us)
        return Lateness(
            raw.least_us - self.suspensions.at_most(due.by_us, what.since_us),
            raw.most_us - self.suspensions.at_least(due.since_us, what.by_us),
            is_awake=True,
        )

    @property
    def grace_us(self) -> int:
        """How late things may be."""
        raise NotImplementedError

    def taken(self, asked: Requested | PeerDid) -> Moment:
        """Return when what was asked for reached the implementation.

        What the peer sent has to have been read within grace (CX-8).
        """
        if isinstance(asked, PeerDid):
            left = self.left(asked)
            return Moment(left.since_us, left.by_us + self.grace_us)
        return self.channel.taken(asked)

    def left(self, sent: PeerDid) -> Moment:
        """Return when what the peer sent had left it as a whole."""
        return Moment(sent.at_us, sent.at_us if sent.done_us is UNSET else sent.done_us)

    def answered(self, asked: Requested) -> Moment:
        """Return when `asked` was answered; what never was is answered after the end, if ever."""
        return self.channel.answered(asked, self.end_us)

    def looked(self, asked: Requested, checked: Checked) -> Moment:
        """Return when a check that was `asked` for looked: not before that, and before its word."""
        return Moment(asked.at_us, self.said(checked).by_us)

    @property
    def unheard(self) -> Moment:
        """When happened what was not heard of, if it ever did: after the last look."""
        return self.channel.unheard(self.end_us)

    @property
    def unseen(self) -> Moment:
        """When happened what the peer did not see, if it ever did: after it stopped watching."""
        return Moment(self.end_us, FOREVER)

    def ended_at(self, send: SendFacts) -> Moment:
        """Return when `send` returned; what never did returns after the end of the run."""
        return self.unheard if send.ended is None else self.said(send.ended)

    def started_at(self, send: SendFacts) -> Moment:
        """Return when `send` started; raises `ValueError` for one that never did."""
        if send.started is None:
            raise ValueError(f"send {send.send} never started")
        return self.said(send.started)
