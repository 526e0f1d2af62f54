"""What a job sets: each value with where it comes from, how it is read, and how it is refused.

Spec: `spec/cf.md`, "The knobs of a job".
"""

from collections.abc import Iterator, Mapping

from stallproof.configuration.job_table import SITES_ALLOWED, FileKind, JobKnob
from stallproof.configuration.kinds import taken
from stallproof.configuration.releases import Release
from stallproof.configuration.sources import PREFIX, Entries, KnobRefused
from stallproof.configuration.values import shown
from stallproof.machines.policy import MICROSECONDS
from stallproof.machines.settings import Source, chosen
from stallproof.machines.states import state

_DEFAULT = object()
"""Stands for the default in the choice of a source: no source can hold it."""


@state
class JobValue:
    """The effective value of one knob in core units; `None`: nothing sets it, and no default does.

    `where` is its place in `file`, and empty at the top.
    """

    knob: str
    file: FileKind
    where: str
    value: int | tuple[str, ...] | None
    source: Source
    unit: str


@state
class Component:
    """A component that says how many clients it needs, or asks for; `None`: it does not say."""

    where: str
    path: str
    min_clients: int | None
    num_clients: int | None


@state
class Job:
    """What the files of a job set. `sites`: the clients that are deployed to, `None`: unknown."""

    release: Release
    files: tuple[FileKind, ...]
    values: tuple[JobValue, ...]
    components: tuple[Component, ...]
    sites: frozenset[str] | None
    notes: tuple[str, ...]

    def values_of(self, name: str, file: FileKind | None = None) -> list[JobValue]:
        """Return the knob `name` of each file, or of `file`; those of arguments are left out."""
        return [
            one for one in self.values
            if one.knob == name and not one.where and file in (None, one.file)
        ]  # fmt: skip


def refused(knob: str, value: object, allowed: str, place: str) -> KnobRefused:
    """Refuse `value`, which stands in `place`."""
    message = f"{knob} = {shown(value)} in {place} is refused; allowed: {allowed}"
    return KnobRefused(knob, value, allowed, message)


def place_of(file: FileKind, where: str = "") -> str:
    """Return the words for a place in a file."""
    return f"{file.value}, {where}" if where else file.value


def variable_of(name: str) -> str:
    """Return the variable of the environment that sets the knob `name`."""
    return PREFIX + name.upper()


def read_top(
    name: str,
    knob: JobKnob,
    file: FileKind,
    values: Mapping[str, object],
    environment: Mapping[str, str],
    by_hand: str | None,
    default: int | None,
) -> JobValue:
    """Return what is in force at the top of a file; raises `KnobRefused` for what is not allowed.

    What was set by hand wins, then the file, the environment, the default. The loser is not read.
    """
    value, source = chosen(
        values.get(name), environment.get(variable_of(name)), _DEFAULT, override=by_hand
    )
    if source is Source.DEFAULT:
        return JobValue(name, file, "", default, source, knob.kind.unit)
    places = {Source.SET: "--set", Source.ENVIRONMENT: "the environment"}
    core = taken(knob.kind, value, is_text=source is not Source.FILE)
    if core is None:
        raise refused(name, value, knob.kind.allowed, places.get(source, place_of(file)))
    return JobValue(name, file, "", core[0], source, knob.kind.unit)


def sites_in(value: object, by_hand: str | None) -> tuple[str, ...]:
    """Return the required sites; raises `KnobRefused` for what is no list of different names."""
    names = value if by_hand is None else [name.strip() for name in by_hand.split(",")]
    if not isinstance(names, list):
        raise refused("mandatory_clients", value, SITES_ALLOWED, FileKind.META.value)
    for place in range(len(names)):
        name = names[place]
        if not isinstance(name, str) or not name or name in names[:place]:
            where = "--set" if by_hand is not None else FileKind.META.value
            again = " a second time" if name in names[:place] else ""
            raise refused("mandatory_clients", name, SITES_ALLOWED, f"{where}{again}")
    return tuple(names)


def twice(entries: Entries, names: frozenset[str], place: str) -> Iterator[KnobRefused]:
    """Refuse each of `names` that stands in one object more than once."""
    written = [name for name, _ in entries]
    for name in sorted(names):
        if written.count(name) > 1:
            values = " and ".join(shown(value) for key, value in entries if key == name)
            message = f"{name} stands in {place} {written.count(name)} times: {values}"
            yield KnobRefused(name, values, "one value", f"{message}; allowed: one value")


def in_unit(value: JobValue) -> int | float | bool | list[str] | None:
    """Return the value in the unit in which an operator writes it."""
    if isinstance(value.value, tuple):
        return list(value.value)
    if value.value is None or value.unit != "s":
        return value.value
    whole, rest = divmod(value.value, MICROSECONDS)
    return value.value / MICROSECONDS if rest else whole
