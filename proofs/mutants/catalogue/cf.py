"""Mutants of CF-1 to CF-5: configuration."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_kinds = partial(Mutant, file="reference/stallproof/configuration/kinds.py")
in_knobs = partial(Mutant, file="reference/stallproof/configuration/knobs.py")
in_names = partial(Mutant, file="reference/stallproof/configuration/names.py")
in_relations = partial(Mutant, file="reference/stallproof/configuration/relations.py")
in_table = partial(Mutant, file="reference/stallproof/configuration/table.py")
in_values = partial(Mutant, file="reference/stallproof/configuration/values.py")
in_configuration = partial(Mutant, file="reference/stallproof/harness/configuration.py")
in_close_window = partial(Mutant, file="reference/stallproof/machines/close_window.py")
in_policy = partial(Mutant, file="reference/stallproof/machines/policy.py")
in_settings = partial(Mutant, file="reference/stallproof/machines/settings.py")
in_go_value = partial(Mutant, file="tests/implementations/go/knobs/value.go")
in_configured_reading = partial(
    Mutant, file="reference/stallproof/judge/rules/configured_reading.py"
)

MUTANTS = (
    in_kinds(
        id="seconds_are_taken_for_milliseconds",
        says="a value in seconds is turned into microseconds by a thousand",
        breaks=("CF-1.1",),
        caught_by=(
            "test:tests/configuration/test_knobs.py::test_seconds_are_exact_to_a_microsecond",
        ),
        old="number.quantize(MICROSECOND).scaleb(6)",
        new="number.quantize(MICROSECOND).scaleb(3)",
    ),
    in_kinds(
        id="values_are_rounded_into_their_range",
        says="a bound is judged after the rounding, so that less than 1 us becomes 1 us",
        breaks=("CF-3.1",),
        caught_by=(
            "test:tests/configuration/test_knobs.py::test_durations_out_of_range_are_refused",
        ),
        old="microseconds(number) if MICROSECOND <= number <= TIMEOUT_MAX else None",
        new="microseconds(number) or None if 0 <= number <= TIMEOUT_MAX else None",
    ),
    in_kinds(
        id="an_interval_below_zero_is_refused",
        says="a check interval below zero is refused instead of being clamped",
        breaks=("CF-3.2", "CF-2.1"),
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
        breaks=("CF-3.1",),
        caught_by=("test:tests/configuration/test_knobs.py::test_no_other_text_is_a_switch",),
        old="abs(number) <= FINITE_MAX and is_whole(number)",
        new="is_whole(number)",
    ),
    in_kinds(
        id="text_in_a_file_is_a_number",
        says="a number in quotes is read as a number, in the file too",
        breaks=("CF-3.1",),
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
        breaks=("CF-3.6",),
        caught_by=("vectors:CF-3",),
        old="        *_misspelt(name for name, _ in entries if name not in OWN_KEYS),\n",
        new="",
    ),
    in_knobs(
        id="unknown_keys_are_passed_over_in_silence",
        says="nobody is told of a key that is no knob",
        breaks=("CF-3.7",),
        caught_by=(
            "test:tests/configuration/test_knobs.py::test_a_key_far_from_every_knob_gets_a_note",
        ),
        old="        (*_passed_over(entries), *_clamped(readings)),",
        new="        (*_clamped(readings),),",
    ),
    in_knobs(
        id="clamps_in_silence",
        says="a value below its clamp is taken to it without a note",
        breaks=("CF-3.2",),
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
        breaks=("CF-3.1",),
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
        breaks=("CF-3.6",),
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
        breaks=("CF-3.5",),
        caught_by=(
            "test:tests/configuration/test_knobs.py::test_a_key_of_nvflare_passes_in_silence",
        ),
        old='"streaming_max_blob_size", "streaming_read_timeout"),',
        new='"streaming_max_blob_size"),',
    ),
    in_relations(
        id="equal_timeouts_are_warned_of",
        says="send timeout and grace that are exactly the stall timeout count as too long",
        breaks=("CF-5.1", "CX-5"),
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
        breaks=("CF-5.1", "CX-5"),
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
        breaks=("CF-5.1",),
        caught_by=("oracle:CF-5",),
        old="    holds = policy.ack_interval_bytes <= policy.window_bytes",
        new="    holds = policy.ack_interval_bytes <= 2 * policy.window_bytes",
    ),
    in_relations(
        id="a_broken_relation_hides_its_value",
        says="the report of a broken relation does not say how great the window is",
        breaks=("CF-5.2",),
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
        breaks=("CF-5.1",),
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
        breaks=("CF-1.1",),
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
        breaks=("CF-3.1",),
        caught_by=("oracle:CF-3", "vectors:CF-3"),
        old="    if isinstance(value, bool) or not isinstance(value, int | float):",
        new="    if not isinstance(value, int | float):",
    ),
    in_configuration(
        id="relations_always_hold",
        says="every relation between knobs is reported as holding",
        breaks=("CF-5.1",),
        caught_by=("vectors:CF-5",),
        old='"holds": relation.holds,',
        new='"holds": True,',
    ),
    in_close_window(
        id="the_margin_counts_from_the_lower_end",
        says="the margin counts from the lower end",
        breaks=("CF-5.1",),
        caught_by=("proof:cf5_an_outer_timeout_that_is_long_enough_outlasts_every_close",),
        old="    return close_window(policy, schedule).by_us + margin_us\n",
        new="    return close_window(policy, schedule).after_us + margin_us\n",
    ),
    in_close_window(
        id="the_margin_is_forgotten",
        says="an outer timeout without any margin counts as long enough",
        breaks=("CF-5.1",),
        caught_by=("proof:cf5_an_outer_timeout_that_is_long_enough_outlasts_every_close",),
        old=" + margin_us",
        new="",
    ),
    in_policy(
        id="a_default_of_another_size",
        says="the default of a knob is half of what the table says",
        breaks=("CF-1.2",),
        caught_by=(
            "test:tests/configuration/test_knobs.py::test_no_knobs_are_the_defaults",
            "vectors:CF-1,CF-4",
        ),
        old="    heartbeat_interval_us: int = 60 * MICROSECONDS",
        new="    heartbeat_interval_us: int = 30 * MICROSECONDS",
    ),
    in_policy(
        id="the_longest_timeout_is_refused",
        says="the longest timeout is refused",
        breaks=("CF-3",),
        caught_by=("proof:cf3_a_timeout_is_a_microsecond_to_a_million_seconds",),
        old="    return 1 <= value_us <= TIMEOUT_MAX_US\n",
        new="    return 1 <= value_us < TIMEOUT_MAX_US\n",
    ),
    in_policy(
        id="a_timeout_of_zero_is_allowed",
        says="a timeout of zero is allowed",
        breaks=("CF-3",),
        caught_by=("proof:cf3_a_timeout_is_a_microsecond_to_a_million_seconds",),
        old="1 <= value_us",
        new="0 <= value_us",
    ),
    in_settings(
        id="a_size_of_zero_is_allowed",
        says="a size of zero is allowed",
        breaks=("CF-3",),
        caught_by=(
            "proof:cf3_a_size_ends_where_readers_of_json_do",
            "proof:cf3_a_policy_is_made_exactly_of_what_is_in_range",
        ),
        old="1 <= value_bytes",
        new="0 <= value_bytes",
    ),
    in_settings(
        id="the_largest_size_is_refused",
        says="the greatest size in range is refused",
        breaks=("CF-3",),
        caught_by=("proof:cf3_a_size_ends_where_readers_of_json_do",),
        old="<= SIZE_MAX_BYTES",
        new="< SIZE_MAX_BYTES",
    ),
    in_settings(
        id="the_longest_interval_is_refused",
        says="the longest interval is refused",
        breaks=("CF-3",),
        caught_by=("proof:cf3_only_the_upper_ends_of_the_clamped_knobs_refuse",),
        old="    return value_us <= TIMEOUT_MAX_US\n",
        new="    return value_us < TIMEOUT_MAX_US\n",
    ),
    in_settings(
        id="a_number_of_checks_has_no_upper_end",
        says="a number of checks has no upper end",
        breaks=("CF-3",),
        caught_by=(
            "proof:cf3_only_the_upper_ends_of_the_clamped_knobs_refuse",
            "proof:cf3_a_policy_is_made_exactly_of_what_is_in_range",
        ),
        old="checks <= CHECKS_LIMIT",
        new="checks == checks",
    ),
    in_settings(
        id="the_interval_is_taken_as_it_is",
        says="the interval is taken as it is",
        breaks=("CF-2.1", "AP-7.1"),
        caught_by=("test:tests/configuration/test_knobs.py::test_the_check_interval_is_clamped",),
        old="return max(CHECK_INTERVAL_MIN_US, asked_us)",
        new="return max(0, asked_us)",
    ),
    in_settings(
        id="only_a_negative_interval_is_clamped",
        says="only a negative interval is clamped",
        breaks=("CF-2.1", "AP-7.1"),
        caught_by=("proof:cf2_an_interval_below_the_clamp_becomes_the_clamp",),
        old="max(CHECK_INTERVAL_MIN_US, asked_us)",
        new="asked_us if asked_us >= 0 else CHECK_INTERVAL_MIN_US",
    ),
    in_settings(
        id="the_interval_is_clamped_one_late",
        says="the interval is clamped one late",
        breaks=("CF-2.1",),
        caught_by=(
            "proof:cf2_an_interval_from_the_clamp_on_stays",
            "proof:cf2_an_interval_below_the_clamp_becomes_the_clamp",
        ),
        old="max(CHECK_INTERVAL_MIN_US, asked_us)",
        new="max(CHECK_INTERVAL_MIN_US + 1, asked_us)",
    ),
    in_settings(
        id="the_interval_is_not_clamped",
        says="an interval below the clamp stays",
        breaks=("CF-2.1", "AP-7.1"),
        caught_by=(
            "proof:cf2_an_interval_below_the_clamp_becomes_the_clamp",
            "proof:cf1_every_value_in_range_is_in_force_as_given",
        ),
        old="max(CHECK_INTERVAL_MIN_US, asked_us)",
        new="asked_us",
    ),
    in_settings(
        id="zero_checks_are_enough",
        says="a threshold of zero stays zero",
        breaks=("CF-2.2",),
        caught_by=(
            "test:tests/machines/test_settings.py::test_the_number_of_checks_is_at_least_one",
        ),
        old="    return max(1, asked)",
        new="    return max(0, asked)",
    ),
    in_settings(
        id="the_number_of_checks_is_at_least_two",
        says="the number of checks is at least two",
        breaks=("CF-2.2",),
        caught_by=(
            "proof:cf2_a_number_of_checks_from_one_on_stays",
            "proof:cf2_a_number_of_checks_below_one_becomes_one",
        ),
        old="max(1, asked)",
        new="max(2, asked)",
    ),
    in_settings(
        id="the_number_of_checks_is_mirrored",
        says="the number of checks is mirrored",
        breaks=("CF-2.2",),
        caught_by=("proof:cf2_a_number_of_checks_below_one_becomes_one",),
        old="max(1, asked)",
        new="abs(asked) or 1",
    ),
    in_settings(
        id="the_number_of_checks_is_not_clamped",
        says="the number of checks is not clamped",
        breaks=("CF-2.2",),
        caught_by=(
            "proof:cf2_a_number_of_checks_below_one_becomes_one",
            "proof:cf1_every_value_in_range_is_in_force_as_given",
            "proof:cf2_what_is_in_range_makes_a_policy_that_every_machine_accepts",
        ),
        old="max(1, asked)",
        new="asked",
    ),
    in_settings(
        id="the_file_beats_what_was_set_by_hand",
        says="the file beats what was set by hand",
        breaks=("CF-4",),
        caught_by=("proof:cf4_a_value_set_by_hand_beats_them_all",),
        old="if override is not None:",
        new="if override is not None and file is None:",
    ),
    in_settings(
        id="a_zero_in_the_file_counts_as_absent",
        says="a zero in the file counts as absent",
        breaks=("CF-4",),
        caught_by=("proof:cf4_the_file_beats_the_environment",),
        old="if file is not None:",
        new="if file:",
    ),
    in_settings(
        id="the_environment_beats_the_file",
        says="the environment beats the file",
        breaks=("CF-4",),
        caught_by=("proof:cf4_the_file_beats_the_environment",),
        old="if file is not None:",
        new="if file is not None and environment is None:",
    ),
    in_settings(
        id="the_environment_is_not_asked",
        says="the environment is not asked",
        breaks=("CF-4",),
        caught_by=("proof:cf4_the_environment_beats_the_default",),
        old="if environment is not None:",
        new="if environment is not None and file is not None:",
    ),
    in_settings(
        id="the_source_of_a_default_is_wrong",
        says="the source of a default is wrong",
        breaks=("CF-4",),
        caught_by=("proof:cf4_the_default_is_what_no_source_sets",),
        old="    return default, Source.DEFAULT\n",
        new="    return default, Source.FILE\n",
    ),
    in_settings(
        id="too_many_checks_make_a_policy",
        says="too many checks make a policy",
        breaks=("CF-3",),
        caught_by=("proof:cf3_a_policy_is_made_exactly_of_what_is_in_range",),
        old="@require(lambda checks_max: is_checks(checks_max))\n",
        new="",
    ),
    in_settings(
        id="the_progress_timeout_is_the_send_timeout",
        says="the progress timeout is the send timeout",
        breaks=("CF-1.1", "CF-2"),
        caught_by=("proof:cf1_every_value_in_range_is_in_force_as_given",),
        old="ack_progress_timeout_us=ack_progress_timeout_us",
        new="ack_progress_timeout_us=send_timeout_us",
    ),
    in_settings(
        id="the_policy_takes_the_interval_as_asked",
        says="the policy takes the interval as asked",
        breaks=("CF-1", "CF-2.1"),
        caught_by=(
            "proof:cf1_every_value_in_range_is_in_force_as_given",
            "proof:cf2_what_is_in_range_makes_a_policy_that_every_machine_accepts",
        ),
        old="clamped_interval_us(ack_check_interval_us)",
        new="ack_check_interval_us",
    ),
    in_settings(
        id="checks_are_not_clamped",
        says="a number of checks below one becomes two",
        breaks=("CF-2.2",),
        caught_by=("vectors:CF-2",),
        old="        checks_max=clamped_checks(checks_max),\n",
        new="        checks_max=checks_max or 2,\n",
    ),
    in_settings(
        id="the_window_is_the_chunk",
        says="one knob takes the value of another",
        breaks=("CF-1.1",),
        caught_by=("proof:cf1_every_value_in_range_is_in_force_as_given",),
        old="window_bytes=window_bytes",
        new="window_bytes=chunk_bytes",
    ),
    in_go_value(
        id="go_number_as_strconv_has_it",
        says="a variable holds whatever `strconv.ParseFloat` takes: hexadecimal, underscores, nan",
        breaks=("CF-3.3",),
        caught_by=("vectors:CF-3",),
        old="\tif !decimal.MatchString(trimmed) {\n",
        new='\tif trimmed == "" {\n',
    ),
    in_values(
        id="what_no_reader_keeps_is_told_as_it_is",
        says="inf, nan and integers beyond 2^53 are handed out, which many readers of JSON lose",
        breaks=("CF-3",),
        caught_by=(
            "test:tests/configuration/test_exactly.py::"
            "test_a_reply_has_the_value_or_its_text_where_readers_would_lose_it[nan-nan]",
        ),
        old="isinstance(value, float) and number_of(value) is not None",
        new="isinstance(value, float) or number_of(value) is not None",
    ),
    in_configured_reading(
        id="the_judge_wants_what_is_no_json_to_be_read",
        says="a strict reader that refuses NaN under a foreign key is accused of every rule",
        breaks=("CF-3",),
        caught_by=(
            "test:tests/judge/test_configured.py::"
            "test_a_file_that_is_no_json_may_be_refused_by_its_place",
        ),
        old="        if self.is_refused_whole and not any(",
        new="        if self.is_refused_whole and any(",
    ),
    in_policy(
        id="the_monitor_looks_every_ten_seconds",
        says="the period of the monitor is 10 s where 5 s were declared",
        breaks=("CF-1.3",),
        caught_by=("vectors:CF-1,CF-5",),
        old="    monitor_period_us: int = 5 * MICROSECONDS",
        new="    monitor_period_us: int = 10 * MICROSECONDS",
    ),
    in_knobs(
        id="null_is_a_value",
        says="a null in the file is taken for a value, which no knob allows",
        breaks=("CF-3.4",),
        caught_by=("vectors:CF-3",),
        old="    if source is Source.DEFAULT:\n",
        new="    if name in file and file[name] is None:\n"
        "        return _Reading(Source.FILE, None, None, False)\n"
        "    if source is Source.DEFAULT:\n",
    ),
    in_knobs(
        id="a_refusal_hides_its_value",
        says="the message of a refusal does not say which value was refused",
        breaks=("CF-3.1",),
        caught_by=(
            "test:tests/configuration/test_knobs.py::"
            "test_a_refusal_names_the_knob_its_value_and_what_is_allowed",
        ),
        old="{name} = {value} in {place} is refused; allowed: {allowed}",
        new="{name} in {place} is refused; allowed: {allowed}",
    ),
)
