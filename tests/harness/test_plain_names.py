"""A Python harness says what its knobs are called, and takes them by these names."""

from typing import Any, ClassVar

from stallproof.harness.plain import PlainHarness
from stallproof.wire.layout import FrameLayout, LengthField
from stallproof.wire.protocol import Binding, ConfigRequest, KnobName


class InMilliseconds(PlainHarness[None]):
    """A harness whose only knob is in milliseconds."""

    name = "in-milliseconds"
    version = "1"
    frames = FrameLayout(prefix_bytes=4, length=LengthField(at=0, bytes=4))
    defaults: ClassVar[dict[str, Any]] = {"timeout_ms": 30_000}
    binding = Binding(knobs={"streaming_send_timeout": KnobName(name="timeout_ms", unit="ms")})


def test_a_harness_has_its_knobs_by_its_own_names() -> None:
    """What is asked for by its name is in force, and what it does not know is left out."""
    harness = InMilliseconds(lambda event: None)
    assert InMilliseconds.binding == harness.hello().binding
    asked = ConfigRequest(id=1, knobs={"timeout_ms": 500, "streaming_send_timeout": 0.5})
    assert {"timeout_ms": 500} == harness.config(asked)["effective"]
    assert {"timeout_ms": 500} == harness.knobs
