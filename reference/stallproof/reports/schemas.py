"""The JSON Schemas in `spec/`, made from the types, so that code and schema cannot drift apart."""

from typing import Any

import msgspec

from stallproof.judge.report import REPORT_SCHEMA, Report
from stallproof.wire import codec

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def trace_schema() -> dict[str, Any]:
    """Return the schema of one line of a trace."""
    return {
        "$schema": DIALECT,
        "$id": f"urn:{codec.TRACE_SCHEMA}",
        "title": f"One line of a trace, {codec.TRACE_SCHEMA}",
        **codec.schema(),
    }


def report_schema() -> dict[str, Any]:
    """Return the schema of a report; `schema` is pinned to the version that this program writes."""
    made = msgspec.json.schema(Report)
    made["$defs"]["Report"]["properties"]["schema"] = {"const": REPORT_SCHEMA}
    return {
        "$schema": DIALECT,
        "$id": f"urn:{REPORT_SCHEMA}",
        "title": f"The report of a run, {REPORT_SCHEMA}",
        **made,
    }


def encode_schema(schema: dict[str, Any]) -> bytes:
    """Return `schema` as it lies in `spec/`: indented, in the order of the types."""
    return msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"
