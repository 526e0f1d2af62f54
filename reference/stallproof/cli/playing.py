"""What `conform` plays: by which clock, in which of four ways, and for how long at most."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from stallproof.cli.arguments import whole
from stallproof.cli.completion import names, vector_names
from stallproof.cli.setting_values import GRACE_MS_MAX, JOBS_MAX
from stallproof.reports.output import UnusableError
from stallproof.runner.conform import Clock
from stallproof.wire.role import Role


@Parameter(name="*")
@dataclass(frozen=True)
class Play:
    """What is played, and by which clock.

    Parameters
    ----------
    clock
        real: over real sockets, with grace; virtual: the vectors, exactly and at once, where the
        implementation takes its clock from outside (`stallproof spec virtual`); auto: real, and
        the vectors too where virtual time is declared.
    vectors
        Play only these installed vectors, in virtual time: names, parted by commas.
    generate
        Play this many generated scenarios instead; a failure is shrunk and written as a vector.
    seed
        Of the generated scenarios: the same seed, the same scenarios; 0 if not given.
    failures
        The folder for the vectors of failures; `failures` if not given.
    replay
        Play these vector files instead.
    grace_ms
        The allowance for a real scheduler and clock, in ms; 50 by default. More than a tenth of the
        smallest bound in play is refused. In virtual time there is none.
    jobs
        How many scenarios run side by side on the real clock; by default as many as the noise
        lets them, and 4 generated ones. With --generate in virtual time: how many processes play,
        at most one a processor.
    role
        connect: the implementation connects to the peer; accept: the peer connects to it, where it
        declares accepting. Unix sockets and TCP, on the real clock.
    timeout
        End the whole run after so long, in seconds or as in 5m; the report says what was judged.
    dask
        Play what --generate draws on the Dask cluster at this address, such as tcp://host:8786, in
        virtual time. It belongs to --generate. Each worker needs this version of stallproof, and
        the harness.
    fail_fast
        End the run at the first broken MUST that is not expected to fail; the report says so.
    """

    clock: Clock = "auto"
    vectors: Annotated[list[str] | None, names(vector_names), Parameter(negative="")] = None
    generate: Annotated[
        int | None, Parameter(converter=whole, validator=Number(gte=1, lte=1_000_000))
    ] = None
    seed: Annotated[
        int | None, Parameter(converter=whole, validator=Number(gte=0, lte=2**63 - 1))
    ] = None
    failures: Path | None = None
    replay: Annotated[list[Path] | None, Parameter(negative="", consume_multiple=True)] = None
    grace_ms: Annotated[
        int | None, Parameter(converter=whole, validator=Number(gte=1, lte=GRACE_MS_MAX))
    ] = None
    jobs: Annotated[
        int | None,
        Parameter(
            name=("--jobs", "--lanes"), converter=whole, validator=Number(gte=1, lte=JOBS_MAX)
        ),
    ] = None
    role: Role = "connect"
    timeout: str | None = None
    dask: str | None = None
    fail_fast: Annotated[bool, Parameter(negative="")] = False

    @property
    def clock_in_force(self) -> Clock:
        """The clock; not asked for it is `virtual` for named vectors, `real` for who accepts."""
        if self.role == "accept" and self.clock == "auto":
            return "real"
        return "virtual" if self.vectors is not None and self.clock == "auto" else self.clock

    @property
    def grace_us(self) -> int | None:
        return None if self.grace_ms is None else self.grace_ms * 1000

    def require_together(self) -> None:
        """Raise `UnusableError` for options that do not go together."""
        ways = {"--vectors": self.vectors, "--generate": self.generate, "--replay": self.replay}
        taken = [option for option, value in ways.items() if value is not None]
        if len(taken) > 1:
            raise UnusableError(f"{taken[0]} and {taken[1]}: one of them at a time")
        if self.fail_fast and self.generate is not None:
            raise UnusableError(
                "--fail-fast and --generate: a generated failure is shrunk first; use --timeout"
            )
        for option, value in self._of_generated.items():
            if value is not None and self.generate is None:
                raise UnusableError(f"{option} belongs to --generate")
        if self.role == "accept" and (taken or self.clock_in_force == "virtual"):
            raise UnusableError("--role accept: only scenarios on the real clock have roles")
        if self.clock_in_force == "virtual":
            # Generated scripts are shared out among processes there as well.
            jobs = self.jobs if self.generate is None else None
            for option, number in {"--grace-ms": self.grace_ms, "--jobs": jobs}.items():
                if number is not None:
                    raise UnusableError(f"{option}: there is none in virtual time, it is exact")
        if self.dask is not None and self.clock == "real":
            raise UnusableError("--dask: a real clock is that of this machine; use --clock virtual")
        if self.vectors is not None and self.clock == "real":
            raise UnusableError("--vectors are played in virtual time: leave out --clock real")
        if self.replay is not None and not self.replay:
            raise UnusableError("--replay names no file")

    @property
    def _of_generated(self) -> dict[str, object]:
        """The options that say something of generated scenarios alone."""
        return {"--seed": self.seed, "--failures": self.failures, "--dask": self.dask}
