"""From the files of a job to its knobs: as strict as for `comm_config.json`, in nested files.

The stall it guards against: a job of 144 clients that one late client aborts, because the tolerance
that was meant for it stands under a name, or in a place, that nobody reads.

The use: `examine_job` for the texts of the files that there are; it returns every refusal at once.

The complication: files of jobs hold keys of everybody's own. So only what is lost in silence is
refused; what a component does with its arguments is its own matter.

Spec: `spec/cf.md`, "The knobs of a job". Source: origin, "Companion changes".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from stallproof.configuration.job_slips import (
    elsewhere,
    misnamed,
    misplaced,
    slips,
    slips_of_variables,
    unknown,
)
from stallproof.configuration.job_table import (
    ALIASES,
    ARGUMENTS,
    MIN_SITES,
    REQUIRED_SITES,
    TOP,
    FileKind,
    default_of,
    files_of,
)
from stallproof.configuration.job_tree import (
    DEPLOYED_ALLOWED,
    Part,
    Unresolved,
    parts_of,
    resolved,
    sites_of,
    strangers_in,
)
from stallproof.configuration.job_values import (
    Component,
    Job,
    JobValue,
    place_of,
    read_top,
    refused,
    sites_in,
    twice,
    variable_of,
)
from stallproof.configuration.kinds import taken
from stallproof.configuration.releases import OLDER, Release
from stallproof.configuration.sources import Entries, KnobRefused, Pairs, tree_of
from stallproof.machines.settings import Source

_OURS = "nvflare."
"""A component whose class begins so is known; the arguments of any other are its own matter."""
_BY_HAND = "--set"
_GROUPS = (("min_clients", "num_clients"), ("memory_gc_rounds",))
"""The arguments that belong together: what states one of a group is a component of that group."""


@dataclass
class _Reading:
    """What is read so far, and what it is read with."""

    environment: Mapping[str, str]
    by_hand: Mapping[str, str]
    release: Release
    values: list[JobValue] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)
    refusals: list[KnobRefused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def examine_job(
    contents: Mapping[FileKind, str | bytes],
    environment: Mapping[str, str],
    by_hand: Entries = (),
    release: Release = OLDER,
) -> Job | tuple[KnobRefused, ...]:
    """Return what the texts of a job's files, `environment` and `by_hand` set, or all refusals.

    A knob that is set by hand counts as if its file were there, and empty.
    """
    texts = {name: str(text) for name, text in by_hand}
    reading = _Reading(environment, texts, release)
    reading.refusals += [*twice(by_hand, frozenset(texts), _BY_HAND), *unknown(texts)]
    reading.refusals += slips_of_variables(environment)
    sites = None
    files = files_of(contents, texts)
    for file in files:
        try:
            tree = tree_of(contents.get(file, "{}"), file.value)
            if file is FileKind.META:
                sites = _meta(reading, tree)
            else:
                _nested(reading, file, tree)
        except KnobRefused as error:
            reading.refusals.append(error)
        except RecursionError:
            reading.refusals.append(refused(file.value, "{", "less nesting", file.value))
    if reading.refusals:
        return tuple(reading.refusals)
    notes = tuple(dict.fromkeys([*reading.notes, *_unstated(reading, files)]))
    return Job(release, files, tuple(reading.values), tuple(reading.components), sites, notes)


def _unstated(reading: _Reading, files: tuple[FileKind, ...]) -> Iterator[str]:
    """Note a round that waits for more clients than a job needs to start, where nobody said."""
    if {FileKind.META, FileKind.SERVER} <= {*files} and "min_clients" in reading.by_hand:
        yield "--set min_clients is that of each workflow; --set min_sites is the one in meta.json"
    least = [one for one in reading.values if one.file is FileKind.META and one.unit == "clients"]
    waiting = [one for one in reading.components if (one.min_clients or 0) > 1]
    if waiting and any(one.source is Source.DEFAULT for one in least):
        where = ", ".join(f"{one.where} ({one.min_clients})" for one in waiting)
        yield f"meta.json sets no min_clients, so that one is enough to start; waiting for: {where}"


def _nested(reading: _Reading, file: FileKind, tree: Pairs) -> None:
    """Read a server's or a client's file."""
    top = dict(tree.entries)
    values = {name: resolved(value, top) for name, value in top.items()}
    reading.refusals += [*twice(tree.entries, frozenset(TOP), file.value), *slips(tree, file)]
    reading.notes += elsewhere(tree, file)
    for name in TOP:
        if file in TOP[name].files:
            _one(reading, name, file, values)
    parts = list(parts_of(tree))
    for part in parts:
        if part.path is None:
            reading.refusals += misplaced(part, file)
    _arguments(reading, file, [part for part in parts if part.path is not None], top)


def _one(reading: _Reading, name: str, file: FileKind, values: Mapping[str, object]) -> None:
    """Read one knob at the top of a file."""
    knob, by_hand = TOP[name], reading.by_hand.get(name)
    value = values.get(name)
    if isinstance(value, Unresolved):
        reading.notes.append(f"{name} in {file.value} refers to {value.name}, and is left out")
        values = {}
    try:
        found = read_top(
            name, knob, file, values, reading.environment, by_hand,
            default_of(name, reading.release),
        )  # fmt: skip
    except KnobRefused as error:
        reading.refusals.append(error)
        return
    if knob.is_by_hand and found.source in (Source.FILE, Source.ENVIRONMENT):
        reading.notes.append(
            f"{name}: NVFlare reads it from no file and no variable, so that it stays "
            f"{knob.default}; --set tells of another implementation"
        )
        found = JobValue(name, file, "", knob.default, Source.DEFAULT, knob.kind.unit)
    reading.values.append(found)
    is_set_there = variable_of(name) in reading.environment
    if knob.is_in_parent and found.source is Source.FILE and not is_set_there:
        reading.notes.append(
            f"{name}: NVFlare reads it in the parent process of the server, which does not load "
            f"{file.value}; set {variable_of(name)} there too"
        )


def _arguments(
    reading: _Reading, file: FileKind, parts: list[Part], top: Mapping[str, object]
) -> None:
    """Read the knobs among the arguments of components.

    What is set by hand counts for each component that has such a knob, or alone where none has.
    """
    for part in parts:
        names = frozenset(ARGUMENTS)
        reading.refusals += twice(part.pairs.entries, names, place_of(file, part.where))
    for group in _GROUPS:
        texts = {name: _by_hand_of(reading, name, file) for name in group}
        having = [part for part in parts if set(group) & {name for name, _ in part.pairs.entries}]
        if not having and any(text is not None for text in texts.values()):
            having = [Part(_BY_HAND, _BY_HAND, Pairs(()))]
        for part in having:
            numbers = {
                name: _argument(reading, file, part, name, texts[name], top)
                for name in group
                if file in ARGUMENTS[name].files
            }
            sizes = numbers.get("min_clients"), numbers.get("num_clients")
            if sizes != (None, None):
                reading.components.append(Component(part.where, part.path or "", *sizes))


def _by_hand_of(reading: _Reading, name: str, file: FileKind) -> str | None:
    """Return what was set by hand for a knob, which the sources may call otherwise."""
    names = [name, *(alias for alias, meant in ALIASES.items() if meant == (file, name))]
    return next((reading.by_hand[each] for each in names if each in reading.by_hand), None)


def _argument(
    reading: _Reading, file: FileKind, part: Part, name: str, by_hand: str | None,
    top: Mapping[str, object],
) -> int | None:  # fmt: skip
    """Read one argument of a component; `None`: it has none that is known, or it was refused."""
    written = dict(part.pairs.entries).get(name)
    value = resolved(written, top) if by_hand is None else by_hand
    if value is None:
        return None
    place = _BY_HAND if by_hand is not None else place_of(file, part.where)
    if isinstance(value, Unresolved):
        reading.notes.append(f"{name} in {place} refers to {value.name}, and is left out")
        return None
    knob = ARGUMENTS[name]
    core = taken(knob.kind, value, is_text=by_hand is not None)
    if core is not None:
        source = Source.FILE if by_hand is None else Source.SET
        found = JobValue(name, file, part.where, core[0], source, knob.kind.unit)
        reading.values.append(found)
        return core[0]
    if by_hand is not None or (part.path or "").startswith(_OURS):
        reading.refusals.append(refused(name, value, knob.kind.allowed, place))
    return None


def _meta(reading: _Reading, tree: Pairs) -> frozenset[str] | None:
    """Read a meta.json; return the clients that are deployed to."""
    file, given = FileKind.META, dict(tree.entries)
    names = frozenset({"min_clients", REQUIRED_SITES, "deploy_map"})
    reading.refusals += [*twice(tree.entries, names, file.value), *misnamed(given, file)]
    reading.refusals += slips(tree, file)
    by_hand = reading.by_hand.get("min_sites")
    reading.values.append(
        read_top("min_clients", MIN_SITES, file, given, {}, by_hand, MIN_SITES.default)
    )
    by_hand, value = _by_hand_of(reading, REQUIRED_SITES, file), given.get(REQUIRED_SITES)
    sites = () if by_hand is None and value is None else sites_in(value, by_hand)
    source = Source.SET if by_hand is not None else Source.DEFAULT if value is None else Source.FILE
    reading.values.append(JobValue(REQUIRED_SITES, file, "", sites, source, "sites"))
    deployed = given.get("deploy_map")
    for wrong in strangers_in(deployed):
        seen = {} if isinstance(wrong, Pairs) else wrong
        reading.refusals.append(refused("deploy_map", seen, DEPLOYED_ALLOWED, file.value))
    return sites_of(deployed)
