"""What makes a report a record: who ran what, where and when.

The intuition: a report that is found in an archive years later has to say by itself what it rests
on. What differs between two equal runs stands under `volatile`, so that the rest can be compared.

The complication: a command line is written down as it was given. A secret belongs into the
environment, which no report tells.
"""

import os
import platform
import shlex
import socket
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from stallproof.judge.report import Report


def recorded(
    report: Report, *, command: Sequence[str], harness: Sequence[str] | None = None
) -> Report:
    """Return `report` with the date in UTC, the host and the commands under `volatile`.

    `command`: the words that stallproof was given. `harness`: the command of the harness, `None`
    where a trace was judged and nothing was started. What `volatile` says already is kept.
    """
    told: dict[str, int | float | str] = {
        **report.volatile,
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "host": socket.gethostname(),
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processors": os.cpu_count() or 1,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "command": shlex.join(["stallproof", *command]),
    }
    if harness is not None:
        told["harness"] = shlex.join(harness)
    texts = {k: _utf8(v) if isinstance(v, str) else v for k, v in told.items()}
    return msgspec.structs.replace(report, volatile=texts)


def _utf8(text: str) -> str:
    """Return `text` with what is no Unicode escaped: a command may hold any bytes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
