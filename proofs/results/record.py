"""The record of one run: the part of its report that the page is made of, and nothing else.

The events stay out: a record is read by people, and the run can be repeated. What a report leaves
out because there is so much of it, how each *situation* came out, is counted here from the trace,
by the same evaluation that gave the verdicts.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from proofs.results.implementations import BY_NAME, NOT_HERE, PROFILE, ROOT
from stallproof.judge.evaluate import Evaluated, evaluate_run
from stallproof.judge.evidence.run import Run
from stallproof.judge.report import Finding, Report, Verdict
from stallproof.judge.verdict import Gathered, gather
from stallproof.requirements.registry import load_registry

FOLDER: Path = ROOT / "proofs" / "evidence" / "results"
SCHEMA = "stallproof.results/1"
FINDINGS_MAX = 2
"""How many findings of each requirement are kept; `violations` counts them all."""
WORST_MAX = 3
"""How many findings of each situation are kept, those with the greatest times."""

_SOCKET = re.compile(r"(?:/[\w.-]+)*/stallproof-\w+/")
_MS = re.compile(r"(\d+(?:\.\d+)?) ms")
_ALLOWED = re.compile(r"\(timeout [^)]*\)|Allowed: .*", re.DOTALL)


class RecordError(ValueError):
    """Say which record cannot be used, and why."""


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the oracle found, in its own words."""

    scenario: str
    explanation: str
    tells: Literal["violation", "consequence", "inconclusive", "gap", "unsupported", "note"]


