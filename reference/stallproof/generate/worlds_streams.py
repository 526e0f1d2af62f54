"""What may happen in a world with streams: they begin beside sends, are acknowledged or not."""

from typing import Any

from stallproof.generate.scripts_draws import Draws
from stallproof.generate.worlds_acts import moment, send
from stallproof.generate.worlds_sketch import Sketch
from stallproof.runner.scenarios import scripted_world as world

CHUNK_BYTES = 8192
STREAMS_MAX = 4
SMALL_BYTES = 1_000
PLUS_BYTES = (0, 0, 0, 0, 8, -8, CHUNK_BYTES, 1 << 40)
"""What an ACK has beyond what has arrived: the last ones cannot be true."""


def knobs(draws: Draws) -> dict[str, Any]:
    """Return knobs under which windows are a few chunks and waits end within a second or two."""
    return {
        "streaming_ack_progress_timeout": draws.pick((0.7, 0.5, 1.0)),
        "streaming_ack_progress_check_interval": draws.pick((0.1, 0.0, 0.4)),
        "streaming_ack_wait": draws.pick((1, 2)),
        "streaming_window_size": draws.pick((2, 4)) * CHUNK_BYTES,
        "streaming_chunk_size": CHUNK_BYTES,
    }


def begin(draws: Draws, sketch: Sketch) -> None:
    """Begin a stream on a connection that nobody was to end, whatever else goes on there.

    Perhaps a small send goes before it, and perhaps another one beside it.
    """
    living = sketch.living()
    if not living or len(sketch.streams) == STREAMS_MAX:
        return
    line, at_us = draws.pick(living), moment(draws, sketch)
    if draws.chance(7):
        send(sketch, line, at_us, SMALL_BYTES)
        at_us += 60_000
    number = len(sketch.streams) + 1
    sketch.streams[number] = line
    pauses = (0, 0, 50_000, 200_000, 600_000)
    sketch.add(
        world.Stream(
            at_us=at_us, conn=line.name, stream=number,
            total_bytes=CHUNK_BYTES * draws.pick((12, 6, 1, 8)) + draws.pick((0, 8, -8)),
            chunk_ready_us=tuple(draws.pick(pauses) for _ in range(draws.pick((0, 1, 3)))),
        )
    )  # fmt: skip
    if draws.chance(7):
        send(sketch, line, at_us + draws.pick((200_000, 100_000, 600_000)), SMALL_BYTES)
    for knob in ("streaming_ack_progress_timeout", "streaming_ack_wait"):
        sketch.bound(knob, at_us)


def ack(draws: Draws, sketch: Sketch) -> None:
    """Acknowledge what has arrived, mostly; else less, more, from elsewhere, or an error."""
    stream = _stream(draws, sketch)
    for _ in range(draws.pick((1, 3)) if stream else 0):
        sketch.add(
            world.Ack(
                at_us=moment(draws, sketch), stream=stream, plus=draws.pick(PLUS_BYTES),
                origin="somebody-else" if draws.chance(1) else None,
                error="the disk is full" if draws.chance(1) else None,
                by_wire=draws.chance(5),
            )
        )  # fmt: skip


def cancel(draws: Draws, sketch: Sketch) -> None:
    """Cancel a stream, perhaps one that is over."""
    if stream := _stream(draws, sketch):
        sketch.add(world.Cancel(at_us=moment(draws, sketch), stream=stream))


def _stream(draws: Draws, sketch: Sketch) -> int:
    """Return the number of a stream, which may begin only now; 0 if there can be none."""
    if not sketch.streams:
        begin(draws, sketch)
    return draws.pick(list(sketch.streams)) if sketch.streams else 0
