"""Whose law is broken where a send was given up: SD-18, before what follows from that.

Spec: `spec/sd.md`, SD-18.
"""

from collections.abc import Iterator

from stallproof.judge.evidence.observation import ms
from stallproof.judge.model.connections import Frame, ModelConnection
from stallproof.judge.model.keys import CLOSING, GIVEN_UP, LOCK_TAKEN, SEND_ENDED, WRITTEN
from stallproof.judge.model.scene import Blame, Scene

LAW = "SD-18"


def given_up(scene: Scene, connection: ModelConnection) -> Iterator[Blame]:
    """Yield the blame for what a give-up was to bring about, and for what it was not."""
    for rule in (_not_ended, _ended_for_nothing, _lived_on, _closings, _turn_lost):
        yield from (Blame(LAW, why) for why in rule(scene, connection))


def _frames(connection: ModelConnection) -> Iterator[Frame]:
    return (one for one in connection.frames.values() if one.outcome == GIVEN_UP)


def _not_ended(scene: Scene, connection: ModelConnection) -> Iterator[str]:
    """It had to end now with GIVEN_UP."""
    for frame in _frames(connection):
        own = (SEND_ENDED, connection.name, frame.number)
        if not any(scene.missing_of(*own)):
            continue
        said, later = next(scene.extra_of(*own), None), scene.later_of(*own)
        what = f"Send {frame.number} on {connection.name} was given up {scene.when}, and ended"
        if said is not None:
            yield f"{what} with '{said[4]}' and not with 'given_up'."
        elif later is None:
            yield f"{what} never."
        else:
            yield f"{what} only at {ms(later.at_us)}, with '{later.key[4]}'."


def _ended_for_nothing(scene: Scene, connection: ModelConnection) -> Iterator[str]:
    """It ended with GIVEN_UP, and nobody had given it up in time."""
    for key in scene.extra_of(SEND_ENDED, connection.name):
        frame = connection.frames.get(key[3])
        if key[4] != GIVEN_UP or frame is None:
            continue
        what = f"Send {key[3]} on {connection.name} ended {scene.when} with 'given_up'"
        if frame.ended_us is None:
            yield f"{what}, and its caller had not given it up."
        elif frame.ended_us < scene.at_us:
            yield f"{what}; it had ended with '{frame.outcome}' at {ms(frame.ended_us)}."
        elif frame.outcome != GIVEN_UP:
            yield f"{what}; by the law that is '{frame.outcome}'."


def _lived_on(scene: Scene, connection: ModelConnection) -> Iterator[str]:
    """It took the lock, or wrote, after it had been given up."""
    for frame in _frames(connection):
        for rank, did in ((LOCK_TAKEN, "took the lock"), (WRITTEN, "wrote")):
            if any(scene.extra_of(rank, connection.name, frame.number)):
                since = ms(frame.ended_us or 0)
                what = f"Send {frame.number} on {connection.name} {did} {scene.when}"
                yield f"{what}, and it had been given up at {since}."


def _closings(scene: Scene, connection: ModelConnection) -> Iterator[str]:
    """The connection closes by it exactly if part of the frame was written."""
    name = connection.name
    for frame in _frames(connection):
        now = frame.ended_us == scene.at_us
        what = f"Send {frame.number} on {name} was given up"
        if now and frame.wrote_bytes and any(scene.missing_of(CLOSING, name)):
            part = f"{frame.wrote_bytes} of its {frame.size_bytes} bytes written"
            yield f"{what} {scene.when} with {part}, and the connection was not closed."
        if frame.wrote_bytes or not any(scene.extra_of(CLOSING, name)):
            continue
        if now:
            yield f"{what} {scene.when} with nothing written, and the connection was closed."
        elif frame.deadline_us == scene.at_us and connection.closing_us is None:
            yield f"{what} at {ms(frame.ended_us or 0)}, and its deadline closed the connection."


def _turn_lost(scene: Scene, connection: ModelConnection) -> Iterator[str]:
    """Who comes behind it has to have its turn as if it had never been asked for."""
    in_order = list(connection.frames.values())
    for key in scene.missing_of(LOCK_TAKEN, connection.name):
        place = in_order.index(connection.frames[key[3]])
        ahead = in_order[place - 1] if place else None
        worked = any(k[1] in (WRITTEN, SEND_ENDED) and k[2:4] == key[2:4] for k in scene.said)
        if ahead is None or ahead.outcome != GIVEN_UP or worked:
            continue
        later = scene.later_of(LOCK_TAKEN, connection.name, key[3])
        came = "never did" if later is None else f"did so only at {ms(later.at_us)}"
        what = f"Send {ahead.number} on {connection.name} was given up at {ms(ahead.ended_us or 0)}"
        yield f"{what}; send {key[3]} behind it was to take the lock {scene.when}, and {came}."
