"""The sheet of symbols and numbers: what each stands for, its unit, its default, where it counts.

The intuition: a boundary reads `P + Tp`, and its reader wants both letters in one place.

The use: the tables of symbols in the law are read as they stand; a symbol that the law brings in
with a sentence is listed here, with the heading below which it does. Defaults and units come from
the knob that a symbol stands for.

Sources: `spec/`, the table of knobs, and the limits in the code.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from docs.reviewing import facts
from docs.reviewing.words import FULL_WIDTH, cell, linked, page_of, wide
from proofs.traceability.evidence import ROOT
from proofs.traceability.written import anchor
from stallproof.configuration.table import KNOBS, written
from stallproof.machines.policy import CHECK_INTERVAL_MIN_US, TIMEOUT_MAX_US, Policy
from stallproof.machines.settings import CHECKS_LIMIT, SIZE_MAX_BYTES
from stallproof.requirements.grace import greatest_grace_us
from stallproof.requirements.registry import PROFILES
from stallproof.runner.scenarios.scenario import GRACE_DEFAULT_US, GRACE_SHARE, REPETITIONS

_TABLE = "| name | symbol | meaning |"
_KNOB = re.compile(r"`((?:streaming|sfm|heartbeat)_\w+)`")
_TEXT = """# Symbols and numbers

Each letter of the law, what it stands for, and which requirements use it in a sentence or in their
boundary. Times are whole microseconds inside, and seconds where people write them.
"""


@dataclass(frozen=True)
class Symbol:
    """A symbol as the law writes it; `page` and `heading` are where it is explained."""

    symbol: str
    meaning: str
    page: str
    heading: str = "Theory of operation"
    knob: str = ""


_SENTENCES = (
    Symbol("t0", "the moment at which a send took the lock", "spec/sd.md"),
    Symbol("S", "the send timeout", "spec/sd.md", knob="streaming_send_timeout"),
    Symbol("D", "the deadline of a send, `t0 + S`", "spec/sd.md"),
    Symbol("G", "grace: how late a judgement lets something be", "spec/README.md", "Grace"),
    Symbol("M", "noise: the overrun measured meanwhile", "spec/README.md", "Time"),
    Symbol("U", "clock uncertainty: how far a date may be off", "spec/README.md", "Time"),
    Symbol("Tmin", "form (a): the least time between two checks", "spec/sc.md"),
    Symbol("Tmax", "form (a): the most time between two checks", "spec/sc.md"),
    Symbol("J", "form (b): how late a check may come after its tick", "spec/sc.md"),
    Symbol("m", "skipped ticks beyond the limit, before the close", "spec/sc.md"),
    Symbol(
        "e", "skipped ticks of the stall, up to the limit; in SC-1 the end of a send", "spec/sc.md"
    ),
    Symbol("dp", "when NO_PROGRESS is due, `P + Tp`", "spec/ap.md"),
    Symbol("dw", "when ACK_WAIT is due, `w + Tw`", "spec/ap.md"),
    Symbol("w", "when a wait began", "spec/ap.md"),
)
"""What the law brings in with a sentence and not in a table."""


def symbols() -> list[Symbol]:
    """Return every symbol, those of the tables in the order of the law."""
    found = list(_SENTENCES)
    for group in facts.registry().groups:
        page = f"spec/{group.prose}"
        _before, there, rest = (ROOT / page).read_text("utf-8").partition(_TABLE)
        if there:
            found += _rows(rest.partition("\n\n")[0], page)
    return found


def _rows(text: str, page: str) -> Iterator[Symbol]:
    for line in text.splitlines()[2:]:
        name, symbol, meaning = (each.strip() for each in line.strip("|").split("|"))
        if symbol:
            knob = _KNOB.search(meaning)
            said = f"{name}: {meaning}" if name != meaning else name
            yield Symbol(
                symbol.strip("`").partition(" = ")[0], said, page, knob=knob[1] if knob else ""
            )


_BUILT_ON = ("CX", "CF")
"""The groups that write the symbols of other groups; elsewhere a letter may mean something else."""


def used_by(one: Symbol) -> list[str]:
    """Return the requirements that write the symbol in a law sentence or in the boundary."""
    letter = re.compile(rf"(?<![\w.]){re.escape(one.symbol)}(?!\w)")
    group = one.page.removeprefix("spec/").removesuffix(".md").upper()
    reach = (group,) if one.symbol.islower() else (group, *_BUILT_ON)
    found = []
    for name in facts.rows():
        requirement = facts.registry().by_id(name)
        if group != "README" and requirement.group not in reach:
            continue
        texts = (*requirement.law, requirement.boundary)
        parts = [each for text in texts for each in text.split("`")[1::2]]
        if any(letter.search(part) for part in parts):
            found.append(name)
    return found


def document(page: str) -> str:
    """Return the whole sheet."""
    rows = [_symbol(one, page) for one in symbols()]
    heads = ("symbol", "stands for", "unit", "default", "explained", "in the boundary of")
    knobs = [
        (f"`{name}`", f"`{one.field}`", one.kind.unit, str(written(name, Policy())).lower(),
         cell(one.kind.allowed))
        for name, one in KNOBS.items()
    ]  # fmt: skip
    return "\n".join(
        [
            FULL_WIDTH + _TEXT,
            *wide(heads, rows),
            "## Knobs",
            "",
            "The second name is that of the proofs, the machines and the models of the law.",
            "",
            *wide(("knob", "in proofs and machines", "unit", "default", "allowed"), knobs),
            "## Numbers",
            "",
            *wide(("number", "value", "where"), _numbers()),
        ]
    )


def _symbol(one: Symbol, page: str) -> tuple[str, ...]:
    knob = KNOBS.get(one.knob)
    default = "-" if knob is None else str(written(one.knob, Policy())).lower()
    unit = "-" if knob is None else knob.kind.unit
    name = one.page.removeprefix("spec/").removesuffix(".md")
    said = one.heading if name == "README" else f"{name.upper()}: {one.heading}"
    where = f"[{said}]({linked(one.page, page)}#{anchor(one.heading)})"
    used = ", ".join(f"[{each}]({linked(page_of(each), page)})" for each in used_by(one))
    return (f"`{one.symbol}`", cell(one.meaning), unit, default, where, used or "-")


def _numbers() -> list[tuple[str, str, str]]:
    policy = "`machines/policy.py`"
    scenario = "`runner/scenarios/scenario.py`"
    greatest = [
        (f"greatest grace of {name}", f"{greatest_grace_us(name)} us", "`spec/README.md`, Grace")
        for name in PROFILES
    ]
    return [
        ("longest timeout", f"{TIMEOUT_MAX_US} us", policy),
        ("shortest check interval", f"{CHECK_INTERVAL_MIN_US} us", policy),
        ("period of the monitor", f"{Policy().monitor_period_us} us", policy),
        ("greatest size", f"{SIZE_MAX_BYTES} bytes", "`machines/settings.py`"),
        ("greatest count of checks", str(CHECKS_LIMIT), "`machines/settings.py`"),
        *greatest,
        ("grace unless stated", f"{GRACE_DEFAULT_US} us", scenario),
        ("grace is at most", f"1/{GRACE_SHARE} of the smallest bound in play", scenario),
        ("repetitions of a play that measures time", str(REPETITIONS), scenario),
    ]
