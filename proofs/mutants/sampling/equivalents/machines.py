"""Edits of `machines/` that nobody could notice."""

from functools import partial

from proofs.mutants.sampling.equivalents import Equivalent

in_connection = partial(Equivalent, "reference/stallproof/machines/connection.py")

EQUIVALENTS = (
    in_connection(
        why="the next precondition asks for a send, and the machine of the send refuses the bytes",
        old="conn.send is not None and 0 <= wrote_bytes",
        new="conn.send is not None or 0 <= wrote_bytes",
    ),
)
