"""The pages of the JSON Schemas: each type with its fields, from the schemas themselves."""

import inspect
import json
from collections.abc import Iterator, Mapping
from typing import Any

from stallproof.cli.schema import SCHEMAS

Schema = Mapping[str, Any]


def pages() -> dict[str, str]:
    """Return one page a schema by its path."""
    return {
        f"docs/reference/schemas/{name}.md": "\n".join(_page(name, make()))
        for name, make in SCHEMAS.items()
    }


def _page(name: str, schema: Schema) -> Iterator[str]:
    yield f"# Schema: {name}\n"
    yield f"{schema['title']}. `stallproof schema {name}` prints the schema itself.\n"
    yield f"One value is: {_type(schema)}.\n"
    for title, inner in schema.get("$defs", {}).items():
        yield f"## {title}\n"
        yield from _definition(inner)


def _definition(schema: Schema) -> Iterator[str]:
    if "description" in schema:
        yield f"{inspect.cleandoc(schema['description'])}\n"
    fields = schema.get("properties", {})
    if not fields:
        yield f"{_type(schema)}\n"
        return
    yield "| field | type | if left out |\n|---|---|---|"
    required = schema.get("required", ())
    for field, inner in fields.items():
        default = f"`{json.dumps(inner['default'])}`" if "default" in inner else "no value"
        yield f"| `{field}` | {_type(inner)} | {'required' if field in required else default} |"
    yield ""


def _type(schema: Schema) -> str:
    """Return what a value of `schema` is, in one line."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return ", ".join(f"`{json.dumps(value)}`" for value in values)
    if schema.get("type") == "array":
        return f"array of {_type(schema.get('items') or {})}"
    if isinstance(values := schema.get("additionalProperties"), dict):
        return f"object of {_type(values)}"
    return str(schema.get("type", "anything"))
