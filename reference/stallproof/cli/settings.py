"""Settings in `pyproject.toml`, so that a project's command line is short and the same everywhere.

The use: a table `[tool.stallproof]`, whose keys are the options of `stallproof conform` without the
dashes in front. The file is the nearest one, from the working directory upwards, that has the
table. The command line wins over the file, and the file over the defaults.

The complication: an option that is asked for on the command line must not be refused because of a
setting that does not go with it. Such settings then do not count.

Guide: `docs/command-line.md`.
"""

import difflib
import re
import sys
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from cyclopts import App, ArgumentCollection, Parameter
from cyclopts.config import Dict

from stallproof.cli import setting_values
from stallproof.cli.telling import Telling
from stallproof.reports.lines import visible
from stallproof.reports.output import UnusableError, emit

FILE = "pyproject.toml"
TABLE = "[tool.stallproof]"
SHOWN_MAX = 60  # of a wrong value


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _are_texts(value: object) -> bool:
    return _is_text(value) or (
        isinstance(value, list) and bool(value) and all(map(_is_text, value))
    )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


class Kind(NamedTuple):
    """What a setting may be: in words, and how that is told."""

    words: str
    fits: Callable[[object], bool]


_TEXT = Kind("a text", _is_text)
_PATH = Kind("a path", _is_text)
_TEXTS = Kind("a text or a list of texts", _are_texts)
_WHOLE = Kind("a whole number", _is_whole)
KEYS: Mapping[str, Kind] = {
    "impl": _TEXT,
    "cwd": _PATH,
    "profile": _TEXT,
    "only": _TEXTS,
    "skip": _TEXTS,
    "without": _TEXTS,
    "allow": _TEXTS,
    "expected-failures": _PATH,
    "clock": _TEXT,
    "jobs": _WHOLE,
    "grace-ms": _WHOLE,
    "timeout": _TEXT,
}
"""The settings."""
OF_SMOKE = frozenset({"impl", "cwd", "timeout"})
OF_CHECK = frozenset({"without", "allow", "expected-failures"})
"""A trace says itself what was judged in it, and of whom."""
_UNTIMED = frozenset({"jobs", "grace-ms"})
"""What there is none of in virtual time; jobs there are where scripts are generated."""
_OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]*")
_GIVEN: ContextVar[tuple[str, Mapping[str, str]]] = ContextVar("given", default=("", {}))
"""Where the settings in force come from, and the options that they stand for, with their keys."""


@Parameter(name="*")
@dataclass(frozen=True)
class Sources:
    """Where settings come from, beside the command line.

    Parameters
    ----------
    config
        Take the settings in [tool.stallproof] of this file, not of the nearest pyproject.toml.
    no_config
        Take no settings of a file.
    """

    config: Path | None = None
    no_config: Annotated[bool, Parameter(name="--no-config", negative="")] = False

    def read(self) -> "Settings | None":
        """Return the settings, `None` where there are none; raises `UnusableError`."""
        if self.no_config:
            if self.config is not None:
                raise UnusableError("--config and --no-config: one of them at a time")
            return None
        if self.config is not None:
            found = _read(self.config)
            if found is None:
                raise UnusableError(f"--config {self.config}: it has no {TABLE}")
            return found
        return nearest(Path.cwd())


@dataclass(frozen=True)
class Settings:
    """What a file sets, checked and with its paths made absolute."""

    file: Path
    values: Mapping[str, Any]


def announce(telling: Telling | None, sources: Sources | None) -> None:
    """Say which file has settings, and which, where more is to be told."""
    settings = (sources or Sources()).read() if telling and telling.verbose else None
    if settings is not None:
        names = ", ".join(settings.values) or "nothing"
        emit(sys.stderr, f"settings of {visible(str(settings.file))}: {names}\n")


def nearest(folder: Path) -> Settings | None:
    """Return the settings of the nearest file that has any, from `folder` upwards.

    Raises `UnusableError` for a file on the way that cannot be read.
    """
    for place in (folder, *folder.parents):
        file = place / FILE
        if file.is_file() and (settings := _read(file)) is not None:
            return settings
    return None


