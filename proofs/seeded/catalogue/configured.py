"""Mistakes in reading a configuration and in judging it."""

from proofs.seeded.tested import judged, tested

KNOBS, KINDS, TABLE = "configuration.knobs", "configuration.kinds", "configuration.table"
NAMES, VALUES, RELATIONS = "configuration.names", "configuration.values", "configuration.relations"
IN_KNOBS, IN_RELATIONS = "configuration/test_knobs.py::", "configuration/test_relations.py::"
EDGES = IN_RELATIONS + "test_a_relation_breaks_one_beyond_its_edge"

_READ = (
    tested(
        "a_default_of_another_size",
        "CF-1",
        by=IN_KNOBS + "test_no_knobs_are_the_defaults",
        says="the default of a knob is half of what the table says",
        module="machines.policy",
        old="    heartbeat_interval_us: int = 60 * MICROSECONDS",
        new="    heartbeat_interval_us: int = 30 * MICROSECONDS",
    ),
    judged(
        "two_names_for_each_others_knobs",
        "CF-1",
        says="the names of two sizes are swapped in the table",
        module=TABLE,
        old=(
            '    "streaming_window_size": Knob("window_bytes", BYTES),\n'
            '    "streaming_chunk_size": Knob("chunk_bytes", BYTES),\n'
        ),
        new=(
            '    "streaming_window_size": Knob("chunk_bytes", BYTES),\n'
            '    "streaming_chunk_size": Knob("window_bytes", BYTES),\n'
        ),
    ),
    tested(
        "seconds_are_taken_for_milliseconds",
        "CF-1",
        by=IN_KNOBS + "test_seconds_are_exact_to_a_microsecond",
        says="a value in seconds is turned into microseconds by a thousand",
        module=KINDS,
        old="number.quantize(MICROSECOND).scaleb(6)",
        new="number.quantize(MICROSECOND).scaleb(3)",
    ),
    judged(
        "an_interval_below_zero_is_refused",
        "CF-2",
        "CF-3",
        says="a check interval below zero is refused instead of being clamped",
        module=KINDS,
        old="    if number > TIMEOUT_MAX:\n        return None\n",
        new="    if not 0 <= number <= TIMEOUT_MAX:\n        return None\n",
    ),
    tested(
        "zero_checks_are_enough",
        "CF-2",
        by="machines/test_settings.py::test_the_number_of_checks_is_at_least_one",
        says="a threshold of zero stays zero",
        module="machines.settings",
        old="    return max(1, asked)",
        new="    return max(0, asked)",
    ),
    tested(
        "the_clamp_itself_gets_a_note",
        "CF-3",
        by=IN_KNOBS + "test_the_check_interval_is_clamped",
        says="a value exactly at its clamp is reported as one below it",
        module=KINDS,
        old="number < kind.clamp",
        new="number <= kind.clamp",
    ),
)

_STRICT = (
    judged(
        "true_is_one_second",
        "CF-3",
        says="a boolean in the file counts as the number one",
        module=VALUES,
        old="    if isinstance(value, bool) or not isinstance(value, int | float):",
        new="    if not isinstance(value, int | float):",
    ),
    tested(
        "values_are_rounded_into_their_range",
        "CF-3",
        by=IN_KNOBS + "test_durations_out_of_range_are_refused",
        says="a bound is judged after the rounding, so that less than 1 us becomes 1 us",
        module=KINDS,
        old="microseconds(number) if MICROSECOND <= number <= TIMEOUT_MAX else None",
        new="microseconds(number) or None if 0 <= number <= TIMEOUT_MAX else None",
    ),
    tested(
        "text_in_a_file_is_a_number",
        "CF-3",
        by=IN_KNOBS + "test_what_is_no_number_is_refused",
        says="a number in quotes is read as a number, in the file too",
        module=KINDS,
        old="        number = decimal_of(value) if is_text else None\n",
        new="        number = decimal_of(value)\n",
    ),
    tested(
        "what_is_infinite_switches_on",
        "CF-3",
        by=IN_KNOBS + "test_no_other_text_is_a_switch",
        says="a number that is too great for any reader switches on",
        module=KINDS,
        old="abs(number) <= FINITE_MAX and is_whole(number)",
        new="is_whole(number)",
    ),
    tested(
        "one_slip_is_the_limit",
        "CF-3",
        by="configuration/test_knobs_files.py::test_a_name_is_a_slip_exactly_up_to_distance_two",
        says="a name with two slips is taken for something else",
        module=NAMES,
        old="DISTANCE_MAX = 2",
        new="DISTANCE_MAX = 1",
    ),
    tested(
        "a_neighbours_key_is_a_slip",
        "CF-3",
        by=IN_KNOBS + "test_a_key_of_nvflare_passes_in_silence",
        says="a key of NVFlare's own that resembles a knob is refused as misspelt",
        module=NAMES,
        old='"streaming_max_blob_size", "streaming_read_timeout"),',
        new='"streaming_max_blob_size"),',
    ),
    tested(
        "an_empty_variable_is_none",
        "CF-3",
        by=IN_KNOBS + "test_whatever_else_the_environment_says_is_refused",
        says="an empty text in the environment counts as absent",
        module=KNOBS,
        old="environment.get(PREFIX + name.upper()), _DEFAULT",
        new="environment.get(PREFIX + name.upper()) or None, _DEFAULT",
    ),
    tested(
        "unknown_keys_are_passed_over_in_silence",
        "CF-3",
        by=IN_KNOBS + "test_a_key_far_from_every_knob_gets_a_note",
        says="nobody is told of a key that is no knob",
        module=KNOBS,
        old="        (*_passed_over(entries), *_clamped(readings)),",
        new="        (*_clamped(readings),),",
    ),
)

