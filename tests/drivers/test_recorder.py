"""The recorder: in order, never blocking, indifferent to a reader that has gone."""

import threading

from stallproof.drivers.recorder import Recorder
from stallproof.wire.codec import decode_implementation
from stallproof.wire.implementation import Closed, Noted
from tests.drivers.peers import PATIENCE_S


def test_lines_come_out_in_the_order_of_the_calls() -> None:
    """Events and replies share one order, each on a line of its own."""
    written = bytearray()
    recorder = Recorder(written.extend)
    for number in range(1500):
        recorder.record(Noted(at_us=number, text="x"))
    recorder.say({"id": 1, "ok": True})
    assert recorder.close(PATIENCE_S)
    lines = bytes(written).splitlines()
    assert list(range(1500)) == [decode_implementation(line).at_us for line in lines[:-1]]
    assert lines[-1] == b'{"id":1,"ok":true}'


def test_recording_does_not_wait_for_a_sink_that_blocks() -> None:
    """While nobody reads, events are kept, and closing gives up after its limit."""
    reads_again = threading.Event()
    written = bytearray()

    def sink(lines: bytes) -> None:
        reads_again.wait(PATIENCE_S)
        written.extend(lines)

    recorder = Recorder(sink)
    for number in range(100):
        recorder.record(Closed(at_us=number, conn="c"))
    assert not recorder.close(0.05)
    assert not written
    reads_again.set()
    assert recorder.close(PATIENCE_S)
    assert len(bytes(written).splitlines()) == 100


def test_a_sink_that_is_gone_does_not_end_the_recorder() -> None:
    """A broken pipe loses the lines, and nothing else."""
    tries: list[bytes] = []

    def sink(lines: bytes) -> None:
        tries.append(lines)
        raise BrokenPipeError

    recorder = Recorder(sink)
    recorder.record(Closed(at_us=1, conn="c"))
    assert recorder.close(PATIENCE_S)
    assert len(tries) == 1