def _read(file: Path) -> Settings | None:
    """Return the settings in `file`, `None` if it has no such table; raises `UnusableError`."""
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise UnusableError(f"{file}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnusableError(f"{file}: {error}") from error
    tool = content.get("tool", {})
    table = tool.get("stallproof") if isinstance(tool, dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        raise UnusableError(f"{file}: {TABLE} has to be a table")
    return Settings(file, {key: _value(file, key, value) for key, value in table.items()})


def _value(file: Path, key: str, value: object) -> object:
    """Return one checked value; a path is relative to the folder of `file`."""
    kind = KEYS.get(key)
    if kind is None:
        near = difflib.get_close_matches(key.replace("_", "-"), KEYS, n=3)
        meant = f" (is {' or '.join(near)} meant?)" if near else f"; there are {', '.join(KEYS)}"
        shown = visible(repr(key), limit=SHOWN_MAX)
        raise UnusableError(f"{file}: {TABLE} {shown} is no setting{meant}")
    if not kind.fits(value):
        shown = visible(repr(value), limit=SHOWN_MAX)
        raise UnusableError(f"{file}: {TABLE} {key}: {shown} is not {kind.words}")
    try:
        setting_values.require(key, value)
    except UnusableError as error:
        raise UnusableError(f"{file} {TABLE} {visible(str(error))}") from error
    return str(file.absolute().parent / str(value)) if kind is _PATH else value


def for_conform(app: App, commands: tuple[str, ...], arguments: ArgumentCollection) -> None:
    """Give `stallproof conform` the settings, where the command line says nothing else."""
    _GIVEN.set(("", {}))
    given = _given(arguments)
    settings = _settings(arguments)
    if settings is None:
        return
    values = dict(settings.values)
    if "--impl" in given:
        # The folder belongs to the file's own command.
        values.pop("cwd", None)
    elif "impl" in values:
        values.setdefault("cwd", str(settings.file.absolute().parent))
    for option, setting in (("--only", "skip"), ("--vectors", "clock")):
        if option in given:
            values.pop(setting, None)
    clock = given.get("--clock") or values.get("clock")
    is_virtual = clock == "virtual" or ("--vectors" in given and clock is None)
    untimed = _UNTIMED - {"jobs" if "--generate" in given else ""} if is_virtual else frozenset()
    keys = OF_SMOKE if "--smoke" in given else KEYS.keys() - untimed
    _give(app, commands, arguments, settings, values, keys)


def for_check(app: App, commands: tuple[str, ...], arguments: ArgumentCollection) -> None:
    """Give `stallproof check` the settings that a trace does not have itself."""
    _GIVEN.set(("", {}))
    settings = _settings(arguments)
    if settings is not None:
        _give(app, commands, arguments, settings, dict(settings.values), OF_CHECK)


def _given(arguments: ArgumentCollection) -> Mapping[str, str]:
    """Return the options on the command line, each with the first value it was given."""
    return {argument.name: argument.tokens[0].value for argument in arguments if argument.tokens}


def _settings(arguments: ArgumentCollection) -> Settings | None:
    given = _given(arguments)
    config = given.get("--config")
    return Sources(None if config is None else Path(config), "--no-config" in given).read()


def _give(
    app: App,
    commands: tuple[str, ...],
    arguments: ArgumentCollection,
    settings: Settings,
    values: Mapping[str, Any],
    keys: Collection[str],
) -> None:
    typed = _given(arguments)
    kept = {key: value for key, value in values.items() if key in keys}
    source = f"{settings.file} {TABLE}"
    _GIVEN.set((source, {f"--{key}": key for key in kept if f"--{key}" not in typed}))
    Dict(kept, source=source, use_commands_as_keys=False)(app, commands, arguments)


@contextmanager
def blamed() -> Iterator[None]:
    """Have an `UnusableError` of the block name the file and the key where a setting is at fault.

    What stands behind it names the option alone, since it is the same on the command line.
    """
    try:
        yield
    except UnusableError as error:
        source, options = _GIVEN.get()
        message = _OPTION.sub(lambda found: options.get(found[0], found[0]), str(error))
        if message == str(error):
            raise
        raise UnusableError(f"{source} {message}") from error