class Situation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often one situation was witnessed and kept, how often broken or too noisy to say."""

    witnessed: int
    kept: int
    broken: int
    unsure: int
    worst: list[str]


class Judged(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One requirement: its verdict, and what it rests on."""

    id: str
    verdict: Verdict
    violations: int
    situations: dict[str, Situation]
    findings: list[Told]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One run. `date` is that of the run (UTC), `duration_s` how long it took.

    `requirements` holds exactly those by which it was judged. One that came into the law later is
    not among them until the implementation is judged again.
    """

    schema: str
    name: str
    date: str
    duration_s: float
    system: str
    python: str
    stallproof: str
    implementation: dict[str, str]
    profile: str
    verdict: str
    scenarios: int
    grace_us: int
    noise_us: int
    notes: list[str]
    requirements: list[Judged]

    def judged(self, requirement: str) -> Judged | None:
        """Return what was found of one requirement, `None` if it was not in scope."""
        return next((one for one in self.requirements if one.id == requirement), None)


def worst_ms(text: str) -> float:
    """Return the greatest time in a finding, in ms, apart from what is allowed; 0 if none."""
    return max((float(each) for each in _MS.findall(_ALLOWED.sub("", text))), default=0.0)


def placeless(text: str) -> str:
    """Return `text` without the folder in which the peer had its sockets, which says nothing."""
    return _SOCKET.sub(".../", text)


def gathered(runs: Iterable[Run], selected: frozenset[str]) -> Gathered:
    """Weigh every run once more, by requirement and situation."""
    seen: Gathered = {}
    for run in runs:
        gather(seen, evaluate_run(run, selected))
    return seen


def trimmed(report: Report, seen: Gathered) -> list[Judged]:
    """Return what the record keeps of each requirement that was in scope."""
    return [
        Judged(
            id=one.id,
            verdict=one.verdict,
            violations=sum(len(each.violations) for each in seen.get(one.id, {}).values()),
            situations=_situations(list(one.situations), seen.get(one.id, {})),
            findings=[
                Told(
                    scenario=each.scenario,
                    explanation=placeless(each.explanation),
                    tells=each.tells,
                )
                for each in one.findings
            ][:FINDINGS_MAX],
        )
        for one in report.requirements
        if one.selected
    ]


def _situations(names: Sequence[str], seen: Mapping[str | None, Evaluated]) -> dict[str, Situation]:
    """Return those of the law, in its order, and `other` for what was broken beside them."""
    known: dict[str, Situation] = {name: _situation(seen.get(name, Evaluated())) for name in names}
    beside = [each for name, each in seen.items() if name not in known]
    total = Evaluated()
    for each in beside:
        total.add(each)
    if total.violations or total.doubts or total.unclear:
        known["other"] = _situation(total)
    return known


def _situation(evaluated: Evaluated) -> Situation:
    worst: list[Finding] = sorted(
        evaluated.violations, key=lambda each: worst_ms(each.explanation), reverse=True
    )
    return Situation(
        witnessed=evaluated.witnessed,
        kept=evaluated.kept,
        broken=len(evaluated.violations),
        unsure=len(evaluated.doubts) + len(evaluated.unclear),
        worst=[placeless(each.explanation) for each in worst[:WORST_MAX]],
    )


def path_of(name: str, folder: Path = FOLDER) -> Path:
    """Return where the record of `name` lies."""
    return folder / f"{name}.json"


def write_record(record: Record, folder: Path = FOLDER) -> Path:
    """Write one record, the old one staying until the new one is whole, and return its path."""
    problems(record)
    folder.mkdir(parents=True, exist_ok=True)
    path = path_of(record.name, folder)
    whole = path.with_suffix(".json.new")
    whole.write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")
    whole.replace(path)
    return path


def read_record(path: Path) -> Record:
    """Read one record; raises `RecordError` for one that cannot be what the generator wrote."""
    try:
        record = msgspec.json.decode(path.read_bytes(), type=Record)
    except (OSError, msgspec.MsgspecError) as error:
        raise RecordError(f"{path.name}: {error}") from error
    if record.name != path.stem:
        raise RecordError(f"{path.name}: it is the record of {record.name}")
    record = _of_what_is_still_judged(record)
    problems(record)
    return record


def _of_what_is_still_judged(record: Record) -> Record:
    """Leave out what has got a situation since, and did not fail without it: not judged yet."""
    registry = load_registry()
    names = {one.id: set(one.situation_names) for one in registry.requirements}
    kept = [
        one
        for one in record.requirements
        if one.verdict == "fail" or names.get(one.id, set()) <= set(one.situations)
    ]
    return msgspec.structs.replace(record, requirements=kept)


def read_all(folder: Path = FOLDER) -> dict[str, Record]:
    """Return the records that are there, in the order of the page."""
    return {n: read_record(path_of(n, folder)) for n in BY_NAME if path_of(n, folder).exists()}


def problems(record: Record) -> None:
    """Raise `RecordError` unless the record can be that of a run for the page."""

    def require(holds: bool, why: str) -> None:
        if not holds:
            raise RecordError(f"{record.name}: {why}")

    require(record.schema == SCHEMA, f"its schema is not {SCHEMA}")
    require(record.name in BY_NAME, "nobody of that name is judged")
    require(record.profile == PROFILE, f"its profile is not {PROFILE}")
    registry = load_registry()
    ids = {one.id for one in record.requirements}
    require(not ids & NOT_HERE, "it speaks of what is not part of the page")
    expected = BY_NAME[record.name].selected(registry)
    retired = {one.id for one in registry.requirements if one.status == "retired"}
    more = sorted(ids - expected - retired)
    require(bool(ids), "it was judged by no requirement")
    require(len(ids) == len(record.requirements), "it holds a requirement twice")
    require(not more, f"it holds {', '.join(more)}, which is not judged")
    for one in record.requirements:
        names = registry.by_id(one.id).situation_names
        missing = not set(names) <= set(one.situations)
        require(one.verdict == "fail" or not missing, f"{one.id}: a situation is missing")
        broken = sum(each.broken for each in one.situations.values())
        require(one.violations == broken, f"{one.id}: its violations do not add up")
        require((one.verdict == "fail") == (broken > 0), f"{one.id}: verdict and violations differ")
        if one.verdict == "pass":
            kept = all(one.situations[name].kept for name in names)
            require(kept, f"{one.id}: it passed with a situation that was not kept")
