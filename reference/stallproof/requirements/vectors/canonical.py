"""The one way in which a vector is written down, so that equal vectors are equal bytes.

A vector is read by people and compared by hash. So the order of keys is that of the format, what
equals its default is left out, and each step, each decision and each field of an answer has a line
of its own: a change shows in a diff as the lines that changed.

Spec: `spec/vectors/README.md`, "Canonical form".
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from stallproof.requirements.vectors.format import KNOBS, Step, Vector
from stallproof.wire.events import DECISIVE
from stallproof.wire.operations import OPERATIONS

FIELDS: dict[str, tuple[msgspec.structs.FieldInfo, ...]] = {
    op: msgspec.structs.fields(kind) for op, kind in OPERATIONS.items()
}
"""The fields of each request of the protocol by its `op`."""


def encode_vector(vector: Vector) -> bytes:
    """Return `vector` as the bytes of its file."""
    lines = [f'  "{name}": {_inline(value)}' for name, value in _head(vector)]
    steps = ",\n".join(f"    {_step(step)}" for step in vector.steps)
    lines.append('  "steps": [' + (f"\n{steps}\n  ]" if steps else "]"))
    if vector.found is not None:
        lines.append(f'  "found": {_inline(vector.found)}')
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _head(vector: Vector) -> Iterable[tuple[str, Any]]:
    yield "schema", vector.schema
    yield "name", vector.name
    yield "requirements", vector.requirements
    yield "profile", vector.profile
    yield "needs", sorted(vector.needs)
    yield "reason", vector.reason
    yield "knobs", {name: vector.knobs[name] for name in KNOBS if name in vector.knobs}


def _step(step: Step) -> str:
    parts = [f'"at_us": {step.at_us}']
    if step.do is not None:
        parts.append(f'"do": {_inline(request_in_order(step.do))}')
    if step.expect:
        lines = ",\n".join(f"      {_inline(decision_in_order(one))}" for one in step.expect)
        parts.append(f'"expect": [\n{lines}\n    ]')
    if step.answer is not None:
        fields = ",\n".join(
            f"      {_inline(name)}: {_inline(_sorted(step.answer[name]))}"
            for name in sorted(step.answer)
        )
        parts.append(f'"answer": {{\n{fields}\n    }}' if fields else '"answer": {}')
    return "{" + ", ".join(parts) + "}"


def request_in_order(do: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request with its fields in the protocol's order, without those left at default."""
    ordered: dict[str, Any] = {"op": do["op"]}
    for field in FIELDS[do["op"]]:
        if field.name in do and not _is_default(field, do[field.name]):
            ordered[field.name] = _sorted(do[field.name])
    return ordered


def decision_in_order(decision: Mapping[str, Any]) -> dict[str, Any]:
    """Return a decision as event, time, and the fields that count, in the order of the format."""
    names = ("event", "at_us", *DECISIVE[decision["event"]])
    return {name: decision[name] for name in names}


def _is_default(field: msgspec.structs.FieldInfo, value: Any) -> bool:
    if field.required:
        return False
    default = field.default
    if default is msgspec.NODEFAULT:
        assert field.default_factory is not msgspec.NODEFAULT
        default = field.default_factory()
    # 1 and true are equal in Python, and are not the same JSON.
    return type(value) is type(default) and bool(value == default)


def _sorted(value: Any) -> Any:
    """Sort the keys of objects within `value`, whose order means nothing."""
    if isinstance(value, Mapping):
        return {name: _sorted(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_sorted(one) for one in value]
    return value


_inline = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
