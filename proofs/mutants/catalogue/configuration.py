"""Mutants of reading a configuration: names, values, sources, relations."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_kinds = partial(Mutant, file="reference/stallproof/configuration/kinds.py")
in_knobs = partial(Mutant, file="reference/stallproof/configuration/knobs.py")
in_names = partial(Mutant, file="reference/stallproof/configuration/names.py")
in_relations = partial(Mutant, file="reference/stallproof/configuration/relations.py")
in_table = partial(Mutant, file="reference/stallproof/configuration/table.py")
in_values = partial(Mutant, file="reference/stallproof/configuration/values.py")
in_configuration = partial(Mutant, file="reference/stallproof/harness/configuration.py")

MUTANTS = (
    in_kinds(
        id="seconds_are_taken_for_milliseconds",
        says="a value in seconds is turned into microseconds by a thousand",
        breaks=("CF-1",),
        caught_by=(
            "test:tests/configuration/test_knobs.py::test_seconds_are_exact_to_a_microsecond",
        ),
        old="number.quantize(MICROSECOND).scaleb(6)",
        new="number.quantize(MICROSECOND).scaleb(3)",
    ),
    in_kinds(
        id="values_are_rounded_into_their_range",
        says="a bound is judged after the rounding, so that less than 1 us becomes 1 us",
        breaks=("CF-3",),
        caught_by=(
            "test:tests/configuration/test_knobs.py::test_durations_out_of_range_are_refused",
        ),
        old="microseconds(number) if MICROSECOND <= number <= TIMEOUT_MAX else None",
        new="microseconds(number) or None if 0 <= number <= TIMEOUT_MAX else None",
    ),
    in_kinds(
        id="an_interval_below_zero_is_refused",
        says="a check interval below zero is refused instead of being clamped",
        breaks=("CF-3",),
        caught_by=("oracle:CF-2",),
        old="""\
    if number > TIMEOUT_MAX:
        return None
""",
        new="""\
    if not 0 <= number <= TIMEOUT_MAX:
        return None
""",
    ),
    in_kinds(
        id="what_is_infinite_switches_on",
        says="a number that is too great for any reader switches on",
        breaks=("CF-3",),
        caught_by=("test:tests/configuration/test_knobs.py::test_no_other_text_is_a_switch",),
        old="abs(number) <= FINITE_MAX and is_whole(number)",
        new="is_whole(number)",
    ),
    in_kinds(
        id="text_in_a_file_is_a_number",
        says="a number in quotes is read as a number, in the file too",
        caught_by=(
            "test:tests/configuration/test_knobs.py::test_what_is_no_number_is_refused",
            "vectors:CF-3",
        ),
        old="number = decimal_of(value) if is_text else None",
        new="number = decimal_of(value)",
    ),
    in_kinds(
        id="the_clamp_itself_gets_a_note",
        says="a value exactly at its clamp is reported as one below it",
        breaks=("CF-3",),
        caught_by=("test:tests/configuration/test_knobs.py::test_the_check_interval_is_clamped",),
        old="number < kind.clamp",
        new="number <= kind.clamp",
    ),
    in_knobs(
        id="slips_are_passed_over",
        says="a misspelt key gets a note, and the default stays in force",
        caught_by=("vectors:CF-3",),
        old="        *_misspelt(name for name, _ in entries if name not in OWN_KEYS),\n",
        new="",
    ),
    in_knobs(
        id="unknown_keys_are_passed_over_in_silence",
        says="nobody is told of a key that is no knob",
        breaks=("CF-3",),
        caught_by=(
            "test:tests/configuration/test_knobs.py::test_a_key_far_from_every_knob_gets_a_note",
        ),
        old="        (*_passed_over(entries), *_clamped(readings)),",
        new="        (*_clamped(readings),),",
    ),
    in_knobs(
        id="clamps_in_silence",
        says="a value below its clamp is taken to it without a note",
        caught_by=("vectors:CF-3",),
        old="(*_passed_over(entries), *_clamped(readings)),",
        new="tuple(_passed_over(entries)),",
    ),
    in_knobs(
        id="false_counts_as_absent",
        says="false in the file leaves the environment in force",
        breaks=("CF-4",),
        caught_by=(
            "test:tests/configuration/test_knobs.py::"
            "test_the_order_of_sources_holds_for_the_switch",
        ),
        old="        file.get(name), environment",
        new="        file.get(name) or None, environment",
    ),
    in_knobs(
        id="the_environment_is_asked_first",
        says="a variable wins over the file",
        caught_by=("oracle:CF-4", "vectors:CF-2,CF-3,CF-4"),
        old="""\
        file.get(name), environment.get(PREFIX + name.upper()), _DEFAULT, override=by_hand.get(name)
""",
        new="""\
        None if PREFIX + name.upper() in environment else file.get(name),
        environment.get(PREFIX + name.upper()), _DEFAULT, override=by_hand.get(name),
