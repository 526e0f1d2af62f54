"""The events of the oracle itself: what it played, asked and was answered, and what it measured.

Spec: `spec/trace.md`, schema `spec/schemas/trace.schema.json`.
"""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import UNSET, UnsetType, field

from stallproof.wire.event import RunnerEvent
from stallproof.wire.request import Role


class TraceBegun(RunnerEvent, frozen=True, kw_only=True, tag="trace"):
    """The first line of every trace: who is judged, by what, and what its `hello` declared.

    `clock_uncertainty_us`: how far the implementation's times may be off on the oracle's clock.
    `clock`: what its scenarios were played by; `seed`: of what was generated, `None` if nothing.
    `without`: features that nobody wanted judged, as if they were declared missing. `interrupted`:
    why the run ended before its time, as its last line says it.
    """

    schema: str
    profile: Literal["seed", "hardened"]
    selected: list[str]
    implementation: dict[str, str]
    features: list[str]
    monitor_form: Literal["a", "b"] | None = None
    monitor_slack_us: int = 0
    monitor_period_us: int | None = None
    clock_uncertainty_us: int = 1
    clock_shared: bool = True
    clock: Literal["real", "virtual", "both"] = "real"
    seed: int | None = None
    without: list[str] | UnsetType = UNSET
    interrupted: str | UnsetType = UNSET


class ScenarioBegun(RunnerEvent, frozen=True, kw_only=True, tag="scenario"):
    """From here to the next such line everything belongs to one repetition of one scenario.

    `policy`: the knobs in force, in core units, as the implementation confirmed them.
    `kernel_holds_bytes`: no more than this fits between a sender and a peer that does not read.
    `clock` `virtual`: every time of the run is virtual (`spec/virtual.md`) and bounds are exact.
    `situations`: those that the scenario is to bring about, by requirement.
    """

    name: str
    repetition: int
    requirements: list[str]
    policy: dict[str, int]
    grace_us: int
    kernel_holds_bytes: int = 0
    clock: Literal["real", "virtual"] = "real"
    situations: dict[str, list[str]] | UnsetType = UNSET


class ScenarioEnded(RunnerEvent, frozen=True, kw_only=True, tag="scenario_ended"):
    """`noise_us`: the worst overrun meanwhile. `spun`: the implementation burnt the processor.

    `delayed_us`: the longest that harness, peer and runner were kept from running, as the kernel
    counts it. `clock_uncertainty_us`: of the harness's clock in this run; left out: as in `trace`.
    """

    noise_us: int
    spun: bool = False
    attempts: int = 1
    delayed_us: int | UnsetType = UNSET
    clock_uncertainty_us: int | UnsetType = UNSET


class Requested(RunnerEvent, frozen=True, kw_only=True, tag="asked"):
    """A request was written to the implementation; `at_us` is never later than its effect.

    The fields are those of the request (`spec/protocol.md`); `offset` counts for `ack` only, where
    `None` is a JSON null. What only few requests have is not written for the others.
    """

    id: int
    op: str
    conn: str | None = None
    send: int | None = None
    size_bytes: int | None = None
    repeat: int | None = None
    heartbeats: bool | None = None
    lowest_descriptor: int | None = None
    stream: int | None = None
    total_bytes: int | None = None
    chunk_ready_us: list[int] | None = None
    start_after_us: int | None = None
    offset: Any = None
    origin: str | None = None
    error: str | None = None
    room_bytes: int | None = None
    linger_us: int | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    to_us: int | None = None
    wrote_bytes: int | None = None
    late_us: int | None = None
    cause: str | None = None
    period_us: int | None = None
    by_us: int | None = None
    machine: str | UnsetType = UNSET
    input: dict[str, Any] | UnsetType = UNSET


_TOLD = frozenset(Requested.__struct_fields__) - {"at_us", "seen_by", "id", "op"}


def requested(fields: Mapping[str, Any], *, at_us: int, number: int) -> Requested:
    """Return the event that tells of the request with these `fields`, `op` among them."""
    told = {name: value for name, value in fields.items() if name in _TOLD}
    return Requested(at_us=at_us, id=number, op=str(fields["op"]), **told)


class Answered(RunnerEvent, frozen=True, kw_only=True, tag="answered"):
    """The reply to request `id` was heard. `error`: `None` when it was carried out, else the word.

    The words are `unsupported`, `refused` and `failed` (`spec/protocol.md`, rules 1 to 3).
    """

    id: int
    op: str
    error: str | None = None
    message: str | None = None


class HarnessFailed(RunnerEvent, frozen=True, kw_only=True, tag="harness_failed"):
    """The harness broke the protocol, died or hung; the implementation was not judged by it."""

    what: Literal["missing", "died", "hung", "garbage", "flood", "protocol", "lab"]
    detail: str


class Unsupported(RunnerEvent, frozen=True, kw_only=True, tag="unsupported"):
    """The scenario was left out because the implementation declared `feature` missing.

    With `requirements` it was played, and left out for these alone.
    """

    feature: str
    requirements: list[str] | UnsetType = UNSET


class Interrupted(RunnerEvent, frozen=True, kw_only=True, tag="interrupted"):
    """The last line of a trace whose run ended before its time: `why`. It is in no scenario."""

    why: str


class Taken(RunnerEvent, frozen=True, kw_only=True, tag="taken"):
    """The implementation was found to have taken in `frames` frames from the peer so far.

    `asked_us`: when it was asked; it took in what is not among them after that.
    """

    conn: str
    frames: int
    asked_us: int | UnsetType = UNSET


class DescriptorSeen(RunnerEvent, frozen=True, kw_only=True, tag="descriptor_seen"):
    """The highest socket descriptor that the system shows for the implementation's process."""

    conn: str
    descriptor: int | None


class ProcessorUsed(RunnerEvent, frozen=True, kw_only=True, tag="processor_used"):
    """The implementation's process used `used_us` of processor time since `began_us`."""

    began_us: int
    used_us: int


class Suspended(RunnerEvent, frozen=True, kw_only=True, tag="suspended"):
    """The harness was stopped with all that it had started, and continued; its clock went on.

    Nothing of it was stopped before `began_us`, all of it from `stopped_us` to `continued_us`, and
    nothing of it any more at `at_us`.
    """

    began_us: int
    stopped_us: int
    continued_us: int


class ConfigurationAsked(RunnerEvent, frozen=True, kw_only=True, tag="configuration_asked"):
    """A configuration was asked for: the text of the file and the environment (group CF).

    `id` is that of the request; `case` names what it is for; `grace_us`, `outer_timeouts_us` and
    `margin_us` are what the relations of CF-5 are judged with.
    """

    id: int
    case: str
    file: str
    environment: dict[str, str]
    grace_us: int = 0
    outer_timeouts_us: dict[str, int] = field(default_factory=dict)
    margin_us: int = 0


class ConfigurationAnswered(RunnerEvent, frozen=True, kw_only=True, tag="configuration_answered"):
    """What came of configuration `id`: effective values with notes, or a refusal, or an error.

    `error`: `None` when the configuration is in force; `refused` with `knob`, `value`, `allowed`;
    `unsupported` or `failed`. `effective` is in the knobs' own units.
    """

    id: int
    error: str | None = None
    message: str | None = None
    knob: str | None = None
    value: Any = None
    allowed: str | None = None
    effective: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    monitor_period_us: int | None = None
    relations: list[dict[str, Any]] = field(default_factory=list)
