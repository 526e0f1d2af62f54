"""The checks of a vector's head: everything before its steps."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from stallproof.requirements.registry import PROFILES, Requirement, load_registry
from stallproof.requirements.vectors.format import KNOBS
from stallproof.wire.protocol import FEATURES
from stallproof.wire.request import VIRTUAL_TIME

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
HEAD = ("schema", "name", "requirements", "profile", "needs", "reason", "knobs", "steps")
OPTIONAL = ("found",)
IMPLIED = VIRTUAL_TIME
"""The feature that every vector takes, and none names."""


@cache
def _known() -> dict[str, Requirement]:
    return {one.id: one for one in load_registry().requirements}


def head_problems(raw: dict[str, Any], stem: str) -> Iterator[str]:
    """Yield what is wrong with the fields of a vector other than its steps; `stem` of its file."""
    for field in HEAD:
        if field not in raw:
            yield f"{field}: this field is missing"
    for field in raw:
        if field not in HEAD + OPTIONAL:
            yield f"{field}: a vector has no such field"
    yield from _name_problems(raw["name"], stem)
    yield from _requirement_problems(raw["requirements"], raw["profile"])
    yield from _need_problems(raw["needs"])
    if not isinstance(raw["reason"], str) or not raw["reason"].strip():
        yield "reason: a sentence is needed"
    if not isinstance(raw.get("found", ""), str):
        yield "found: not text"
    yield from _knob_problems(raw["knobs"])


def profile_for(ids: Any) -> str:
    """Return the profile that the requirements `ids` ask for, which need not be requirements."""
    hardened = {one.id for one in _known().values() if one.profile == "hardened"}
    asked = ids if isinstance(ids, list) else []
    return "hardened" if any(isinstance(one, str) and one in hardened for one in asked) else "seed"


def _name_problems(name: Any, stem: str) -> Iterator[str]:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield f"name: {name!r} is not lower-case words with hyphens"
    elif name != stem:
        yield f"name: {name!r} is not the name of the file, {stem!r}"


def _requirement_problems(ids: Any, profile: Any) -> Iterator[str]:
    if profile not in PROFILES:
        yield f"profile: {profile!r} is neither {' nor '.join(map(repr, PROFILES))}"
    if not isinstance(ids, list) or not ids:
        yield "requirements: a list of at least one ID is needed"
        return
    known = _known()
    for one in ids:
        if not isinstance(one, str) or one not in known:
            yield f"requirements: {one!r} is no requirement"
        elif known[one].status == "retired":
            yield f"requirements: {one} is retired: {known[one].reason}"
        elif ids.count(one) > 1:
            yield f"requirements: {one} stands there more than once"
        elif profile == "seed" and known[one].profile == "hardened":
            yield f"profile: seed, but {one} is a requirement of hardened"


def _need_problems(needs: Any) -> Iterator[str]:
    if not isinstance(needs, list):
        yield "needs: not a list"
        return
    for one in needs:
        if one == IMPLIED:
            yield f"needs: every vector takes {IMPLIED}, it is not named"
        elif not isinstance(one, str) or one not in FEATURES:
            yield f"needs: {one!r} is no feature of the protocol"
        elif needs.count(one) > 1:
            yield f"needs: {one} stands there more than once"


def _knob_problems(knobs: Any) -> Iterator[str]:
    if not isinstance(knobs, dict):
        yield "knobs: not an object"
        return
    for name, value in knobs.items():
        if name not in KNOBS:
            yield f"knobs: {name!r} is no knob of a script"
        elif isinstance(KNOBS[name], bool) != isinstance(value, bool) or not isinstance(
            value, (bool, int, float)
        ):
            kind = "true or false" if isinstance(KNOBS[name], bool) else "a number"
            yield f"knobs: {name} is {value!r}, which is not {kind}"
