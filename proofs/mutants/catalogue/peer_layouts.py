"""Mutants of how the oracle meets an implementation: its frames, its words, its side.

They break what is judged, not what judges: each names a requirement of which it would tell wrongly.
"""

from functools import partial

from proofs.mutants.mutant import Mutant

_LAYOUTS = "test:tests/runner/peer/test_layouts.py::"

in_heads = partial(Mutant, file="reference/stallproof/wire/heads.py", breaks=("SD-9",))
in_frames = partial(Mutant, file="reference/stallproof/runner/peer/frames.py", breaks=("SD-9",))
in_content = partial(Mutant, file="reference/stallproof/runner/peer/content.py", breaks=("CX-1",))
in_binding = partial(Mutant, file="reference/stallproof/runner/sut/binding.py", breaks=("SD-2",))

MUTANTS = (
    in_heads(
        id="a_varint_has_one_byte_more",
        says="a varint may be one byte longer than it was declared",
        caught_by=(_LAYOUTS + "test_a_head_that_makes_no_sense_is_garbage",),
        old="if len(head) - length.at >= length.bytes:",
        new="if len(head) - length.at > length.bytes:",
    ),
    in_frames(
        id="a_frame_ends_with_anything",
        says="a frame of text is whole whatever stands where its line should end",
        caught_by=(_LAYOUTS + "test_a_head_that_makes_no_sense_is_garbage",),
        old="if self._tail != announced.tail:",
        new="if len(self._tail) != len(announced.tail):",
    ),
    in_content(
        id="half_a_byte_is_not_looked_at",
        says="the last digit of a line with an odd number of them is taken unseen",
        caught_by=(_LAYOUTS + "test_a_single_wrong_byte_of_a_payload_is_found",),
        old="if self._digits and self.owner is not None:",
        new="if self._digits and self.owner is None:",
    ),
    in_binding(
        id="a_unit_is_told_and_not_heard",
        says="what is in force is taken for seconds, whatever unit the binding says",
        caught_by=("test:tests/runner/sut/test_binding.py::test_a_time_is_asked_for_in_its_unit",),
        old="return value / factor if is_number",
        new="return value if is_number",
    ),
)
