"""Edits of `drivers/` that nobody could notice."""

from functools import partial

from proofs.mutants.sampling.equivalents import Equivalent

in_routes = partial(Equivalent, "reference/stallproof/drivers/stream_routes.py")
in_tls = partial(Equivalent, "reference/stallproof/drivers/tls.py")

EQUIVALENTS = (
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
