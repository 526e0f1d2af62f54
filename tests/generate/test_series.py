"""The cases of a seed, many of them under way at once: each is what it is alone."""

import msgspec

from stallproof.generate.parts import series_of
from stallproof.generate.sampling import drawn
from stallproof.generate.scripts import scripts
from stallproof.runner.sut.virtual import AHEAD, VirtualHarness
from stallproof.runner.virtual_runs import trace_header
from stallproof.wire.events import AnyEvent
from tests.generate.generated_bench import EVERY, REFERENCE

COUNT = 2 * AHEAD + 5
"""More than are ever under way."""


def test_each_case_of_a_series_has_the_run_that_its_script_has_alone() -> None:
    """None is left out, none comes twice, and none has the words of another one."""
    with VirtualHarness(REFERENCE) as harness:
        header = trace_header(harness.hello, profile="hardened", selected=EVERY, seed=1)
        events: list[AnyEvent] = []
        told: list[int] = []
        series = series_of(REFERENCE, header, harness, events)
        series.play(0, COUNT, told.append)
        drawing = scripts(harness.hello.features, series.families)
        alone = [
            event
            for case, script in enumerate(drawn(1, COUNT, drawing), 1)
            for event in harness.play(msgspec.structs.replace(script, name=f"generated-{case}"))
        ]
    assert alone == events
    assert [*range(1, COUNT + 1)] == told
