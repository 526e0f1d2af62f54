"""The process in which a worker has parts played, one after the other.

The stall it guards against: a worker that is killed leaves its harness behind. Nothing of a killed
process runs any more, so the harness belongs to this one, which ends it with itself as soon as its
standard input ends. That happens however the worker ends.

The complication: whoever is gone never comes back for it. So it also ends when it was given nothing
to do for a while.
"""

import os
import pickle
import signal
import struct
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import IO, Any

from stallproof.runner.sut.descendants import adopt, end_all_below

IDLE_S = 120
"""So long it waits for something to do."""
LENGTH = struct.Struct(">Q")

Task = tuple[Callable[..., Any], tuple[Any, ...]]


def send(stream: IO[bytes], value: object) -> None:
    """Write `value` to `stream`."""
    data = pickle.dumps(value)
    stream.write(LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Return what was sent; raises `EOFError` where the other side is gone."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    (length,) = LENGTH.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)


def _listen(orders: IO[bytes], tasks: "SimpleQueue[Task]") -> None:
    try:
        while True:
            tasks.put(receive(orders))
    except EOFError:
        _end()


def _end(*_signal: object) -> None:
    """End this process, and before it all that it has started."""
    end_all_below(os.getpid())
    os._exit(0)


def main() -> None:
    """Carry out what comes on standard input; each answer is whether it is an error, and what."""
    adopt()
    signal.signal(signal.SIGALRM, _end)
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever prints meanwhile must not be taken for an answer.
    os.dup2(2, 1)
    tasks: SimpleQueue[Task] = SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, tasks), daemon=True).start()
    while True:
        signal.alarm(IDLE_S)
        function, arguments = tasks.get()
        signal.alarm(0)
        try:
            answer = (False, function(*arguments))
        except Exception as error:
            answer = (True, f"{error}")
        send(answers, answer)


if __name__ == "__main__":
    main()
