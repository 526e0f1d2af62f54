"""The page of results, made of the records and of nothing else."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from proofs.results.bounds import COLUMNS, NOT_OURS_TO_JUDGE, cell
from proofs.results.context import RACES, context_of
from proofs.results.implementations import BY_NAME, IMPLEMENTATIONS, NOT_HERE
from proofs.results.record import Judged, Record
from stallproof.judge.report import Verdict
from stallproof.requirements.registry import Requirement, load_registry

INTRODUCTION = Path(__file__).with_name("introduction.md").read_text("utf-8")
RACE_MARK = " †"
NOT_JUDGED = "not judged yet"

_FOOTNOTE = f"{', '.join(sorted(NOT_HERE))} is not part of this page."
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_OPEN: tuple[Verdict, ...] = ("unsupported", "not-exercised", "inconclusive")
_WORDS = {"pass": "pass", "fail": "**fail**"}
_GRPC = (
    "gRPC speaks its own protocol, so the harness has a server that hands each message on to the "
    "peer before it answers the call. What writes, queues and closes towards the peer is that "
    "server, which is ours; those columns are left out. Keepalive asks whether the transport of "
    "the other side lives, and is not meant to bound a call: a deadline for each call would."
)
_GO = (
    "one `SetWriteDeadline` holds for the whole frame, and whoever closes the connection after any "
    "error of a write would mend most of what is left. It is judged over TLS too, as the only one "
    "of these. There `crypto/tls` gives each later write the error of the first one that timed "
    "out, at once, so that a send which had waited for nobody is told of a time-out."
)


def document(records: Mapping[str, Record]) -> str:
    """Return the whole page."""
    nvflare = _of("nvflare", records)
    transports = [*_of("python", records), *_of("go", records)]
    parts = [
        INTRODUCTION.rstrip(),
        "## The runs",
        "\n".join(_runs(list(records.values()))),
        "## NVFlare, version by requirement",
        "\n".join(_versions(nvflare)),
        f"{_FOOTNOTE} †: the verdict hangs on which thread comes first, and the next run may "
        "bring another one.",
        "## What failed, and why",
        *_failures(nvflare),
        "## What was left open",
        "\n".join(_open(nvflare)),
        "## Who bounds what, in Python and in Go",
        "What users of Python and Go would reach for instead, each behind a lock, as one "
        "connection for many senders. Times are beyond the deadline of 500 ms, or as the column "
        'says, the worst of the run. "yes": the oracle brought the situation about, and it was '
        'kept. "not seen": the situation did not come about.',
        "\n".join(_bounds(transports)),
        *([f"grpcio: {_GRPC}"] if any(r.name in NOT_OURS_TO_JUDGE for r in transports) else []),
        *([f"net.Conn: {_GO}"] if any(r.name == "go" for r in transports) else []),
    ]
    return "\n\n".join(parts) + "\n"


def _of(kind: str, records: Mapping[str, Record]) -> list[Record]:
    names = [one.name for one in IMPLEMENTATIONS if one.kind == kind]
    return [records[name] for name in names if name in records]


def _ms(span_us: int) -> str:
    return f"{span_us / 1000:.0f} ms"


def _runs(records: Sequence[Record]) -> Iterator[str]:
    yield "| judged | version | Python | date | profile | grace | noise | scenarios | seconds |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for one in records:
        who = one.implementation
        yield (
            f"| {_cell(who['name'])} | {who['version']} | {one.python} | {one.date} | {one.profile}"
            f" | {_ms(one.grace_us)} | {_ms(one.noise_us)} | {one.scenarios}"
            f" | {one.duration_s:.0f} |"
        )
    systems = sorted({f"stallproof {one.stallproof} on {one.system}" for one in records})
    yield ""
    yield f"The oracle: {'; '.join(systems)}."
    noisy = [one.name for one in records if one.noise_us * 2 > one.grace_us]
    if noisy:
        yield (
            f"In the run{'s' if len(noisy) > 1 else ''} of {', '.join(noisy)} the noise rose above "
            "half the grace for a while: a delay that was measured then counts for neither side."
        )


def _requirements() -> list[Requirement]:
    active = (one for one in load_registry().requirements if one.status == "active")
    return [one for one in active if one.id not in NOT_HERE]


def _versions(records: Sequence[Record]) -> Iterator[str]:
    heads = [one.implementation["version"] for one in records]
    yield f"| requirement | profile | {' | '.join(heads)} |"
    yield "|---" * (2 + len(heads)) + "|"
    for requirement in _requirements():
        words = [_word(record, requirement) for record in records]
        mark = RACE_MARK if requirement.id in RACES else ""
        head = f"{requirement.id}{mark} {requirement.title}"
        yield f"| {head} | {requirement.profile} | {' | '.join(words)} |"
    counts = [sum(one.verdict == "pass" for one in record.requirements) for record in records]
    told = [f"{n} of {len(r.requirements)}" for n, r in zip(counts, records, strict=True)]
    yield f"| passed | | {' | '.join(told)} |"


def _word(record: Record, requirement: Requirement) -> str:
    """Return the verdict; a requirement that is newer than the record was not judged yet."""
    judged = record.judged(requirement.id)
    if judged is not None:
        return _WORDS.get(judged.verdict, judged.verdict)
    is_due = requirement.id in BY_NAME[record.name].selected(load_registry())
    return NOT_JUDGED if is_due else "-"


def failure_head(requirement: Requirement) -> str:
    """Return the heading under which it is told why a release of NVFlare failed a requirement."""
    mark = RACE_MARK if requirement.id in RACES else ""
    return f"{requirement.id}{mark} {requirement.title} ({requirement.profile})"


def _failures(records: Sequence[Record]) -> Iterator[str]:
    """Yield one section for each requirement that failed somewhere."""
    for requirement in _requirements():
        told = _told(requirement, records, "fail", ("violation", "consequence"))
        if not told:
            continue
        yield f"### {failure_head(requirement)}"
        yield context_of(requirement.id, requirement.profile)
        yield "\n".join(f"- {versions}: {finding}" for versions, finding in told)


def _open(records: Sequence[Record]) -> Iterator[str]:
    """Yield a line for each requirement that neither passed nor failed, with the reason."""
    yield "| requirement | versions | verdict | why |"
    yield "|---|---|---|---|"
    for requirement in _requirements():
        for verdict in _OPEN:
            for versions, finding in _told(requirement, records, verdict, None):
                why = f"{context_of(requirement.id, requirement.profile)} {finding}"
                yield f"| {requirement.id} | {versions} | {verdict} | {_cell(why)} |"


def _told(
    requirement: Requirement,
    records: Sequence[Record],
    verdict: Verdict,
    tells: tuple[str, ...] | None,
) -> list[tuple[str, str]]:
    """Return versions and finding; findings that differ in numbers alone are told once."""
    told: dict[str, tuple[list[str], str]] = {}
    for record in records:
        judged = record.judged(requirement.id)
        if judged is None or judged.verdict != verdict:
            continue
        finding = _finding(judged, tells)
        alike = _NUMBER.sub("0", finding)
        told.setdefault(alike, ([], finding))[0].append(record.implementation["version"])
    return [(", ".join(versions), finding) for versions, finding in told.values()]


def _finding(judged: Judged, tells: tuple[str, ...] | None) -> str:
    """Return the first finding of the kind, with its scenario."""
    for one in judged.findings:
        if tells is None or one.tells in tells:
            scenario = re.sub(r" #\d+$", "", one.scenario)
            return f"{one.explanation} (`{scenario}`)" if scenario else one.explanation
    return "the record holds no finding"


def _bounds(records: Sequence[Record]) -> Iterator[str]:
    marks = {one: RACE_MARK if one.requirement in RACES else "" for one in COLUMNS}
    titles = [f"{one.title} ({one.requirement}{mark})" for one, mark in marks.items()]
    yield f"| transport | {' | '.join(titles)} |"
    yield "|---" * (1 + len(titles)) + "|"
    for record in records:
        cells = [cell(column, record) for column in COLUMNS]
        yield f"| {_cell(record.implementation['name'])} | {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
