"""Reports that no run makes: ten thousand findings, and names that mean harm."""

from functools import cache

import msgspec

from stallproof.judge.report import (
    Expectation,
    Expectations,
    Finding,
    HarnessTrouble,
    Report,
    Verdict,
)
from stallproof.judge.standing import LACKS
from tests.reports.samples import STALL, make_judgement, make_report

HOSTILE = (
    "a|b`c`<img src=x onerror=alert(1)></details>@everyone #1 [x](http://evil.example)\n"
    "::error::\r\x1b[31m\x00\ufffe\u202e& ]]> --> *b* _i_ $x$ \ud800"
)
"""What a name can do: end a cell, a fold or a line, call, link, colour, hide, and be no Unicode."""


@cache
def huge() -> Report:
    """Return a report of 20 requirements that fail with 500 findings each, no two of them alike.

    Each scenario has a name of its own. Beside them there is one of each other verdict, trouble
    with the harness, and a file of expected failures.
    """
    judgements = []
    for number in range(1, 21):
        findings = [
            Finding(
                scenario=f"{_word(number * 500 + n)} #1",
                explanation=f"{_word(number * 500 + n)} is broken. " + "More of it. " * 50,
                events=list(STALL) * 20,
                tells="violation" if n % 2 else "consequence",
                of=None if n % 2 else "SD-1",
                transports=["unix"],
            )
            for n in range(500)
        ]
        # Letters alone, so that no two of them are alike.
        gaps = [
            Finding(scenario="", explanation=f"'x'. {LACKS} {_word(n)}.", tells="unsupported")
            for n in (number, number + 100)
        ]
        judged = make_judgement(f"SD-{number}", "fail", findings=[*findings, *gaps])
        judgements.append(msgspec.structs.replace(judged, transports={"unix": "fail"}))
    trouble = [
        HarnessTrouble(scenario=_word(n), what="garbage", detail="y" * 5_000) for n in range(100)
    ]
    verdicts: tuple[Verdict, ...] = ("pass", "inconclusive", "not-exercised", "unsupported")
    judgements += [make_judgement(f"AP-{n}", verdict) for n, verdict in enumerate(verdicts)]
    report = make_report(*judgements, verdict="fail", harness=trouble, notes=["z"] * 10)
    met = Expectations(
        file="known.toml", expected=[], stale=[], flaky_failed=[], flaky_passed=[], unresolved=[],
        left_out=[],
    )  # fmt: skip
    return msgspec.structs.replace(report, why=["harness", "unsupported"], expectations=met)


def hostile() -> Report:
    """Return a report in which every text from outside is `HOSTILE`."""
    finding = Finding(
        scenario=HOSTILE, explanation=HOSTILE, events=list(STALL), transports=["unix"]
    )
    judgement = make_judgement("SD-1", "fail", title=HOSTILE, findings=[finding])
    judgement = msgspec.structs.replace(judgement, transports={HOSTILE: "fail", "tcp": "pass"})
    noisy = Finding(scenario=HOSTILE, explanation=HOSTILE, tells="inconclusive")
    other = make_judgement("SD-2", "inconclusive", title=HOSTILE, findings=[noisy])
    entry = Expectation(requirement="SD-2", reason=HOSTILE, link=HOSTILE)
    report = make_report(
        judgement, other, verdict="fail", notes=[HOSTILE],
        harness=[HarnessTrouble(scenario=HOSTILE, what=HOSTILE, detail=HOSTILE)],
    )  # fmt: skip
    return msgspec.structs.replace(
        report,
        implementation={"name": HOSTILE, "version": HOSTILE, "language": HOSTILE, HOSTILE: "x"},
        without=[HOSTILE],
        interrupted=HOSTILE,
        volatile={"date": HOSTILE, "host": HOSTILE, "command": HOSTILE},
        expectations=Expectations(
            file=HOSTILE, expected=[], stale=[entry], flaky_failed=[], flaky_passed=[],
            unresolved=[entry], left_out=[],
        ),
    )  # fmt: skip


def _word(number: int) -> str:
    """Return a word of letters alone, another one for each number."""
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:06d}")
