"""`stallproof conform --smoke`: whether a harness is sound, said check by check as it is found."""

import sys
from collections.abc import Sequence
from contextlib import closing

from stallproof.cli.codes import INCOMPLETE, complain
from stallproof.reports.output import emit, is_colored, require_outputs, width_of, write_out
from stallproof.reports.smoke import encode_smoke, render_check, render_whole
from stallproof.runner.smoke import Check, is_sound
from stallproof.runner.smoke import smoked as checks_of
from stallproof.runner.sut.ending import Ended, interrupted, may_end


def smoked(command: Sequence[str], json: str | None, *, quiet: bool = False) -> int:
    """Smoke the harness `command`; return 0 if it is sound, 3 if not, for that is no verdict.

    `quiet`: only what is broken is shown, and the last line.
    """
    require_outputs({"--json": json}, inputs=())
    stream = sys.stderr if json == "-" else sys.stdout
    width, color = width_of(stream), is_colored(stream)
    checks: list[Check] = []
    try:
        with closing(checks_of(command)) as made, may_end():
            for check in made:
                checks.append(check)
                if not quiet or check.state == "broken":
                    emit(stream, render_check(check, width=width, color=color))
    except Ended as why:
        complain(f"interrupted {why}; not all was looked at", INCOMPLETE)
    whole = interrupted() is None
    emit(stream, render_whole(checks, width=width, color=color, whole=whole))
    if json is not None:
        try:
            if not write_out(encode_smoke(checks, whole=whole), json):
                return INCOMPLETE
        except OSError as error:
            return complain(f"--json {json}: {error.strerror or error}", INCOMPLETE)
    return 0 if whole and is_sound(checks) else INCOMPLETE
