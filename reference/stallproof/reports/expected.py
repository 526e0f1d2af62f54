"""What was known beforehand, in words: expected failures, stale entries, and what is flaky."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from stallproof.judge.expected_failures import UNFILED
from stallproof.judge.report import Expectation, Expectations
from stallproof.reports.lines import visible
from stallproof.reports.page import item


def expected_parts(met: Expectations) -> Iterator[RenderableType]:
    """Yield what a report says of the file of expected failures; stale entries come first."""
    yield Text(f"Known beforehand ({visible(met.file)}):", "bold")
    for entry in met.stale:
        yield item(
            f"STALE: {entry.requirement} passed, and the file expects it to fail "
            f"({entry.reason}). Delete this entry."
        )
    for words, entries in (
        ("expected, and failed", met.expected),
        ("flaky, and failed this time", met.flaky_failed),
        ("flaky, and passed this time", met.flaky_passed),
        ("named, and neither passed nor failed", met.unresolved),
    ):
        for entry in entries:
            yield item(f"{entry.requirement} {words}: {entry.reason} [{entry.link}]")
    yield item(counted(met))
    yield Text()


def counted(met: Expectations) -> str:
    """Return the numbers: nothing that was excused goes uncounted."""
    told = [
        f"{len(met.expected)} expected",
        f"{len(met.stale)} stale",
        f"{len(met.flaky_failed) + len(met.flaky_passed)} flaky ({len(met.flaky_failed)} failed)",
    ]
    if met.unresolved:
        told.append(f"{len(met.unresolved)} unresolved")
    if met.left_out:
        told.append(f"{len(met.left_out)} not in the scope of this run")
    unfiled = sum(1 for entry in _all(met) if entry.link == UNFILED)
    if unfiled:
        told.append(f"{unfiled} without a link")
    return ", ".join(told)


def _all(met: Expectations) -> list[Expectation]:
    return [
        *met.expected, *met.stale, *met.flaky_failed, *met.flaky_passed, *met.unresolved,
        *met.left_out,
    ]  # fmt: skip
