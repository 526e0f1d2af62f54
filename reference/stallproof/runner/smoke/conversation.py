"""What a harness does with lines that are no requests, asked in one go from the outside.

Spec: `spec/protocol.md`, rules 1, 2 and 8.
"""

import json
import subprocess
from collections.abc import Sequence
from typing import Any

from stallproof.runner.smoke.check import Check, broken, sound
from stallproof.runner.smoke.deciding import machines_of
from stallproof.runner.sut.breakage import show
from stallproof.runner.sut.command import as_taken
from stallproof.wire.operations import DECIDE
from stallproof.wire.protocol import PROTOCOL, TRANSPORTS, Hello

NAME = "nonsense"
WITHIN_S = 20.0
_Line = tuple[bytes, int | None, str | None]
"""A line with the id of its answer, and the error that has to be in it."""


def _lines(hello: Hello) -> list[_Line]:
    """Return what is written; the request with bad fields is one that `hello` declares."""
    lines: list[_Line] = [
        (json.dumps({"id": 1, "op": "hello", "protocol": PROTOCOL}).encode(), 1, None),
        (b"this is no JSON", None, None),
    ]
    if not {*TRANSPORTS}.isdisjoint(hello.features):
        lines.append((b'{"id":2,"op":"send","conn":7}', 2, "failed"))
    elif machines := machines_of(hello):
        bad = {"id": 2, "op": DECIDE, "machine": machines[0], "input": 7}
        lines.append((json.dumps(bad).encode(), 2, "failed"))
    lines.append((b'{"id":3,"op":"juggle"}', 3, "unsupported"))
    lines.append((b'{"id":4,"op":"stop"}', 4, None))
    return lines


def survives_nonsense(command: Sequence[str], hello: Hello) -> Check:
    """Write good and bad lines and see that each is answered as it should be."""
    lines = _lines(hello)
    given = b"\n".join([*(line for line, _, _ in lines), b""])
    try:
        run = subprocess.run(
            list(command), input=given, capture_output=True, timeout=WITHIN_S, check=False,
            cwd=as_taken(command).cwd,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return broken(
            NAME,
            f"It had not ended {WITHIN_S:g} s after 'stop' and the end of its input.",
            "Read on after a line that is no request, and exit after 'stop' or at end of file.",
        )
    except OSError as error:
        return broken(NAME, f"It cannot be started: {error}.", "Look at the command.")
    return _judged(lines, run.stdout, run.returncode)


def _judged(lines: Sequence[_Line], output: bytes, status: int) -> Check:
    """Say what is wrong with the answers, if anything is."""
    answers: dict[Any, dict[str, Any]] = {}
    for line in output.splitlines():
        try:
            said = json.loads(line)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            return broken(
                NAME,
                f"It wrote a line that is no JSON object: {show(line)}",
                "Standard output is the protocol's alone: send everything else to standard error.",
            )
        if "event" not in said:
            answers[said.get("id")] = said
    for line, ident, error in lines:
        if ident is None:
            continue
        answer = answers.get(ident)
        asked = line.decode()
        if answer is None:
            return broken(
                NAME,
                f"There was no answer to {asked} after a line that is no JSON; it ended with "
                f"status {status}.",
                "Answer a bad line with 'failed' (its id, or 0), and read on.",
            )
        if answer.get("error") != error:
            return broken(
                NAME,
                f"The answer to {asked} has the error {answer.get('error')!r}, not {error!r}.",
                "'unsupported' is for what it does not know or have, 'failed' for what went wrong.",
            )
    if status != 0:
        return broken(NAME, f"It ended with status {status}.", "Exit with status 0 after 'stop'.")
    return sound(NAME, "Lines that are no requests are answered as such, and it reads on.")
