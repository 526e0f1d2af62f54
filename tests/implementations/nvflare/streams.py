"""Streams: NVFlare's own ByteStreamer on NVFlare's own cell, with a source that is played.

The cell is a CoreCell that was not started: starting it would dial its parent and start a monitor
with a period of its own. All that is said of a stream is seen at places that NVFlare itself offers:
the source that it reads from, the cell's filter for outgoing requests, and the future that it gives
its caller. What is not seen there, where a wait ends for good, is the end of the worker's task.
"""

import queue
import re
import threading
import time
from collections.abc import Callable
from typing import Any

from dialler import LOG
from judged import SfmConnection
from judged_streams import (
    STREAM_ACK_TOPIC,
    STREAM_CHANNEL,
    STREAM_DATA_TOPIC,
    ByteStreamer,
    CoreCell,
    Message,
    MessageHeaderKey,
    MessageType,
    RxTask,
    Stream,
    StreamDataType,
    StreamFuture,
    StreamHeaderKey,
    TxTask,
)
from output import OUT, Failed, now_us
from sends import APP_ID, payload_of
from sockets import CURRENT

CHANNEL, TOPIC = "stallproof", "stream"
STREAM_MARK = 1 << 31
"""The payload of a chunk names its stream with this bit set."""
BLOCK_BYTES = 8
OUTCOMES = (
    (re.compile("ACK made no progress for"), "no_progress"),
    (re.compile("ACK timeouts after"), "ack_wait"),
    (re.compile("Received error from"), "ack_error"),
    (re.compile("cancelled"), "cancelled"),
)
"""The words in which NVFlare tells its caller why a stream failed; any others: a send failed."""
CANCEL_WAIT_S = 1.0
"""When the harness says that NVFlare's cancel has not returned; nothing depends on it."""


def as_bytes(offset: Any) -> int | None:
    """Return an offset that NVFlare holds as a number of bytes, if it is one."""
    return int(offset) if isinstance(offset, int) else None


