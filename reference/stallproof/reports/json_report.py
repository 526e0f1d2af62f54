"""The JSON report: the same bytes for the same verdicts, apart from what lies under `volatile`.

Spec: `spec/schemas/report.schema.json`.
"""

from pathlib import Path

import msgspec

from stallproof.judge.report import REPORT_SCHEMA, Report

_decoder: msgspec.json.Decoder[Report] = msgspec.json.Decoder(Report)


class ReportError(ValueError):
    """A file that is no report: the message names it and says why."""


def encode_report(report: Report) -> bytes:
    """Return `report` as indented UTF-8 with a newline at the end.

    Fields keep the order of their types and mappings are sorted, so that two reports can be
    compared line by line.
    """
    return msgspec.json.format(msgspec.json.encode(report, order="deterministic"), indent=2) + b"\n"


def read_report(path: str | Path) -> Report:
    """Read the report in the file `path`; raises `ReportError` for anything else."""
    path = Path(path)
    try:
        report = _decoder.decode(path.read_bytes())
    except OSError as error:
        raise ReportError(f"{path}: {error.strerror or error}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ReportError(f"{path}: not a report of {REPORT_SCHEMA}: {error}") from error
    if report.schema != REPORT_SCHEMA:
        raise ReportError(f"{path}: its schema is {report.schema!r}, not {REPORT_SCHEMA!r}")
    return report
