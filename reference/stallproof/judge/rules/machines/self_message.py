"""The law of messages to oneself (group SM).

Spec: `spec/sm.md`.
"""

from collections.abc import Mapping
from typing import Any

from stallproof.judge.rules.machines.verdict import Verdict

FIELDS = {"way": "SM-1", "result": "SM-1"}


def law(given: Mapping[str, Any]) -> Verdict | None:
    """Return the verdict on one message that is submitted where the `names` are one's own."""
    if given.keys() != {"names", "sender", "to", "topic", "handlers"}:
        return None
    names, handlers = given["names"], given["handlers"]
    if not isinstance(names, list) or not names or not isinstance(handlers, dict):
        return None
    to, topic, sender = given["to"], given["topic"], given["sender"]
    if not all(isinstance(one, str) for one in (*names, to, topic, sender)):
        return None
    if not all(_is_result(one) for one in handlers.values()):
        return None
    result = handlers.get(topic, ["unhandled", topic])
    if to not in names:
        folded = {name.strip().casefold() for name in names}
        alike = to.strip().casefold() in folded or any(to in name or name in to for name in names)
        decision = {"way": "send", "result": result}
        return Verdict(decision, {"SM-1": "alike" if alike else "another"}, FIELDS)
    situation = "by-name" if to == names[0] else "by-alias"
    if sender not in names:
        situation = "passed-on"
    if result[0] != "returned":
        situation = result[0]
    return Verdict({"way": "local", "result": result}, {"SM-1": situation}, FIELDS)


def _is_result(one: object) -> bool:
    if not isinstance(one, list) or len(one) != 2:
        return False
    return one[0] in ("returned", "raised") and isinstance(one[1], str)
