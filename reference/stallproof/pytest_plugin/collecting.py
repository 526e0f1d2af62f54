"""The tests of the requirements: one for each, and one for each transport it is judged on.

The intuition: `SD-3[tcp]` says how SD-3 came out over TCP, and `SD-3` how it came out as a whole.
All of them are green exactly where `stallproof conform` with the same options says PASS.

The complication: which transports an implementation has is known only when it was asked. So there
is a test for each transport that the scenarios know, and one that is lacking is skipped, unless
that leaves the verdict open.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from stallproof.cli.arguments import command_of, seconds_of, selected_of
from stallproof.cli.wishes import Wishes
from stallproof.pytest_plugin.options import PREFIX, Judged, renamed
from stallproof.pytest_plugin.outcome import Outcome, outcome_of, outcome_of_run
from stallproof.pytest_plugin.sharing import Oracle, OracleError
from stallproof.reports.output import UnusableError
from stallproof.requirements.registry import load_registry
from stallproof.runner.conform import decidable
from stallproof.runner.play import SCENARIOS
from stallproof.wire.protocol import TRANSPORTS

RUN = "run"
"""The name of the test of the run itself."""
_CLOCKS = ("auto", "real", "virtual")
_PROFILES = ("seed", "hardened")
_SILENT = ("skip", "skipif", "xfail")
"""Markers under which a test may fail without a word; a conftest.py can put them on ours."""


class Law(pytest.Collector):
    """Where the tests of the requirements hang in the tree of all tests."""

    oracle: Oracle

    def collect(self) -> Iterator["Verdict"]:
        """Yield the tests, the run itself first."""
        judged, registry = self.oracle.judged, load_registry()
        whole = "generated" if "generate" in judged.asked else None
        whole = "virtual" if whole is None and judged.asked.get("clock") == "virtual" else whole
        yield Verdict.make(self, None, "what was judged, and how", RUN)
        for requirement in registry.requirements:
            if requirement.id not in self.oracle.selected:
                continue
            at = transports_of(requirement.id) if whole is None else ()
            # On one transport alone the whole says as much.
            for transport in at if len(at) > 1 else ():
                yield Verdict.make(self, requirement.id, requirement.title, transport)
            yield Verdict.make(self, requirement.id, requirement.title, whole)


class Verdict(pytest.Item):
    """The verdict on a requirement, on one transport or as a whole; or that on the run itself."""

    requirement: str | None
    title: str
    transport: str | None
    oracle: Oracle

    @classmethod
    def make(cls, parent: Law, requirement: str | None, title: str, at: str | None) -> "Verdict":
        """Return the test of `requirement`, `None` for the run, with `at` in its brackets."""
        name = f"{requirement}[{at}]" if requirement and at else str(requirement or at)
        made: Verdict = cls.from_parent(parent, name=name)
        made.requirement, made.title, made.oracle = requirement, title, parent.oracle
        made.transport = at if at in TRANSPORTS else None
        made.add_marker("stallproof")
        if made.config.pluginmanager.hasplugin("xdist"):
            made.add_marker(pytest.mark.xdist_group("stallproof"))
        made.user_properties.append(("requirement", requirement or RUN))
        made.user_properties.append(("title", title))
        return made

    def setup(self) -> None:
        """Have the oracle run, if nobody has yet."""
        wanted = {
            one.requirement
            for one in self.session.items
            if isinstance(one, Verdict) and one.requirement is not None
        }
        why = None
        try:
            self.oracle.judge(frozenset(wanted) or self.oracle.selected)
        except OracleError as error:
            why = f"{error}"
        if why is not None:
            # Of what goes wrong in a setup pytest shows the code, and it is none of the reader's.
            pytest.fail(why, pytrace=False)

    def runtest(self) -> None:
        """Pass, or raise what tells how it came out."""
        report = self.oracle.report
        if self.requirement is None:
            outcome: Outcome = outcome_of_run(report)
        else:
            outcome = outcome_of(
                report, self.requirement, self.transport, scenarios_on, tested=self._tested()
            )
        if outcome.kind == "failed":
            pytest.fail(outcome.why, pytrace=False)
        if outcome.kind == "skipped":
            pytest.skip(outcome.why)
        if outcome.kind == "xfailed":
            pytest.xfail(outcome.why)

    def _tested(self) -> set[str]:
        """Return the transports of which a test of this run tells; a marker may keep one silent."""
        return {
            one.transport
            for one in self.session.items
            if isinstance(one, Verdict)
            and one.requirement == self.requirement
            and one.transport is not None
            and not any(one.get_closest_marker(name) for name in _SILENT)
        }

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show what the report says, and no code of this plugin."""
        if isinstance(excinfo.value, OracleError | pytest.fail.Exception):
            return f"{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Name the place and the test, as the head of a failure has it."""
        # pytest asks for a line where a marker skips it.
        return self.config.rootpath / "stallproof", 0, f"{self.name}: {self.title}"


def transports_of(requirement: str) -> tuple[str, ...]:
    """Return the transports over which a scenario says something of `requirement`."""
    found: set[str] = set()
    for one in SCENARIOS:
        if requirement in one.requirements:
            found |= one.features | one.takes.get(requirement, frozenset())
    return tuple(one for one in TRANSPORTS if one in found)


def scenarios_on(scenario: str) -> Collection[str]:
    """Return the transports of the scenario that a finding names; none if that is not known."""
    name = scenario.partition("#")[0].split()[0] if scenario.strip() else ""
    return _BY_NAME.get(name, ())


_BY_NAME: Mapping[str, Collection[str]] = {
    one.name: one.features & set(TRANSPORTS) for one in SCENARIOS
}


def tests_of(session: pytest.Session, judged: Judged) -> Sequence[pytest.Item]:
    """Return the tests of what is `judged`; raises `pytest.UsageError` for what cannot be."""
    try:
        oracle = Oracle(session.config, judged, in_scope(judged, session.config.rootpath))
    except UnusableError as error:
        raise pytest.UsageError(f"stallproof: {renamed(str(error))}") from None
    law: Law = Law.from_parent(session, name="stallproof", nodeid=PREFIX.removesuffix("::"))
    law.oracle = oracle
    found = list(law.collect())
    by_name = {one.name: one for one in found}
    for name in judged.ids:
        if name not in by_name:
            raise pytest.UsageError(f"{PREFIX}{name}: there is no such test")
    chosen: list[Verdict] = [by_name[name] for name in judged.ids] or found
    # Who counts what was collected counts by these reports.
    report = pytest.CollectReport(law.nodeid, "passed", None, [*chosen])
    law.ihook.pytest_collectreport(report=report)
    return chosen


def in_scope(judged: Judged, root: Path) -> frozenset[str]:
    """Return what is judged; raises `UnusableError` for options that cannot be used."""
    asked, registry = judged.asked, load_registry()
    for name, words in {"clock": _CLOCKS, "profile": _PROFILES}.items():
        if asked.get(name, words[0]) not in words:
            raise UnusableError(f"--{name} {asked[name]!r} is none of {', '.join(words)}")
    command_of(judged.impl)
    seconds_of(asked.get("timeout"), "--timeout")
    known = asked.get("expected-failures")
    Wishes(
        None if known is None else root / known,
        *([asked[name]] if name in asked else None for name in ("without", "allow")),
    ).read()
    only, skip = ([asked[name]] if name in asked else None for name in ("only", "skip"))
    selected = selected_of(registry, only, asked.get("profile", "hardened"), skip)
    if asked.get("clock") == "virtual":
        selected = decidable(selected)
    if not selected:
        raise UnusableError("nothing is left that could be judged")
    return selected
