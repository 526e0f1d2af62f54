"""The law of the start gate (group SG), client by client.

Spec: `spec/sg.md`.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from stallproof.judge.rules.machines.verdict import Verdict

FIELDS = {"deployment": "SG-1", "start": "SG-2", "matching": "SG-3"}
"""What the decision is about, and the requirement that judges it."""
_NAMES = ("clients", "missing", "action", "reason")
_KINDS = {
    "phase": str, "clients": list, "replies": list, "min_sites": int, "required_sites": list,
    "strict": bool,
}  # fmt: skip


def law(given: Mapping[str, Any]) -> Verdict | None:
    """Return the verdict on who takes part in a job after deployment, or after the start."""
    if not _means_something(given):
        return None
    asked, replies = {*given["clients"]}, given["replies"]
    times = Counter(name for name, _ in replies)
    again = sorted(name for name in asked if times[name] > 1)
    unknown = sorted(times.keys() - asked)
    if again or unknown:
        wrong = _lists({"replied twice": again, "not asked": unknown})
        decided = {"clients": [], "missing": [], "action": "refuse", "reason": f"refused{wrong}"}
        situation = "twice" if again else "stranger"
        named = {"reason": [{*again, *unknown}]}
        return Verdict(decided, {"SG-3": situation}, dict.fromkeys(_NAMES, "SG-3"), named)
    return _of_those_asked(given, dict(replies))


def _of_those_asked(given: Mapping[str, Any], said: dict[str, str]) -> Verdict:
    """Return the verdict where each reply is the only one of a client that was asked."""
    asked, least, strict = given["clients"], given["min_sites"], given["strict"]
    deploys = given["phase"] == "deploy"
    active = [name for name in asked if said.get(name) == "ok"]
    failed = sorted(name for name in said if said[name] == "error")
    silent = sorted(name for name in asked if name not in said) if deploys or strict else []
    needed = sorted({*given["required_sites"]}.intersection(failed + silent))
    too_few = (deploys or strict) and len(active) < least
    missing, own = sorted(failed + silent), "SG-1" if deploys else "SG-2"
    aborts = too_few or bool(needed) or (bool(failed) and not deploys)
    shown = needed if deploys or strict else []
    reason = f": {len(active)} of {len(asked)} active, {least} needed" + _lists(
        {"failed": failed, "timed out": silent, "required": shown if aborts else []}
    )
    reason = f"{'aborted' if aborts else 'going on'}{reason}" if aborts or missing else ""
    grounds = [{*missing}]
    if aborts:
        alone = needed if deploys else needed + failed
        grounds = [{name} for name in alone]
        grounds += [{str(len(active)), str(least), *missing}] if too_few else []
    decided = {
        "clients": [] if aborts else active,
        "missing": missing,
        "action": "abort" if aborts else "go_on",
        "reason": reason,
    }
    fields = dict.fromkeys(_NAMES, own)
    tested = {own: situation} if (situation := _situation(given, said, decided, too_few)) else {}
    if [name for name in asked if name in said] != [name for name, _ in given["replies"]]:
        tested["SG-3"] = "out-of-order"
        fields |= {"clients": "SG-3", "missing": "SG-3"}
    return Verdict(decided, tested, fields, {"reason": grounds})


def _situation(
    given: Mapping[str, Any], said: dict[str, str], decided: Mapping[str, Any], too_few: bool
) -> str | None:
    """Return what the input puts to the test beside the matching of names."""
    silent, strict = len(said) < len(given["clients"]), given["strict"]
    failed = "error" in said.values()
    if given["phase"] == "deploy":
        if decided["action"] == "abort":
            return "too-few" if too_few else "required"
        return "no-reply" if silent else "failed" if failed else None
    if failed:
        return "error"
    if not strict:
        return "off" if silent else None
    if decided["action"] == "abort":
        return "too-few" if too_few else "required"
    return "stragglers" if silent else None


def _lists(lists: Mapping[str, list[str]]) -> str:
    return "".join(f"; {what}: {', '.join(names)}" for what, names in lists.items() if names)


def _means_something(given: Mapping[str, Any]) -> bool:
    """Tell whether each is asked once, by a name, and what is required of those asked."""
    if given.keys() != _KINDS.keys():
        return False
    if any(type(given[name]) is not kind for name, kind in _KINDS.items()):
        return False
    asked, required = given["clients"], given["required_sites"]
    pairs = given["replies"]
    return (
        given["phase"] in ("deploy", "start")
        and given["min_sites"] >= 0
        and all(isinstance(name, str) for name in (*asked, *required))
        and "" not in asked
        and len(asked) == len({*asked})
        and {*required} <= {*asked}
        and all(type(pair) is list and len(pair) == 2 for pair in pairs)
        and all(isinstance(name, str) and said in ("ok", "error") for name, said in pairs)
    )
