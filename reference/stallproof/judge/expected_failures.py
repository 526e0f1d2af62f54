"""Expected failures: what an implementer knows to be broken, written down, and held against a run.

The intuition: a suite with known failures is of use only if it tells what is new. So a file names
the requirements that fail, each with a reason and a link to where that is tracked; a run in which
exactly these fail is as good as it is known to be.

The use: `read_expectations`, then `weighed` on the report of a run; `first_version` writes a file
to begin with from a report.

The complication: such lists rot. A requirement that is expected to fail and passes is an error
(the entry is stale), and so is nothing else hidden: every verdict stays as it was, what is
inconclusive or was not exercised stays incomplete, and what is flaky is a list of its own that is
counted apart, however it came out.

Spec: `spec/README.md`, "Expected failures".
"""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from stallproof.judge.report import Expectation, Expectations, Judgement, Report
from stallproof.judge.whole import weighed
from stallproof.requirements.registry import Registry
from stallproof.wire.protocol import FEATURES

UNFILED = "unfiled"
"""What stands for a link until there is one."""
_TABLES = ("expected", "flaky")
_WITHOUT = "without"
_KEYS = ("requirement", "reason", "link")


class ExpectationsError(ValueError):
    """A file of expected failures that cannot be used: the message names file and entry."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What one file says: who is expected to fail, and who may; and which features nobody wants."""

    file: str
    without: tuple[str, ...] = ()
    expected: tuple[Expectation, ...]
    flaky: tuple[Expectation, ...]


def read_expectations(path: Path, registry: Registry) -> Known:
    """Read the TOML file `path`: `without`, and tables `[[expected]]` and `[[flaky]]`.

    Raises `ExpectationsError` for what is no such file: unknown keys, a feature that nobody knows,
    a requirement that nobody knows or that is retired or named twice, a text that is missing or
    empty.
    """
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ExpectationsError(f"{path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ExpectationsError(f"{path}: {error}") from error
    for key in raw:
        if key not in (*_TABLES, _WITHOUT):
            names = f"{_WITHOUT}, [[expected]] and [[flaky]]"
            raise ExpectationsError(f"{path}: {key!r} is none of {names}")
    known = Known(
        file=path.name,
        without=_without(path, raw.get(_WITHOUT, [])),
        expected=_entries(path, "expected", raw.get("expected", []), registry),
        flaky=_entries(path, "flaky", raw.get("flaky", []), registry),
    )
    named = [entry.requirement for entry in (*known.expected, *known.flaky)]
    for name in named:
        if named.count(name) > 1:
            raise ExpectationsError(f"{path}: {name} is named twice")
    return known


def _without(path: Path, raw: Any) -> tuple[str, ...]:
    """Return the features that nobody wants, each one that is known."""
    if not isinstance(raw, list) or not all(isinstance(one, str) for one in raw):
        raise ExpectationsError(f"{path}: {_WITHOUT} has to be a list of features")
    for one in raw:
        if one not in FEATURES:
            known = ", ".join(sorted(FEATURES))
            raise ExpectationsError(f"{path}: {_WITHOUT}: no feature is called {one!r} ({known})")
    return tuple(raw)


def _entries(path: Path, table: str, raw: Any, registry: Registry) -> tuple[Expectation, ...]:
    """Return the entries of one table, each checked."""
    if not isinstance(raw, list):
        raise ExpectationsError(f"{path}: write [[{table}]], with two brackets, for each entry")
    entries = []
    for number, one in enumerate(raw, 1):
        where = f"{path}: [[{table}]] number {number}"
        if not isinstance(one, dict) or sorted(one) != sorted(_KEYS):
            has = ", ".join(sorted(one)) if isinstance(one, dict) else "no table"
            raise ExpectationsError(f"{where} has to have {', '.join(_KEYS)}; it has {has}")
        for key in _KEYS:
            if not isinstance(one[key], str) or not one[key].strip():
                raise ExpectationsError(f"{where}: {key} has to be a text that says something")
        try:
            requirement = registry.by_id(one["requirement"])
        except KeyError as error:
            raise ExpectationsError(f"{where}: {error.args[0]}") from error
        if requirement.status == "retired":
            raise ExpectationsError(f"{where}: {requirement.id} is retired: {requirement.reason}")
        entries.append(Expectation(**one))
    return tuple(entries)


def evaluated(report: Report, known: Known) -> Report:
    """Return `report` with what was known beforehand, and the verdict of the whole that follows.

    No verdict on a requirement changes. A failure that nobody expected and a stale entry make the
    whole a failure; what neither passed nor failed makes it incomplete, expected or not.
    """
    by_id = {one.id: one for one in report.requirements}
    expected = [e for e in known.expected if by_id[e.requirement].selected]
    flaky = [e for e in known.flaky if by_id[e.requirement].selected]
    met = Expectations(
        file=known.file,
        expected=_of(expected, by_id, "fail"),
        stale=_of(expected, by_id, "pass"),
        flaky_failed=_of(flaky, by_id, "fail"),
        flaky_passed=_of(flaky, by_id, "pass"),
        unresolved=[
            entry
            for entry in (*expected, *flaky)
            if by_id[entry.requirement].verdict not in ("pass", "fail")
        ],
        left_out=[e for e in (*known.expected, *known.flaky) if not by_id[e.requirement].selected],
    )
    excused = frozenset(entry.requirement for entry in (*met.expected, *met.flaky_failed))
    report = msgspec.structs.replace(report, expectations=met)
    return weighed(report, excused=excused, stale=bool(met.stale))


def _of(
    entries: Sequence[Expectation], by_id: dict[str, Judgement], verdict: str
) -> list[Expectation]:
    return [entry for entry in entries if by_id[entry.requirement].verdict == verdict]


def first_version(report: Report) -> str:
    """Return the text of a file that expects what failed in `report`, to be edited by hand."""
    failed = [j for j in report.requirements if j.selected and j.verdict == "fail"]
    name = " ".join(report.implementation.get(key, "") for key in ("name", "version")).strip()
    lines = [
        f"# What is known to fail in {_comment(name)}.",
        "# Say in your own words why, and put the place where it is tracked for the link",
        f'# "{UNFILED}". What fails only now and then belongs under [[flaky]].',
        "# An entry whose requirement passes is an error: delete it then.",
    ]
    for judgement in failed:
        why = judgement.findings[0].explanation if judgement.findings else judgement.title
        lines += [
            "",
            f"# {_comment(judgement.title)}",
            "[[expected]]",
            f"requirement = {_text(judgement.id)}",
            f"reason = {_text(why)}",
            f"link = {_text(UNFILED)}",
        ]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> str:
    """Return `text` as it may stand behind a `#`."""
    return "".join(mark if mark.isprintable() else " " for mark in text)


def _text(text: str) -> str:
    """Return `text` as a basic string of TOML."""
    shown = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(m if m.isprintable() else f"\\u{ord(m):04x}" for m in shown) + '"'
