"""What is simulated: how many clients and relays, how fast, which connection stalls, and the knobs.

Every number is an assumption that an option can change, and none of them is an outcome.

Spec: `docs/simulate.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

SECOND_US = 1_000_000
MIB = 1024 * 1024
JOB_BEGINS_US = 100_003
"""When the job is deployed. No whole second, so that no deadline meets a tick of the monitor."""


@dataclass(frozen=True)
class Stall:
    """`name`, a relay or a site, reads nothing from its connection for a while."""

    name: str
    from_us: int
    for_us: int

    @property
    def until_us(self) -> int:
        """When it reads again."""
        return self.from_us + self.for_us


@dataclass(frozen=True)
class Plan:
    """One simulation. `knobs`: those of comm_config.json in force, in their own units.

    `workers`: how many sends the server has under way at once. `relay_bytes_s`, `site_bytes_s`: the
    speed of the links to each. `min_sites`: how many sites the job cannot do without.
    `strict`, `needs_report`: the checks of the server, which count with the guardrails alone.
    `set_knobs`: those that are not at their defaults, in words. `notes`: what the files left open.
    """

    knobs: Mapping[str, float | int | bool]
    clients: int = 144
    relays: int = 6
    min_sites: int = 115
    guardrails: bool = True
    stalls: tuple[Stall, ...] = ()
    max_retries: int = 3
    absences: int = 1
    workers: int = 16
    deployment_bytes: int = 4 * MIB
    start_bytes: int = 4096
    model_bytes: int = 20 * MIB
    relay_bytes_s: int = 125_000_000
    site_bytes_s: int = 12_500_000
    latency_us: int = 1_009
    deploy_timeout_us: int = 60 * SECOND_US
    start_timeout_us: int = 20 * SECOND_US
    report_us: int = 10 * SECOND_US
    download_timeout_us: int = 120 * SECOND_US
    train_us: int = 5 * SECOND_US
    round_timeout_us: int = 600 * SECOND_US
    required_sites: tuple[str, ...] = field(default=())
    strict: bool = True
    needs_report: bool = True
    set_knobs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_strict(self) -> bool:
        """Whether a reply that is missing counts as a failure."""
        return self.guardrails and self.strict

    @property
    def is_report_needed(self) -> bool:
        """Whether only a site that was seen in the job can be declared dead."""
        return self.guardrails and self.needs_report

    @property
    def sites(self) -> list[str]:
        """The names of the clients, in the order in which the server knows them."""
        return [f"site-{number}" for number in range(1, self.clients + 1)]

    def relay_of(self, site: str) -> str:
        """Return the relay that `site` is behind: they take turns."""
        return f"relay-{(int(site.removeprefix('site-')) - 1) % self.relays + 1}"

    @property
    def relay_names(self) -> list[str]:
        """The names of the relays."""
        return [f"relay-{number}" for number in range(1, self.relays + 1)]

    def stall_of(self, name: str) -> Stall | None:
        """Return the stall of the connection to `name`, if it has one."""
        return next((one for one in self.stalls if one.name == name), None)
