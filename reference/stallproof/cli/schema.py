"""The command `stallproof schema`: the JSON Schemas of what stallproof reads and writes."""

import sys
from typing import Literal

from cyclopts import App

from stallproof.reports import schemas
from stallproof.reports.configuration import configuration_schema
from stallproof.reports.output import emit
from stallproof.reports.vectors import vector_schema

app = App(name="schema", help_epilogue="Example: stallproof schema trace")
SCHEMAS = {
    "trace": schemas.trace_schema,
    "report": schemas.report_schema,
    "configuration": configuration_schema,
    "vector": vector_schema,
}
"""What makes each schema."""


@app.default
def schema(of: Literal["trace", "report", "configuration", "vector"], /) -> int:
    """Print a JSON Schema: a trace's line, the report, what `config` says, or a vector."""
    emit(sys.stdout, schemas.encode_schema(SCHEMAS[of]()).decode())
    return 0
