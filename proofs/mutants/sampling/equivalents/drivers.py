"""Edits of `drivers/` that nobody could notice."""

from functools import partial

from proofs.mutants.sampling.equivalents import Equivalent

in_monitor = partial(Equivalent, "reference/stallproof/drivers/monitor.py")
in_recorder = partial(Equivalent, "reference/stallproof/drivers/recorder.py")
in_routes = partial(Equivalent, "reference/stallproof/drivers/stream_routes.py")
in_tls = partial(Equivalent, "reference/stallproof/drivers/tls.py")

_CHOSEN = (
    ("reader.py", "READ_BYTES = 256 * 1024", ("256", "1024")),
    ("recorder.py", "BATCH_LINES = 512", ("512",)),
    ("tls.py", "RECORDS_BYTES = 64 * 1024", ("64", "1024")),
    ("tls.py", "RECORD_MAX_BYTES = 16 * 1024", ("16", "1024")),
    ("tls_connection.py", "SEALED_MAX_BYTES = 96 * 1024", ("96", "1024")),
    ("tls_connection.py", "REPLIES_MAX_BYTES = 64 * 1024", ("64", "1024")),
    ("io.py", "WRITE_MAX_BYTES = 1088 * 1024", ("1088", "1024")),
    ("joining.py", "JOINED_MAX_BYTES = 64 * 1024", ("64", "1024")),
    ("stream_routes.py", "ENDED_KEPT = 256", ("256",)),
)
"""Sizes that were chosen and are promised to nobody: a little more or less does the same."""


def _one_off(line: str, number: str, by: str) -> str:
    bare = number.split()[-1]
    return line.replace(number, number.replace(bare, f"({bare} {by} 1)"))


EQUIVALENTS = (
    *(
        Equivalent(
            f"reference/stallproof/drivers/{file}",
            "the size was chosen and is promised to nobody: one more or less does the same",
            old=f"\n{line}\n",
            new=f"\n{_one_off(line, number, by)}\n",
        )
        for file, line, numbers in _CHOSEN
        for number in numbers
        for by in "+-"
    ),
    in_monitor(
        why="the name of a thread is read in a debugger alone",
        old='self._io.thread(run, "monitor")',
        new='self._io.thread(run, "monitor!")',
    ),
    in_recorder(
        why="the name of a thread is read in a debugger alone",
        old='name="recorder"',
        new='name="recorder!"',
    ),
    in_routes(
        why="each step is one instruction of the interpreter, and in any order two that end at "
        "once take the two oldest away",
        old="        with self._mutex:\n            self._ended.append(stream)",
        new="        if True:\n            self._ended.append(stream)",
    ),
    in_routes(
        why="one look into a dictionary is one instruction of the interpreter",
        old="        with self._mutex:\n            return self._ends.get(stream)",
        new="        if True:\n            return self._ends.get(stream)",
    ),
    in_tls(
        why="nobody else has the session until its handshake is over",
        old="""\
        with self._mutex:
            self._incoming.write(records)
            try:
                self._layer.do_handshake()
""",
        new="""\
        if True:
            self._incoming.write(records)
            try:
                self._layer.do_handshake()
""",
    ),
)
