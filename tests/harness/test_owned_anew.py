"""A harness of the simple kind that declares `anew`: another configuration begins from nothing."""

import asyncio
from typing import Any, ClassVar

import pytest

import stallproof
from stallproof import AsyncHarness, PlainHarness
from stallproof.drivers.io import Io
from stallproof.drivers.recorder import Record
from stallproof.harness import FrameLayout, LengthField, Unsupported
from stallproof.wire.protocol import ConfigRequest, OpenRequest
from tests.harness.streamed import Streamed

FRAMES = FrameLayout(prefix_bytes=4, length=LengthField(at=0, bytes=4))
REQUEST = OpenRequest(id=2, conn="a", transport="unix", path="unused")


class Watching(PlainHarness[Any]):
    """A harness with a monitor of its own, which is made where all begins."""

    name = "watching"
    version = "1"
    frames = FRAMES
    defaults: ClassVar[dict[str, Any]] = {
        "streaming_send_timeout": 30.0,
        "sfm_send_stall_timeout": 45.0,
    }

    def begin(self, io: Io, record: Record) -> None:
        """Watch nothing."""
        super().begin(io, record)
        self.watched: list[object] = []

    def connect(self, request: OpenRequest) -> object:
        """Watch a connection that is none."""
        self.watched.append(request.conn)
        return object()


class OnALoop(AsyncHarness[Any]):
    """Its connections are the loops that they were made on."""

    name = "on-a-loop"
    version = "1"
    frames = FRAMES

    async def connect(self, request: OpenRequest) -> object:
        """Return the loop."""
        return asyncio.get_running_loop()


class Kept(Streamed):
    """Streams of a harness whose processes are kept."""

    features: ClassVar[tuple[str, ...]] = (*Streamed.features, "anew")


def configured(harness: PlainHarness[Any] | AsyncHarness[Any], **knobs: float) -> Any:
    """Return what is in force after `knobs` were asked for."""
    return harness.config(ConfigRequest(id=1, knobs=knobs))["effective"]


def test_knobs_that_are_not_named_are_back_at_their_defaults() -> None:
    """Whether anything was opened in between or not."""
    harness = Watching(lambda event: None)
    for _ in range(2):
        seen = configured(harness, sfm_send_stall_timeout=8.0)
        assert {"streaming_send_timeout": 30.0, "sfm_send_stall_timeout": 8.0} == seen
        seen = configured(harness, streaming_send_timeout=7.0)
        assert {"streaming_send_timeout": 7.0, "sfm_send_stall_timeout": 45.0} == seen
        assert seen == harness.knobs
        harness.open(REQUEST)
    assert {"streaming_send_timeout": 30.0, "sfm_send_stall_timeout": 45.0} == Watching.defaults


def test_names_come_again_and_nobody_is_watched_from_before() -> None:
    """Within a configuration a name is taken; after another one it is free."""
    harness = Watching(lambda event: None)
    configured(harness)
    harness.open(REQUEST)
    with pytest.raises(ValueError, match="open already"):
        harness.open(REQUEST)
    assert ["a"] == harness.watched
    configured(harness)
    assert [] == harness.watched
    with pytest.raises(ValueError, match="no connection is called"):
        harness.link("a")
    harness.open(REQUEST)
    assert ["a"] == harness.watched


def test_a_configuration_that_is_not_taken_changes_nothing() -> None:
    """What was in force stays in force, with its connections."""
    harness = Watching(lambda event: None)
    configured(harness, streaming_send_timeout=7.0)
    harness.open(REQUEST)
    with pytest.raises(Unsupported, match="no configuration file"):
        harness.config(ConfigRequest(id=3, file="{}"))
    assert 7.0 == harness.knobs["streaming_send_timeout"]
    assert ["a"] == harness.watched
    assert harness.link("a")


def test_a_loop_goes_on_from_configuration_to_configuration() -> None:
    """Else each would leave a loop behind that nobody ends."""
    harness = OnALoop(lambda event: None)
    loops = []
    for _ in range(2):
        configured(harness)
        harness.open(REQUEST)
        loops.append(harness.link("a").conn)
    assert loops[0] is loops[1]


@pytest.mark.timing
def test_the_verdicts_are_those_of_a_process_for_each_scenario() -> None:
    """The report says which way it was."""
    runs = [
        stallproof.conform(Kept, clock="real", only="SD-12,AP-1,AP-12", without=without)
        for without in (None, "anew")
    ]
    kept, single = (
        {one.id: one.verdict for one in run.requirements if one.selected} for run in runs
    )
    assert {"AP-1": "pass", "AP-12": "pass"}.items() <= kept.items()
    assert single == kept
    assert [True, False] == [any("processes were kept" in note for note in r.notes) for r in runs]
