"""The law of a job's metadata (group MD).

Spec: `spec/md.md`.
"""

import json
from collections.abc import Mapping
from typing import Any

from stallproof.judge.rules.machines.verdict import Verdict

FIELDS = dict.fromkeys(("action", "clients", "reason"), "MD-1")
_EXPECTED = ({"mapping"}, {"object"}, {"dict"})
_NAMED = ({"job_clients"}, {"JOB_CLIENTS"}, {"client"}, {"clients"})
_OPENS = {"{": "an object", "[": "a list", '"': "a text", "t": "a boolean", "f": "a boolean"}


def law(given: Mapping[str, Any]) -> Verdict | None:
    """Return the verdict on `metadata`, which may be any JSON."""
    if given.keys() != {"metadata"}:
        return None
    metadata = given["metadata"]
    if not isinstance(metadata, dict):
        why = f"the metadata of a job are an object, and not {_kind(metadata)}"
        return _refused("no-mapping", why, _EXPECTED)
    if "job_clients" not in metadata:
        return _refused("no-list", "the metadata have no job_clients", _NAMED)
    names = metadata["job_clients"]
    if not isinstance(names, list):
        why = f"job_clients is a list of names, and not {_kind(names)}"
        return _refused("no-list", why, _NAMED)
    as_objects = any(isinstance(one, dict) for one in names)
    names = [one["name"] if isinstance(one, dict) and "name" in one else one for one in names]
    wrong = [
        place for place, name in enumerate(names) if _kind(name) != "a text" or _is_blank(name)
    ]
    twice = [place for place, name in enumerate(names) if name in names[:place]]
    if wrong and wrong[0] <= min(twice, default=wrong[0]):
        kind = "a blank text" if _kind(names[wrong[0]]) == "a text" else _kind(names[wrong[0]])
        why = f"job_clients has {kind} instead of a name at {wrong[0]}"
        return _refused("no-name", why, _NAMED)
    if twice:
        why = f"job_clients has the name {names[twice[0]]} a second time at {twice[0]}"
        return _refused("doubled", why, (*_NAMED, {names[twice[0]]}))
    accepted = {"action": "accept", "clients": names, "reason": ""}
    situation = "objects" if as_objects else "proper"
    return Verdict(accepted, {"MD-1": situation}, FIELDS, {"reason": [()]})


def _is_blank(name: str) -> bool:
    return all(letter == " " for letter in name)


def _refused(situation: str, why: str, words: tuple[set[str], ...]) -> Verdict:
    decided = {"action": "refuse", "clients": [], "reason": why}
    return Verdict(decided, {"MD-1": situation}, FIELDS, {"reason": words})


def _kind(value: Any) -> str:
    """Return what a value is, read off its first character as JSON."""
    written = json.dumps(value)
    if written == '""':
        return "an empty text"
    return "null" if value is None else _OPENS.get(written[0], "a number")
