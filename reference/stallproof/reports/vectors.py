"""Vectors as people read them, the list of them for programs, and the schema of a vector file.

Spec: `spec/vectors/README.md`.
"""

import difflib
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from stallproof.reports.schemas import DIALECT
from stallproof.requirements.vectors.canonical import decision_in_order, request_in_order
from stallproof.requirements.vectors.format import KNOBS, VECTOR_SCHEMA, Step, Vector
from stallproof.requirements.vectors.heads import IMPLIED, NAME
from stallproof.requirements.vectors.steps import TIME_MAX_US, VIRTUAL
from stallproof.wire.events import DECISIVE, IMPLEMENTATION
from stallproof.wire.operations import OPERATIONS
from stallproof.wire.protocol import FEATURES

LIST_SCHEMA = "stallproof.vector-list/1"
WIDTH_MAX = 100


def render_list(vectors: Sequence[Vector]) -> str:
    """Return one line for each vector, and how many there are for how many requirements."""
    wide = max((len(vector.name) for vector in vectors), default=0)
    lines = [
        f"{vector.name:<{wide}}  {vector.profile:<8}  {' '.join(vector.requirements)}"
        for vector in vectors
    ]
    named = {requirement for vector in vectors for requirement in vector.requirements}
    lines.append(f"{len(vectors)} vectors for {len(named)} requirements")
    return "\n".join(lines) + "\n"


def encode_list(vectors: Sequence[Vector]) -> bytes:
    """Return the list for programs: each vector with its head, without its steps."""
    entries = [
        {
            "name": vector.name,
            "requirements": vector.requirements,
            "profile": vector.profile,
            "needs": vector.needs,
            "reason": vector.reason,
            "steps": len(vector.steps),
        }
        for vector in vectors
    ]
    whole = {"schema": LIST_SCHEMA, "vectors": entries}
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


def render_vector(vector: Vector, *, width: int) -> str:
    """Return one vector as text: what it is for, what is asked for, and what has to be said."""
    lines = [f"{vector.name}  ({', '.join(vector.requirements)}; {vector.profile})"]
    lines += textwrap.wrap(
        vector.reason,
        min(max(width, 40), WIDTH_MAX),
        initial_indent="    ",
        subsequent_indent="    ",
        break_on_hyphens=False,
    )
    if vector.needs:
        lines.append(f"needs  {', '.join(vector.needs)}")
    lines += [f"knob   {name} = {_shown(value)}" for name, value in vector.knobs.items()]
    for step in vector.steps:
        lines += _step(step)
    return "\n".join(lines) + "\n"


def render_changes(changes: Mapping[Path, tuple[bytes, bytes]]) -> str:
    """Return how each file would change, as a diff, and how many would."""
    lines = [
        line
        for path, (before, after) in changes.items()
        for line in difflib.unified_diff(
            before.decode(errors="backslashreplace").splitlines(),
            after.decode().splitlines(),
            f"{path}",
            f"{path} (filled)",
            lineterm="",
        )
    ]
    lines.append(f"{len(changes)} files would change" if changes else "nothing would change")
    return "\n".join(lines) + "\n"


def _step(step: Step) -> Iterator[str]:
    if step.do is None:
        yield f"{step.at_us:>12}  time passes"
    else:
        ordered = request_in_order(step.do)
        fields = " ".join(f"{name}={_shown(ordered[name])}" for name in ordered if name != "op")
        yield f"{step.at_us:>12}  {ordered['op']} {fields}".rstrip()
    for decision in step.expect:
        ordered = decision_in_order(decision)
        fields = " ".join(
            f"{name}={_shown(ordered[name])}" for name in ordered if name not in ("event", "at_us")
        )
        yield f"{'':>12}    {ordered['at_us']:>12}  {ordered['event']} {fields}".rstrip()
    for name, value in sorted((step.answer or {}).items()):
        yield f"{'':>12}    {name}: {_shown(value)}"


def _shown(value: Any) -> str:
    return value if isinstance(value, str) and value else msgspec.json.encode(value).decode()


def vector_schema() -> dict[str, Any]:
    """Return the JSON Schema of a vector file, made from the types of protocol and trace."""
    played = [kind for kind in OPERATIONS.values() if kind.in_vectors]
    said = {event: IMPLEMENTATION[event] for event in DECISIVE}
    (*_, whole), parts = msgspec.json.schema_components(
        [*played, *said.values(), Step, Vector], ref_template="#/$defs/{name}"
    )
    for kind in played:
        _without_id(parts[kind.__name__])
    for event in DECISIVE:
        _narrow(parts[said[event].__name__], ("event", "at_us", *DECISIVE[event]))
    step = parts["Step"]["properties"]
    step["at_us"] |= {"minimum": 0, "maximum": TIME_MAX_US}
    step["do"] = _either([kind.__name__ for kind in played])
    step["do"]["oneOf"].append({"type": "null"})
    parts["OpenRequest"]["properties"]["transport"] = {"const": VIRTUAL}
    step["expect"]["items"] = _either([kind.__name__ for kind in said.values()])
    _pin(parts["Vector"]["properties"])
    return {
        "$schema": DIALECT,
        "$id": f"urn:{VECTOR_SCHEMA}",
        "title": f"A conformance vector, {VECTOR_SCHEMA}",
        **whole,
        "$defs": parts,
    }


def _either(names: Sequence[str]) -> dict[str, Any]:
    return {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in names]}


def _without_id(part: dict[str, Any]) -> None:
    """A script names no request: the player counts them."""
    del part["properties"]["id"]
    part["required"] = [name for name in part["required"] if name != "id"]
    part["additionalProperties"] = False


def _narrow(part: dict[str, Any], fields: Sequence[str]) -> None:
    """Only the fields that count are written down, and all of them."""
    part["properties"] = {name: part["properties"][name] for name in fields}
    for field in part["properties"].values():
        field.pop("default", None)
    part["required"] = list(fields)
    part["additionalProperties"] = False


def _pin(properties: dict[str, Any]) -> None:
    properties["name"]["pattern"] = f"^{NAME.pattern}$"
    properties["requirements"] |= {"minItems": 1, "uniqueItems": True}
    properties["requirements"]["items"]["pattern"] = "^[A-Z]{2}-[1-9][0-9]*$"
    features = sorted(FEATURES - {IMPLIED})
    properties["needs"] |= {"uniqueItems": True, "items": {"enum": features}}
    properties["steps"]["minItems"] = 1
    properties["knobs"] = {
        "type": "object",
        "properties": {
            name: {"type": "boolean" if isinstance(value, bool) else "number", "default": value}
            for name, value in KNOBS.items()
        },
        "additionalProperties": False,
    }
