"""What may happen in a world beside streams: each takes the sketch, and adds a step or a few."""

from collections.abc import Callable
from typing import Any

from stallproof.generate.scripts_draws import Draws
from stallproof.generate.worlds_sketch import Line, Sketch
from stallproof.runner.scenarios import scripted_world as world

Action = Callable[[Draws, Sketch], None]
CONNECTIONS_MAX = 6
TRANSPORTS = ("unix", "tcp", "unix", "tcp", "unix", "tls")
SIZES = (1_000, 8, 64, 3_000, 20_000, 60_000, 250_000)
MORE = (1_000, 8_000_000, 250_000)
"""By how much a frame is larger than what the kernel holds: the longer, the longer it moves."""
PIECES = ((65_536, 20_000), (16_384, 20_000), (1_000, 50_000), (131_072, 40_000))
"""What a peer that trickles reads, and how often."""
GAPS_US = (40_000, 0, 100_000, 5_000, 200_000, 400_000)
NEAR_US = (120_000, -120_000, 20_000, -20_000)
PERIODS_US = (500_000, 600_000)
JUMPS_US = (3_600_000_000, -3_600_000_000, 600_000, -600_000, 30_000_000)
KINDS = ("heartbeat", "data", "heartbeat")
SUSPENSIONS_US = (300_000, 100_000, 800_000, 20_000)


def moment(draws: Draws, sketch: Sketch) -> int:
    """Return when the next step is to come: a little later, or near a bound."""
    due = [one for one in sketch.moments() if one < sketch.now_us + 1_200_000]
    if due and draws.chance(2):
        return max(sketch.now_us, draws.pick(due[:8]) + draws.pick(NEAR_US))
    return sketch.now_us + draws.pick(GAPS_US)


def _line(draws: Draws, sketch: Sketch) -> Line:
    """Return a connection, more often one that lives."""
    living = sketch.living()
    return draws.pick(living if living and draws.chance(8) else sketch.lines)


def open_first(draws: Draws, sketch: Sketch) -> None:
    """Open a connection at the beginning, whose peer may not read."""
    _open(draws, sketch, 0)


def open_another(draws: Draws, sketch: Sketch) -> None:
    """Open one more; where one was closed, the system gives its number again."""
    if len(sketch.lines) < CONNECTIONS_MAX:
        _open(draws, sketch, moment(draws, sketch))


def _open(draws: Draws, sketch: Sketch, at_us: int) -> None:
    able = [one for one in TRANSPORTS if one in sketch.features] or ["unix"]
    line = Line("abcdef"[len(sketch.lines)], draws.pick(able))
    heartbeats = sketch.knobs["heartbeat_interval"] == 1 and draws.chance(6)
    sketch.lines.append(line)
    sketch.add(
        world.Open(at_us=at_us, conn=line.name, transport=line.transport, heartbeats=heartbeats)  # type: ignore[arg-type]
    )


def send_much(draws: Draws, sketch: Sketch) -> None:
    """Begin a send of more than the kernel holds; its peer stops, trickles, or reads on."""
    line = _line(draws, sketch)
    at_us = moment(draws, sketch)
    if line.reads and draws.chance(7):
        _slow_down(draws, sketch, line, at_us)
    send(sketch, line, at_us, draws.pick(MORE), fills=True)


def _slow_down(draws: Draws, sketch: Sketch, line: Line, at_us: int) -> None:
    line.reads = False
    if draws.chance(6):
        sketch.add(world.Read(at_us=at_us, conn=line.name, mode="stop"))
    else:
        _trickle(draws, sketch, line, at_us)


def _trickle(draws: Draws, sketch: Sketch, line: Line, at_us: int) -> None:
    piece_bytes, every_us = draws.pick(PIECES)
    sketch.add(
        world.Read(
            at_us=at_us, conn=line.name, mode="trickle", piece_bytes=piece_bytes, every_us=every_us
        )
    )


def send_little(draws: Draws, sketch: Sketch) -> None:
    """Begin a send of any smaller size."""
    line = _line(draws, sketch)
    at_us = moment(draws, sketch)
    send(sketch, line, at_us, draws.pick(SIZES))


def queue(draws: Draws, sketch: Sketch) -> None:
    """Begin two or three sends on one connection, one right after the other."""
    line, at_us = _line(draws, sketch), moment(draws, sketch)
    for number in range(draws.pick((2, 3))):
        size_bytes, fills = draws.pick(SIZES), draws.chance(2)
        send(sketch, line, at_us + 30_000 * number, size_bytes, fills=fills)


def burst(draws: Draws, sketch: Sketch) -> None:
    """Send many frames without a pause, and another one meanwhile."""
    line, at_us = _line(draws, sketch), moment(draws, sketch)
    size_bytes, repeat = draws.pick(((64, 400), (4_000, 100), (60_000, 60)))
    send(sketch, line, at_us, size_bytes, repeat=repeat)
    if draws.chance(6):
        send(sketch, line, at_us + 10_000, 64)


def send(sketch: Sketch, line: Line, at_us: int, size_bytes: int, **more: Any) -> None:
    """Begin a send with a number of its own."""
    sketch.sends += 1
    sketch.add(
        world.Send(
            at_us=at_us, conn=line.name, send=sketch.sends, size_bytes=size_bytes, **more
        )
    )  # fmt: skip
    if not line.reads:
        sketch.bound("streaming_send_timeout", at_us)
        sketch.bound("sfm_send_stall_timeout", at_us)


