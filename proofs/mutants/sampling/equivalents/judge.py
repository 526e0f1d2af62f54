"""Edits of `judge/` that nobody could notice."""

from functools import partial

from proofs.mutants.sampling.equivalents import Equivalent, Family

MODEL = "reference/stallproof/judge/model/"
in_blame = partial(Equivalent, f"{MODEL}blame.py")
in_blame_heartbeats = partial(Equivalent, f"{MODEL}blame_heartbeats.py")
in_case = partial(Equivalent, f"{MODEL}case.py")
in_monitor = partial(Equivalent, f"{MODEL}monitor.py")
in_frames = partial(Equivalent, f"{MODEL}frames.py")

EQUIVALENTS = (
    Family(
        MODEL,
        "what an instant puts to the test is a set: the order of its requirements says nothing",
        kind="swapped",
        line=r"(self\.)?(world\.)?put\(",
    ),
    in_blame(
        why="one request asks for one decision, and one of another input is a stranger",
        old="scene.extra_of(DECIDED, *key[2:4])",
        new="scene.extra_of(DECIDED, *key[2:(4 - 1)])",
    ),
    in_blame_heartbeats(
        why="where nothing was heard the jump is 0, and the age is not looked at",
        old="age_us = 0 if heard_us is None",
        new="age_us = (0 + 1) if heard_us is None",
    ),
    in_case(
        why="whoever reads a script refuses an ACK that names no stream",
        old='get((asked.conn or "", -1 if asked.stream is None',
        new='get((asked.conn or "", 1 if asked.stream is None',
    ),
    in_monitor(
        why="only whether a send was ever checked is asked, and either count tells that",
        old="            frame.checks += 1\n",
        new="            frame.checks -= 1\n",
    ),
    in_frames(
        why="any negative time says that the lock was never taken",
        old="lock_us: int = -1",
        new="lock_us: int = -(1 + 1)",
    ),
)
