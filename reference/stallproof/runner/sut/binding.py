"""An implementation's own names and units for knobs, where it meets the oracle.

The intuition: the law speaks of knobs by what they do, and everybody calls them something else.
The oracle thinks in the names of `spec/cf.md`; what goes to a harness that has declared a binding
is put into its words, and what it answers is put back. A trace has the oracle's names alone.

The complication: a unit must not cost a microsecond. Values are converted as decimals, and one that
is whole in its unit is told as a whole number.

Spec: `spec/protocol.md`, "A binding of one's own".
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from stallproof.requirements.knobs import KNOBS
from stallproof.wire.protocol import Binding, Hello

_IN_A_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_NAME_MAX_CHARACTERS = 200


def binding_fault(hello: Hello) -> str | None:
    """Say what is wrong with the binding that `hello` declares, `None` if nothing is."""
    if hello.binding is None:
        return None
    if "config" in hello.features:
        return "it declares the feature config, whose files have NVFlare's names, and its own names"
    for knob, own in hello.binding.knobs.items():
        if knob not in KNOBS:
            return f"its binding names a knob {knob!r} that nobody knows; known are {_told(KNOBS)}"
        if own.unit != "s" and not KNOBS[knob].is_time:
            return f"its binding gives {knob} a unit of time, and it is none"
        if not own.name.strip() or len(own.name) > _NAME_MAX_CHARACTERS:
            return f"a name in its binding must have 1 to {_NAME_MAX_CHARACTERS} characters"
    names = [one.name for one in hello.binding.knobs.values()]
    others = KNOBS.keys() - hello.binding.knobs.keys()
    if len(names) != len(set(names)) or not others.isdisjoint(names):
        return "one name in its binding means two knobs"
    return None


def _told(names: Iterable[str]) -> str:
    return ", ".join(names)


def notes_on(binding: Binding | None) -> list[str]:
    """Return a sentence for the report on what the knobs are called, none without a binding."""
    if binding is None or not binding.knobs:
        return []
    told = (
        f"{knob} is {own.name!r}" + (f" in {own.unit}" if KNOBS[knob].is_time else "")
        for knob, own in binding.knobs.items()
    )
    return [f"It calls its knobs by names of its own: {_told(told)}."]


def in_its_words(binding: Binding | None, op: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the `fields` of a request as the implementation calls them."""
    if binding is None or op != "config" or "knobs" not in fields:
        return fields
    return fields | {
        "knobs": {
            _own_name(binding, knob): _to_unit(binding, knob, value)
            for knob, value in fields["knobs"].items()
        }
    }


def understood(binding: Binding | None, op: str, reply: dict[str, Any]) -> dict[str, Any]:
    """Return a reply in the oracle's names and units; what is no knob stays as it is."""
    if binding is None or op != "config":
        return reply
    known = {own.name: knob for knob, own in binding.knobs.items()}
    changed: dict[str, Any] = {}
    if isinstance(reply.get("effective"), dict):
        changed["effective"] = {
            known.get(name, name): _to_seconds(binding, known.get(name, name), value)
            for name, value in reply["effective"].items()
        }
    if isinstance(reply.get("knob"), str):
        changed["knob"] = known.get(reply["knob"], reply["knob"])
    return reply | changed


def _own_name(binding: Binding, knob: str) -> str:
    return binding.knobs[knob].name if knob in binding.knobs else knob


def _factor(binding: Binding, knob: str) -> int:
    return _IN_A_SECOND[binding.knobs[knob].unit] if knob in binding.knobs else 1


def _to_unit(binding: Binding, knob: str, value: Any) -> Any:
    factor = _factor(binding, knob)
    if factor == 1:
        return value
    own = Decimal(str(value)) * factor
    return int(own) if own == own.to_integral_value() else float(own)


def _to_seconds(binding: Binding, knob: str, value: Any) -> Any:
    factor = _factor(binding, knob)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value / factor if is_number and factor != 1 else value
