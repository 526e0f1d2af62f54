"""A harness on this machine: what it declares, and whether the smoke test finds it sound."""

from collections.abc import Iterator, Sequence

from stallproof.runner.doctor.look import Look, ok
from stallproof.runner.smoke import Check, smoked
from stallproof.runner.smoke.lacking import without_line
from stallproof.runner.sut.client import HarnessBroken, HarnessClient


def harness_looks(command: Sequence[str]) -> Iterator[Look]:
    """Yield what the harness `command` declares, then each check of the smoke test that broke.

    One look stands for all checks that are sound.
    """
    checks: list[Check] = []
    yield _declared(command)
    for check in smoked(command):
        checks.append(check)
        if check.state == "broken":
            yield Look(
                name="harness", state="fail", seen=f"{check.name}: {check.seen}",
                advice=check.advice,
            )  # fmt: skip
    sound = [check.name for check in checks if check.state == "sound"]
    yield ok("harness", f"{len(sound)} checks of the smoke test are sound.")


def _declared(command: Sequence[str]) -> Look:
    """Say who the harness is and what it declares."""
    client = HarnessClient(command, lambda event: None)
    try:
        client.start()
        client.begin()
    except HarnessBroken as error:
        return Look(
            name="declared", state="fail", seen=f"It says no valid hello: {error}",
            advice="Mend this first: stallproof conform --smoke says more.",
        )  # fmt: skip
    finally:
        client.close()
    hello = client.hello
    features = ", ".join(sorted(hello.features)) or "nothing"
    told = [f"{hello.name} {hello.version} declares {features}.", *without_line(hello.features)]
    return ok("declared", " ".join(told))