_SOURCES = (
    judged(
        "the_environment_is_asked_first",
        "CF-4",
        says="a variable wins over the file",
        module=KNOBS,
        old=(
            "        file.get(name), environment.get(PREFIX + name.upper()), _DEFAULT, "
            "override=by_hand.get(name)\n"
            "    )\n"
        ),
        new=(
            "        None if PREFIX + name.upper() in environment else file.get(name),\n"
            "        environment.get(PREFIX + name.upper()), _DEFAULT,\n"
            "        override=by_hand.get(name),\n"
            "    )\n"
        ),
    ),
    tested(
        "false_counts_as_absent",
        "CF-4",
        by=IN_KNOBS + "test_the_order_of_sources_holds_for_the_switch",
        says="false in the file leaves the environment in force",
        module=KNOBS,
        old="        file.get(name), environment",
        new="        file.get(name) or None, environment",
    ),
)

_JUDGED = (
    tested(
        "equal_timeouts_are_warned_of",
        "CF-5",
        "CX-5",
        by=EDGES,
        says="send timeout and grace that are exactly the stall timeout count as too long",
        module=RELATIONS,
        old="    if held_us <= policy.stall_timeout_us:",
        new="    if held_us < policy.stall_timeout_us:",
    ),
    tested(
        "the_lower_end_itself_is_too_late",
        "CF-5",
        "CX-5",
        by=EDGES,
        says="a send that ends exactly at the lower end counts as one that can be closed",
        module=RELATIONS,
        old="    if held_us <= after_us:",
        new="    if held_us < after_us:",
    ),
    tested(
        "the_margin_is_inclusive",
        "CF-5",
        by=IN_RELATIONS + "test_an_outer_timeout_at_the_end_is_too_short",
        says="an outer timeout that is exactly the upper end plus margin is long enough",
        module=RELATIONS,
        old="for name, us in given.items() if us <= above_us]",
        new="for name, us in given.items() if us < above_us]",
    ),
    judged(
        "an_ack_interval_may_exceed_the_window",
        "CF-5",
        says="an ACK interval of up to twice the window is called good",
        module=RELATIONS,
        old="    holds = policy.ack_interval_bytes <= policy.window_bytes",
        new="    holds = policy.ack_interval_bytes <= 2 * policy.window_bytes",
    ),
    tested(
        "a_broken_relation_hides_its_value",
        "CF-5",
        by=IN_RELATIONS + "test_a_broken_relation_names_knobs_values_and_what_follows",
        says="the report of a broken relation does not say how great the window is",
        module=RELATIONS,
        old='    chunk = f"{_CHUNK} ({bytes_text(policy.chunk_bytes)})"\n'
        '    window = f"{_WINDOW} ({bytes_text(policy.window_bytes)})"\n',
        new='    chunk = f"{_CHUNK} ({bytes_text(policy.chunk_bytes)})"\n    window = _WINDOW\n',
    ),
)

SEEDED = (*_READ, *_STRICT, *_SOURCES, *_JUDGED)