class Source(Stream):
    """Where a stream's bytes come from: chunk k is handed over after the k-th pause."""

    def __init__(self, request: dict[str, Any]) -> None:
        super().__init__(request["total_bytes"])
        self.name = {"conn": request["conn"], "stream": request["stream"]}
        self.number = STREAM_MARK | request["stream"]
        self.pauses_us = list(request.get("chunk_ready_us", ()))
        self.start_after_us = request.get("start_after_us", 0)
        self.made_us: int | None = None
        self.task: TxTask | None = None
        self.tasked = threading.Event()
        self.waiting = False

    def get_size(self) -> int:
        # The task that is being made asks for the size just before it reads its progress clock.
        if self.made_us is None:
            self.made_us = now_us()
            OUT.event("stream_made", self.made_us, **self.name)
        return super().get_size()

    def read(self, size: int) -> bytes:
        self.tasked.wait()
        CURRENT.stream, CURRENT.cause = self, "send_timeout"
        if self.pos == 0:
            assert self.made_us is not None
            time.sleep(max(0, self.made_us + self.start_after_us - now_us()) / 1e6)
        size = min(size, self.size - self.pos)
        if size == 0:
            return b""
        chunk = payload_of(self.number, size, self.pos // BLOCK_BYTES)
        if self.pauses_us:
            time.sleep(self.pauses_us.pop(0) / 1e6)
        self.pos += size
        OUT.event("chunk_ready", **self.name, chunk_bytes=size)
        self.look()
        return chunk

    def outstanding_bytes(self) -> int:
        assert self.task is not None
        return int(self.task.offset - self.task.offset_ack)

    def look(self) -> None:
        """Say that a wait begins if NVFlare is about to find more than its window outstanding."""
        assert self.task is not None
        outstanding_bytes = self.outstanding_bytes()
        if outstanding_bytes > self.task.window_size:
            self.waiting = True
            OUT.event("wait_begun", **self.name, outstanding_bytes=outstanding_bytes)

    def end_wait(self) -> None:
        """Say that the wait is over: the worker went on, or left."""
        if self.waiting:
            self.waiting = False
            OUT.event("wait_ended", **self.name, outstanding_bytes=self.outstanding_bytes())


class Empty(Stream):
    """The source of a task that is made for its settings alone."""

    def read(self, size: int) -> bytes:
        return b""


def on_outgoing(message: Message) -> None:
    """See a message of a stream on its way to the connection: a chunk, or the notice of an end."""
    source = getattr(CURRENT, "stream", None)
    if source is None:
        return
    if message.get_header(StreamHeaderKey.DATA_TYPE) == StreamDataType.ERROR:
        OUT.event("notice_sent", **source.name)
        return
    source.end_wait()
    begun = message.get_header(StreamHeaderKey.OFFSET) + len(message.payload or b"")
    OUT.event("chunk_begun", **source.name, offset=begun)


def tell_end(source: Source, future: StreamFuture) -> None:
    """Tell the outcome as NVFlare's future has it, at the moment when it tells its caller."""
    at_us = now_us()
    outcome, detail = "done", None
    try:
        future.result(0)
    except Exception as error:
        detail = str(error)
        outcome = next((o for words, o in OUTCOMES if words.search(detail)), "send_failed")
    assert source.task is not None
    # Of a stream that is done NVFlare takes no more ACKs, also not one that is under way.
    acknowledged = None if detail is None else as_bytes(source.task.offset_ack)
    OUT.event(
        "stream_ended", at_us, **source.name, outcome=outcome, detail=detail,
        offset=source.task.offset, acknowledged=acknowledged,
    )  # fmt: skip


class Streams:
    """The cell, its streamer, and the streams that were asked for."""

    def __init__(self, name: str) -> None:
        self.cell = CoreCell(name, "tcp://lab:1", secure=False, credentials={})
        self.cell.running = True
        self.cell.add_outgoing_request_filter(STREAM_CHANNEL, STREAM_DATA_TOPIC, on_outgoing)
        self.streamer = ByteStreamer(self.cell)
        self.sources: dict[int, Source] = {}
        self.futures: dict[int, StreamFuture] = {}
        self.due: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        threading.Thread(target=self._take_forever, daemon=True).start()

    def held(self) -> dict[str, Any]:
        """Return the values that the objects hold; the tasks made for it are never started."""
        rest = () if "reliable" not in TxTask.__init__.__code__.co_varnames else (None,)
        stream = Empty()
        sender = TxTask(self.cell, 1, CHANNEL, TOPIC, "lab", {}, stream, *rest, False, False)
        receiver = RxTask(0, "lab", self.cell)
        return {
            "streaming_ack_progress_timeout": sender.ack_progress_timeout,
            "streaming_ack_progress_check_interval": sender.ack_progress_check_interval,
            "streaming_ack_wait": sender.ack_wait,
            "streaming_window_size": sender.window_size,
            "streaming_chunk_size": self.streamer.chunk_size,
            # From 2.9 on the sender tells the receiver its interval, cut to its own window.
            "streaming_ack_interval": getattr(sender, "ack_interval", receiver.ack_interval),
        }

    def begin(self, request: dict[str, Any], conn: SfmConnection) -> None:
        """Have NVFlare make and start a stream to whoever is at the other end of `conn`."""
        source = Source(request)
        number = request["stream"]
        target = conn.sfm_endpoint.endpoint.name
        future = self.streamer.send(CHANNEL, TOPIC, target, {}, source)
        source.task = future.task_handle
        self.sources[number], self.futures[number] = source, future
        # Nothing can have ended yet: the worker is kept at its first read.
        future.add_done_callback(tell_end, source, future)
        source.task.task_future.add_done_callback(lambda _: source.end_wait())
        source.tasked.set()

    def _take_forever(self) -> None:
        """Take in ACKs one after the other, in the order in which they were asked for."""
        while True:
            self.due.get()()

    def take(self, request: dict[str, Any], conn: SfmConnection) -> None:
        """Hand an ACK to the cell as ConnManager would; say what NVFlare said about it."""
        number = request["stream"]
        if number not in self.futures:
            raise Failed(f"there is no stream {number} on {request['conn']}")
        target = conn.sfm_endpoint.endpoint
        origin = target.name if request.get("origin") is None else request["origin"]
        headers = {
            MessageHeaderKey.MSG_TYPE: MessageType.REQ,
            MessageHeaderKey.CHANNEL: STREAM_CHANNEL,
            MessageHeaderKey.TOPIC: STREAM_ACK_TOPIC,
            MessageHeaderKey.ORIGIN: origin,
            MessageHeaderKey.FROM_CELL: origin,
            MessageHeaderKey.TO_CELL: self.cell.get_fqcn(),
            MessageHeaderKey.DESTINATION: self.cell.get_fqcn(),
            MessageHeaderKey.REPLY_EXPECTED: False,
            StreamHeaderKey.STREAM_ID: self.futures[number].get_stream_id(),
            StreamHeaderKey.DATA_TYPE: StreamDataType.ACK,
            StreamHeaderKey.OFFSET: request["offset"],
        }
        if request.get("error") is not None:
            headers[StreamHeaderKey.ERROR_MSG] = request["error"]
        at_us = now_us()
        with LOG.keeping() as said:
            self.cell.process_message(target, conn.conn, APP_ID, Message(headers, None))
        OUT.event(
            "ack_received", at_us, conn=request["conn"], stream=number,
            offset=request["offset"], origin=request.get("origin"), accepted=not said,
            why="; ".join(line for line in said if "Traceback" not in line) or None,
        )  # fmt: skip

    def cancel(self, request: dict[str, Any]) -> None:
        """Call the future's own `cancel` on a thread of its own, and say what came of it."""
        number = request["stream"]
        if number not in self.futures:
            raise Failed(f"there is no stream {number} on {request['conn']}")
        source, future = self.sources[number], self.futures[number]
        answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

        def call() -> None:
            CURRENT.stream = source
            answers.put(future.cancel())

        def tell() -> None:
            try:
                text = f"StreamFuture.cancel() returned {answers.get(timeout=CANCEL_WAIT_S)}"
            except queue.Empty:
                text = f"StreamFuture.cancel() has not returned after {CANCEL_WAIT_S} s"
            OUT.event("noted", text=text, conn=request["conn"])

        threading.Thread(target=call, daemon=True).start()
        threading.Thread(target=tell, daemon=True).start()
