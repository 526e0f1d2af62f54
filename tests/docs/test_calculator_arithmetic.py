"""The calculator counts as `stallproof config` does, to the microsecond."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from docs.pages import calculator
from docs.site.sources import ROOT
from stallproof.cli.configuration import LATE_US
from stallproof.cli.configured import outer_us_of, span_us
from stallproof.configuration.kinds import SWITCH
from stallproof.configuration.knobs import KNOBS, Configured, examine
from stallproof.configuration.relations import Terms
from stallproof.configuration.releases import POLICIES, Release
from stallproof.machines.close_window import Ticks
from stallproof.machines.policy import Policy
from stallproof.reports.configuration import configuration_of
from stallproof.reports.output import UnusableError

SCRIPTS = ROOT / "docs" / "assets" / "calculator"
PERIOD_US = 5_000_000
CASES = 10_000
SEEN_MIN = 200
"""So often at least each relation has to hold and to be broken, for the comparison to mean much."""

HOSTILE = (
    *("0", "-1", "-0.0", "nan", "inf", "x", "0x1e", "1_000", "1e", ".", "--1", "+ 3", "1,5"),
    *("0.000001", "0.0000009", "0.00000099999999999", "1e-6", "1e-999", "1e-99999999999999999999"),
    *("1000000", "1000000.0000000001", "1000001", "1e999", "-1e999", "0e99999999999999999999"),
    *("0.01", "0.0099999", "0.0100000001", ".5", "5.", "+3", " 7 ", "\t7\n", "\u00a07", "\u0663"),
    *("9007199254740991", "9007199254740992", "9007199254740991.0", "3.0", "1.5", "30e-1", "3e5"),
    *("0.0000015", "0.0000025", "2.0000005", "2.00000050000000001", "1000000000", "1000000000.1"),
    "0" * 500 + "1",
)
"""Texts at the ends of what is allowed, and beyond; the calculator takes an empty one for none."""

Case = dict[str, Any]

# Cases and answers travel as one text each: taken apart by playwright they took most of the time.
CALCULATE = """(cases) => JSON.stringify(JSON.parse(cases).map(({ release, texts, terms }) => {
  const { policyOf, termsOf, calculate } = window.stallproofCalculator;
  const { policy, refused } = policyOf(texts, release);
  const judgedWith = termsOf(terms);
  if (refused.length + judgedWith.refused.length > 0) return [refused, judgedWith.refused];
  const found = calculate(policy, judgedWith);
  return {
    policy, case: found.case,
    windows: found.windows.map((one) =>
      [one.form, one.afterUs, one.byUs, one.aboveUs, one.isDefined, one.oneSkipUs]),
    relations: found.relations.map((one) => [one.name, one.holds]),
  };
}))"""


@pytest.fixture
def arithmetic(browser: Browser) -> Iterator[Page]:
    """Return an empty page with the scripts that count."""
    page = browser.new_page()
    page.add_script_tag(content=next(iter(calculator.pages().values())))
    for name in ("reading.js", "arithmetic.js"):
        page.add_script_tag(path=SCRIPTS / name)
    yield page
    page.close()


def calculated(page: Page, cases: list[Case]) -> list[Any]:
    """Return what the calculator makes of `cases`."""
    found: list[Any] = json.loads(page.evaluate(CALCULATE, json.dumps(cases)))
    return found


def written(us: int, draw: random.Random) -> str:
    """Return microseconds as an operator may write them, in seconds."""
    whole, rest = divmod(us, 1_000_000)
    return draw.choice(
        (f"{whole}.{rest:06}", f"{us}e-6", f"+{us / 10:.1f}E-5", f"0{whole}.{rest:06}00")
    )


def near(us: int, draw: random.Random) -> int:
    """Return a time just before, at or just after another one."""
    return max(1, us + draw.choice((-1, 0, 1)))


def span(draw: random.Random) -> int:
    """Return a time of any order of magnitude that a knob can have."""
    return min(10**12, int(10 ** draw.uniform(0, 12.1)))


def case(draw: random.Random) -> Case:
    """Return a configuration in which what is compared is often equal, or apart by the least."""
    checks = draw.choice((1, 2, 3, 12, draw.randint(-3, 10**6)))
    grace_ms, margin_us = (
        draw.choice((0, 50, draw.randint(0, 60_000))),
        draw.choice((0, span(draw))),
    )
    limit_us = draw.choice((near(PERIOD_US + LATE_US, draw), 75_000_000, span(draw)))
    window_us = limit_us + max(1, checks) * PERIOD_US
    held_us = draw.choice((limit_us, window_us - PERIOD_US - LATE_US, span(draw)))
    progress_us, size = span(draw), draw.randint(1, 2**53 - 1)
    texts: dict[str, str | bool] = {
        "streaming_send_timeout": written(near(held_us - grace_ms * 1000, draw), draw),
        "sfm_send_stall_timeout": written(limit_us, draw),
        "sfm_close_stalled_connection": draw.random() < 0.8,
        "sfm_send_stall_consecutive_checks": str(checks),
        "streaming_ack_progress_timeout": written(near(progress_us, draw), draw),
        "streaming_ack_progress_check_interval": written(span(draw), draw),
        "streaming_ack_wait": str(max(1, progress_us // 1_000_000)),
        "streaming_window_size": str(size),
        "streaming_chunk_size": str(near(size, draw)),
        "streaming_ack_interval": str(near(size, draw)),
        "heartbeat_interval": str(draw.randint(1, 10**6)),
    }
    kept = {name: text for name, text in texts.items() if draw.random() < 0.9}
    if draw.random() < 0.15:
        numbers = [name for name in KNOBS if KNOBS[name].kind is not SWITCH]
        kept[draw.choice(numbers)] = draw.choice(HOSTILE)
    outers = {
        name: written(near(window_us + LATE_US + margin_us, draw), draw)
        for name in draw.sample(("job", "task", "request"), draw.randint(0, 3))
    }
    margin = written(margin_us, draw)
    if draw.random() < 0.05:
        margin = draw.choice(HOSTILE)
        outers["task"] = draw.choice(HOSTILE)
    terms = {"grace": str(grace_ms), "margin": margin, "outers": outers}
    return {"release": draw.choice(list(POLICIES)), "texts": kept, "terms": terms}


def by_python(asked: Case) -> object:
    """Return what `stallproof config` makes of a configuration, in the form of the calculator."""
    release: Release = asked["release"]
    by_hand = [
        (name, text if isinstance(text, str) else str(text))
        for name, text in asked["texts"].items()
    ]
    configured = examine(None, {}, tuple(by_hand), POLICIES[release])
    refused = [] if isinstance(configured, Configured) else [one.knob for one in configured]
    terms, wrong = terms_of(asked["terms"])
    if not isinstance(configured, Configured) or wrong:
        order = list(asked["texts"])
        return [sorted(refused, key=order.index), wrong]
    found = configuration_of(configured, terms, release=release)
    policy = configured.policy
    return {
        "policy": {knob.field: getattr(policy, knob.field) for knob in KNOBS.values()},
        "case": found.case.case,
        "windows": [
            [w.form, w.after_us, w.by_us, w.outer_above_us, w.defined, w.one_skip_us]
            for w in found.close_windows
        ],
        "relations": [[one.relation, one.holds] for one in found.relations],
    }


def terms_of(texts: dict[str, Any]) -> tuple[Terms, list[str]]:
    """Return what relations are judged with, and the names of what is refused."""
    wrong: list[str] = []
    outers_us: dict[str, int] = {}
    margin_us = 0
    try:
        margin_us = span_us("--margin", texts["margin"], least=Decimal(0))
    except UnusableError:
        wrong.append("margin")
    for name, text in texts["outers"].items():
        try:
            outers_us |= outer_us_of([f"{name}={text}"])
        except UnusableError:
            wrong.append(name)
    ticks = Ticks(Policy().monitor_period_us, LATE_US)
    return Terms(ticks, int(texts["grace"]) * 1000, outers_us, margin_us), wrong


def test_the_arithmetic_is_that_of_the_command(arithmetic: Page) -> None:
    """Exactly, on ten thousand configurations: values, refusals, both windows, every relation."""
    draw = random.Random(19)
    cases = [case(draw) for _ in range(CASES)]
    found = calculated(arithmetic, cases)
    assert CASES == len(found)
    seen: Counter[tuple[str, bool]] = Counter()
    for asked, said in zip(cases, found, strict=True):
        assert by_python(asked) == said, asked
        seen.update(
            [("refused", True)] if isinstance(said, list) else map(tuple, said["relations"])
        )
    assert seen["refused", True] > SEEN_MIN
    for one in calculator.data()["relations"]:
        for holds in (True, False):
            assert seen[one["name"], holds] > SEEN_MIN, (one["name"], holds)


def test_each_hostile_text_is_read_as_the_command_reads_it(arithmetic: Page) -> None:
    """By every knob that has a number, one at a time, and as an outer timeout."""
    numbers = [name for name in KNOBS if KNOBS[name].kind is not SWITCH]
    cases = [
        {
            "release": "2.7.2", "texts": {name: text},
            "terms": {"grace": "50", "margin": "0", "outers": {"task": text}},
        }
        for text in HOSTILE
        for name in numbers
    ]  # fmt: skip
    assert list(map(by_python, cases)) == calculated(arithmetic, cases)