""",
    ),
    in_knobs(
        id="the_environment_is_not_read",
        says="variables of the environment are never looked at",
        caught_by=("vectors:CF-2,CF-3,CF-4",),
        old="file.get(name), environment.get(PREFIX + name.upper()),",
        new="file.get(name), None,",
    ),
    in_knobs(
        id="an_empty_variable_is_none",
        says="an empty text in the environment counts as absent",
        breaks=("CF-3",),
        caught_by=(
            "test:tests/configuration/test_knobs.py::"
            "test_whatever_else_the_environment_says_is_refused",
        ),
        old="environment.get(PREFIX + name.upper()), _DEFAULT",
        new="environment.get(PREFIX + name.upper()) or None, _DEFAULT",
    ),
    in_names(
        id="one_slip_is_the_limit",
        says="a name with two slips is taken for something else",
        breaks=("CF-3",),
        caught_by=(
            "test:tests/configuration/test_knobs_files.py::"
            "test_a_name_is_a_slip_exactly_up_to_distance_two",
        ),
        old="DISTANCE_MAX = 2",
        new="DISTANCE_MAX = 1",
    ),
    in_names(
        id="a_neighbours_key_is_a_slip",
        says="a key of NVFlare's own that resembles a knob is refused as misspelt",
        breaks=("CF-3",),
        caught_by=(
            "test:tests/configuration/test_knobs.py::test_a_key_of_nvflare_passes_in_silence",
        ),
        old='"streaming_max_blob_size", "streaming_read_timeout"),',
        new='"streaming_max_blob_size"),',
    ),
    in_relations(
        id="equal_timeouts_are_warned_of",
        says="send timeout and grace that are exactly the stall timeout count as too long",
        breaks=("CF-5", "CX-5"),
        caught_by=(
            "test:tests/configuration/test_relations.py::"
            "test_a_relation_breaks_one_beyond_its_edge",
        ),
        old="    if held_us <= policy.stall_timeout_us:",
        new="    if held_us < policy.stall_timeout_us:",
    ),
    in_relations(
        id="the_lower_end_itself_is_too_late",
        says="a send that ends exactly at the lower end counts as one that can be closed",
        breaks=("CF-5", "CX-5"),
        caught_by=(
            "test:tests/configuration/test_relations.py::"
            "test_a_relation_breaks_one_beyond_its_edge",
        ),
        old="    if held_us <= after_us:",
        new="    if held_us < after_us:",
    ),
    in_relations(
        id="an_ack_interval_may_exceed_the_window",
        says="an ACK interval of up to twice the window is called good",
        caught_by=("oracle:CF-5",),
        old="    holds = policy.ack_interval_bytes <= policy.window_bytes",
        new="    holds = policy.ack_interval_bytes <= 2 * policy.window_bytes",
    ),
    in_relations(
        id="a_broken_relation_hides_its_value",
        says="the report of a broken relation does not say how great the window is",
        breaks=("CF-5",),
        caught_by=(
            "test:tests/configuration/test_relations.py::"
            "test_a_broken_relation_names_knobs_values_and_what_follows",
        ),
        old="""\
    chunk = f"{_CHUNK} ({bytes_text(policy.chunk_bytes)})"
    window = f"{_WINDOW} ({bytes_text(policy.window_bytes)})"
""",
        new="""\
    chunk = f"{_CHUNK} ({bytes_text(policy.chunk_bytes)})"
    window = _WINDOW
""",
    ),
    in_relations(
        id="the_margin_is_inclusive",
        says="an outer timeout that is exactly the upper end plus margin is long enough",
        breaks=("CF-5",),
        caught_by=(
            "test:tests/configuration/test_relations.py::"
            "test_an_outer_timeout_at_the_end_is_too_short",
        ),
        old="for name, us in given.items() if us <= above_us]",
        new="for name, us in given.items() if us < above_us]",
    ),
    in_table(
        id="two_names_for_each_others_knobs",
        says="the names of two sizes are swapped in the table",
        caught_by=("oracle:CF-1",),
        old="""\
    "streaming_window_size": Knob("window_bytes", BYTES),
    "streaming_chunk_size": Knob("chunk_bytes", BYTES),
""",
        new="""\
    "streaming_window_size": Knob("chunk_bytes", BYTES),
    "streaming_chunk_size": Knob("window_bytes", BYTES),
""",
    ),
    in_values(
        id="true_is_one_second",
        says="a boolean in the file counts as the number one",
        caught_by=("oracle:CF-3", "vectors:CF-3"),
        old="    if isinstance(value, bool) or not isinstance(value, int | float):",
        new="    if not isinstance(value, int | float):",
    ),
    in_configuration(
        id="relations_always_hold",
        says="every relation between knobs is reported as holding",
        caught_by=("vectors:CF-5",),
        old='"holds": relation.holds,',
        new='"holds": True,',
    ),
)