def give_up(draws: Draws, sketch: Sketch) -> None:
    """Have the caller of a send give it up, perhaps of one that has ended."""
    if sketch.sends:
        send = 1 + draws.below(sketch.sends)
        sketch.add(world.GiveUp(at_us=moment(draws, sketch), send=send))


def read(draws: Draws, sketch: Sketch) -> None:
    """Change how a peer reads: all, nothing, a little, whole frames, or a piece now and then."""
    line, at_us = _line(draws, sketch), moment(draws, sketch)
    line.reads = False
    match draws.pick(("trickle", "drain", "stop", "little", "frames", "trickle")):
        case "drain":
            line.reads = True
            sketch.add(world.Read(at_us=at_us, conn=line.name, mode="drain"))
        case "stop":
            sketch.add(world.Read(at_us=at_us, conn=line.name, mode="stop"))
        case "little":
            limit = draws.pick((32_768, 1, 500_000, 7))
            sketch.add(world.Read(at_us=at_us, conn=line.name, mode="drain", limit_bytes=limit))
        case "frames":
            frames = draws.pick((1, 2, 5))
            sketch.add(world.Read(at_us=at_us, conn=line.name, mode="drain", frames=frames))
        case _:
            _trickle(draws, sketch, line, at_us)


def talk(draws: Draws, sketch: Sketch) -> None:
    """Have the peer send frames, whether it reads or not, perhaps a piece before each."""
    line, at_us = _line(draws, sketch), moment(draws, sketch)
    reads = draws.chance(4)
    for number in range(draws.pick((1, 1, 2, 3))):
        kind, frames = draws.pick(KINDS), draws.pick((1, 1, 3))
        turn_us = at_us + 20_000 * number
        if reads:
            limit = draws.pick((4_096, 98_304, 1))
            sketch.add(world.Read(at_us=turn_us, conn=line.name, mode="drain", limit_bytes=limit))
            line.reads = False
        sketch.add(world.Talk(at_us=turn_us, conn=line.name, kind=kind, frames=frames))  # type: ignore[arg-type]


def leave(draws: Draws, sketch: Sketch) -> None:
    """Have the peer end a connection, or one direction of it."""
    line, at_us = _line(draws, sketch), moment(draws, sketch)
    how = draws.pick(("shut_read", "reset", "half_close", "close"))
    line.is_over = line.is_over or how != "half_close"
    sketch.add(world.Leave(at_us=at_us, conn=line.name, how=how))  # type: ignore[arg-type]


def close(draws: Draws, sketch: Sketch) -> None:
    """Have the implementation close a connection, perhaps one that is closed."""
    line = draws.pick(sketch.lines)
    line.is_over = True
    sketch.add(world.Close(at_us=moment(draws, sketch), conn=line.name))


def check(draws: Draws, sketch: Sketch) -> None:
    """Make one to three passes of the monitor, where it does not run by itself."""
    at_us = moment(draws, sketch)
    _checks(sketch, [at_us + 60_000 * number for number in range(draws.pick((1, 2, 3)))])


def check_stalled(draws: Draws, sketch: Sketch) -> None:
    """Make passes when the limit of a send that began now would be over beyond doubt."""
    at_us = sketch.now_us + round(sketch.knobs["sfm_send_stall_timeout"] * 1_000_000) + 200_000
    passes = int(sketch.knobs["sfm_send_stall_consecutive_checks"]) + draws.pick((0, -1, 1))
    _checks(sketch, [at_us + 80_000 * number for number in range(passes)])


def _checks(sketch: Sketch, moments: list[int]) -> None:
    if sketch.monitors is not True:
        sketch.monitors = False
        for at_us in moments:
            sketch.add(world.Check(at_us=at_us))


def monitor(draws: Draws, sketch: Sketch) -> None:
    """Have the monitor run by itself, where no pass was asked for: the rules take one of both."""
    if sketch.monitors is None:
        sketch.monitors = True
        sketch.add(world.Monitor(at_us=sketch.now_us, period_us=draws.pick(PERIODS_US)))


def jump(draws: Draws, sketch: Sketch) -> None:
    """Move the wall clock."""
    sketch.add(world.WallJump(at_us=moment(draws, sketch), by_us=draws.pick(JUMPS_US)))


def suspend(draws: Draws, sketch: Sketch) -> None:
    """Suspend the harness for a while."""
    for_us = draws.pick(SUSPENSIONS_US)
    sketch.add(world.Suspend(at_us=moment(draws, sketch), for_us=for_us))
    sketch.now_us += for_us


def wait(draws: Draws, sketch: Sketch) -> None:
    """Let time pass."""
    sketch.now_us = moment(draws, sketch) + draws.pick((0, 200_000, 500_000))


def end(draws: Draws, sketch: Sketch) -> None:
    """Let what goes on come to its end, or close everything one by one, or break off."""
    timeout_us = round(sketch.knobs["streaming_send_timeout"] * 1_000_000)
    if timeout_us <= 1_000_000 and draws.chance(6):
        sketch.add(world.Settle(at_us=sketch.now_us))
    if draws.chance(4):
        left = list(sketch.lines)
        while left:
            line = left.pop(draws.below(len(left)))
            at_us = sketch.now_us + 40_000
            sketch.add(world.Close(at_us=at_us, conn=line.name))
            if left and draws.chance(5):
                send(sketch, draws.pick(left), at_us + 20_000, 64)
