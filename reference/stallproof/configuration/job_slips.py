"""What would be lost in silence in a file of a job: slips of the pen, and knobs in the wrong place.

Files of jobs hold keys of everybody's own, so that only the long names of knobs are compared, and
only at the top: the arguments of a component are checked by the component.

Spec: `spec/cf.md`, "The knobs of a job".
"""

from collections.abc import Iterable, Iterator, Mapping

from stallproof.configuration.job_table import (
    ALIASES,
    ARGUMENTS,
    JOB_NAMES,
    LIFETIME,
    PREFIXES,
    REQUEST,
    TOP,
    FileKind,
)
from stallproof.configuration.job_tree import Part, references_of
from stallproof.configuration.job_values import place_of, refused
from stallproof.configuration.names import DISTANCE_MAX, nearest
from stallproof.configuration.sources import PREFIX, KnobRefused, Pairs, variables_of
from stallproof.configuration.table import KNOBS
from stallproof.configuration.values import shown

LONG = 16
"""Shorter names are not compared: too many keys of somebody else are near to them."""
META_NAMES = frozenset({"min_clients", "mandatory_clients", "deploy_map"})


_LONG_NAMES = tuple(name for name in TOP if len(name) >= LONG)


def slips_of_variables(environment: Mapping[str, str]) -> Iterator[KnobRefused]:
    """Refuse each variable that is close to that of a knob at the top of a file, and none."""
    for variable, rest, _ in variables_of(environment):
        name = rest.lower()
        knob = nearest(name, _LONG_NAMES)
        is_other = name not in TOP and _is_of_downloads(name)
        if knob is not None and not is_other and rest != knob.upper():
            allowed = f"the name {PREFIX}{knob.upper()}"
            message = f"{shown(variable)} is refused, since it looks like {PREFIX}{knob.upper()}"
            yield KnobRefused(knob, variable, allowed, f"{message} misspelt; allowed: {allowed}")


def slips(tree: Pairs, file: FileKind) -> Iterator[KnobRefused]:
    """Refuse each key at the top of a file that is close to a knob, and none."""
    known = META_NAMES if file is FileKind.META else frozenset(_LONG_NAMES)
    referred = references_of(tree)
    for name in dict.fromkeys(name for name, _ in tree.entries):
        knob = None if name in referred or _is_of_downloads(name) else nearest(name, sorted(known))
        if knob is not None and name not in known | TOP.keys():
            allowed = f"the name {knob}, or one more than {DISTANCE_MAX} characters away from it"
            message = f"{shown(name)} in {file.value} is refused, since it looks like {knob}"
            yield KnobRefused(knob, name, allowed, f"{message} misspelt; allowed: {allowed}")


def _is_of_downloads(name: str) -> bool:
    """Tell whether `name` is that of a knob of downloads, for whatever library."""
    return name.endswith((REQUEST, LIFETIME))


def misnamed(names: Iterable[str], file: FileKind) -> Iterator[KnobRefused]:
    """Refuse each name that the sources use for a knob, and that nobody reads from `file`."""
    for name in names:
        meant = ALIASES.get(name)
        if meant is not None and meant[0] is file is FileKind.META:
            allowed = f"the name {meant[1]}"
            message = f"{name} in {file.value} is refused, since nobody reads it there"
            yield KnobRefused(name, name, allowed, f"{message}; allowed: {allowed}")


def misplaced(part: Part, file: FileKind) -> Iterator[KnobRefused]:
    """Refuse each knob of the top that stands in `part`, an object that is no component's."""
    for name, value in part.pairs.entries:
        if name in TOP and len(name) >= LONG:
            yield refused(name, value, "the top of the file", place_of(file, part.where))


def elsewhere(tree: Pairs, file: FileKind) -> Iterator[str]:
    """Note each key at the top of a file that is a knob, and that nobody reads there.

    What the file refers to by its name is read there after all.
    """
    referred = references_of(tree)
    for name in dict.fromkeys(name for name, _ in tree.entries):
        if name in referred:
            continue
        if name in KNOBS:
            yield f"{name} in {file.value} is not read there, but in {FileKind.COMM.value}"
        elif name in TOP and file not in TOP[name].files:
            yield f"{name} in {file.value} is not read there, but in {TOP[name].files[0].value}"
        elif name in (REQUEST, LIFETIME):
            names = " or ".join(prefix + name for prefix in PREFIXES)
            yield f"{name} in {file.value} is read by nobody; {names} is"
        elif name in ("min_clients", "mandatory_clients", "min_sites", "required_sites"):
            known = ALIASES.get(name, (FileKind.META, name))[1]
            also = ", or in arguments" if name == "min_clients" else ""
            yield f"{name} in {file.value} is not read there, but as {known} in meta.json{also}"
        elif name in ARGUMENTS:
            yield f"{name} in {file.value} is not read there, but in the arguments of a component"
        elif name == "client_memory_gc_rounds":
            yield f"{name} in {file.value} is read by nobody; memory_gc_rounds in arguments is"


def unknown(by_hand: Iterable[str]) -> Iterator[KnobRefused]:
    """Refuse what was set by hand and is no knob of a job."""
    for name in by_hand:
        if name not in JOB_NAMES:
            meant = nearest(name, sorted(JOB_NAMES))
            hint = "" if meant is None else f"; did you mean {meant}?"
            message = f"{shown(name)} in --set is no knob{hint}; allowed: the name of a knob"
            yield KnobRefused(meant or name, name, "the name of a knob", message)
