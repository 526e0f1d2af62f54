"""Which property tests speak for which requirement: the table behind `docs/traceability.md`.

A test stands here when breaking the requirement makes it fail. `generated`: Hypothesis draws the
inputs. `boundary`: the edge is met before, at and after. `socket`: on real sockets, and where a
bound in time is judged, on the real clock. Threads with a real lock count as `socket` as well.
"""

from typing import NamedTuple


class Tested(NamedTuple):
    """One test by its node id, without the values of its parameters; the IDs are parted by blanks.

    Whether it is generated is compared with the test itself.
    """

    node: str
    kinds: tuple[str, ...]
    requirements: str


_GENERATED = ("generated",)
_DRAWN = ("generated", "socket")
_EDGE = ("boundary",)
_SOCKET = ("socket",)
_SOCKET_EDGE = ("boundary", "socket")

_MACHINES = (
    Tested(
        "tests/machines/test_send_deadline.py::TestShippedSendAgainstDiary", _GENERATED,
        "SD-1 SD-2 SD-4 SD-5 SD-6 SD-7 SD-8 SD-9 SD-10",
    ),
    Tested(
        "tests/machines/test_send_deadline.py::test_a_step_with_bytes_left_expires_at_the_deadline",
        _EDGE,
        "SD-2 SD-4",
    ),
    Tested(
        "tests/machines/test_send_deadline.py::test_a_failure_at_the_deadline_is_a_timeout", _EDGE,
        "SD-2 SD-7",
    ),
    Tested(
        "tests/machines/test_send_deadline.py::"
        "test_a_send_that_writes_nothing_ends_exactly_at_its_deadline",
        _GENERATED, "SD-1 SD-2 SD-4",
    ),
    Tested(
        "tests/machines/test_connection_history.py::TestShippedConnectionAgainstLists", _GENERATED,
        "SD-1 SD-6 SD-7 SD-9 SD-10 SD-13 SD-14 SC-3 SC-10 CX-1 CX-6",
    ),
    Tested(
        "tests/machines/test_stall_count.py::TestShippedCountAgainstMonitor", _GENERATED,
        "SC-1 SC-2 SC-3 SC-4 SC-5 SC-6 SC-7 SC-8 SC-10 SC-11 SC-15",
    ),
    Tested(
        "tests/machines/test_stall_count.py::test_stalled_is_strictly_longer_than_the_limit", _EDGE,
        "SC-1 SC-2 SC-4",
    ),
    Tested(
        "tests/machines/test_stall_count.py::test_a_heartbeat_is_due_strictly_after_the_interval",
        _EDGE,
        "SC-10",
    ),
    Tested(
        "tests/machines/test_ack_progress.py::TestShippedMachineAgainstNaive", _GENERATED,
        "AP-1 AP-2 AP-3 AP-4 AP-5 AP-7 AP-8 AP-10 AP-11 AP-13 AP-14",
    ),
    Tested(
        "tests/machines/test_ack_progress.py::test_only_a_greater_offset_that_was_sent_is_progress",
        _EDGE,
        "AP-1 AP-10",
    ),
    Tested(
        "tests/machines/test_ack_progress.py::test_a_chunk_begins_at_the_window_and_not_above",
        _EDGE,
        "AP-2 AP-8 AP-11",
    ),
    Tested(
        "tests/machines/test_ack_progress.py::test_no_progress_is_due_at_clock_plus_timeout", _EDGE,
        "AP-3 AP-4",
    ),
    Tested(
        "tests/machines/test_ack_progress.py::test_ack_wait_is_due_at_the_wait_plus_ack_wait",
        _EDGE, "AP-5",
    ),
    Tested(
        "tests/machines/test_close_window.py::test_both_forms_agree_with_a_walk_through_the_checks",
        _GENERATED, "SC-9",
    ),
    Tested(
        "tests/machines/test_close_window.py::test_the_three_cases_meet_at_their_edges",
        _EDGE, "CX-5",
    ),
    Tested(
        "tests/configuration/test_relations.py::test_every_relation_agrees_with_the_naive_reading",
        _GENERATED,
        "CX-5 CF-5",
    ),
    Tested(
        "tests/configuration/test_relations.py::test_a_relation_breaks_one_beyond_its_edge",
        _EDGE, "CF-5",
    ),
    Tested(
        "tests/drivers/test_properties_queue.py::test_a_wait_behind_k_sends_is_k_shares_at_most",
        _GENERATED, "SD-1 SD-2 SD-3 SD-13 CX-4",
    ),
    Tested(
        "tests/machines/test_properties_streams.py::test_a_failure_is_found_exactly_when_it_is_due",
        _GENERATED, "AP-1 AP-3 AP-4 AP-5 AP-6 AP-7 AP-14",
    ),
    Tested(
        "tests/machines/test_properties_streams.py::test_an_ack_opens_exactly_at_the_window",
        _GENERATED,
        "AP-2 AP-8 AP-10",
    ),
    Tested(
        "tests/machines/test_properties_streams.py::test_nothing_follows_the_first_outcome",
        _GENERATED,
        "AP-12 AP-13",
    ),
    Tested(
        "tests/drivers/test_properties_monitor.py::test_a_stall_is_closed_once_and_within_its_window",
        _GENERATED, "SC-2 SC-3 SC-4 SC-6 SC-7 SC-8 SC-9",
    ),
    Tested(
        "tests/drivers/test_properties_monitor.py::test_both_ends_of_the_window_are_reached",
        _GENERATED,
        "SC-2 SC-6 SC-7 SC-9",
    ),
    Tested(
        "tests/drivers/test_properties_monitor.py::test_a_send_that_ends_in_time_is_left_alone",
        _GENERATED,
        "SC-4 SC-6 CX-5",
    ),
    Tested(
        "tests/drivers/test_properties_monitor.py::test_an_earlier_stall_shortens_no_window",
        _GENERATED,
        "SC-15",
    ),
)  # fmt: skip

_CONFIGURATION = (
    Tested(
        "tests/configuration/test_properties.py::"
        "test_every_knob_is_in_force_under_its_name_from_its_strongest_source",
        _GENERATED, "CF-1 CF-2 CF-4",
    ),
    Tested(
        "tests/configuration/test_properties.py::"
        "test_one_bad_value_is_refused_by_name_whatever_stands_beside_it",
        _GENERATED, "CF-3",
    ),
    Tested(
        "tests/machines/test_settings.py::test_whatever_is_in_range_makes_a_policy",
        _GENERATED, "CF-1 CF-2",
    ),
    Tested(
        "tests/machines/test_settings.py::test_the_check_interval_is_at_least_ten_milliseconds",
        _EDGE,
        "AP-7 CF-2",
    ),
    Tested(
        "tests/machines/test_settings.py::test_the_strongest_source_with_a_value_wins",
        _GENERATED, "CF-4",
    ),
    Tested(
        "tests/configuration/test_knobs_files.py::test_seconds_agree_with_exact_fractions",
        _GENERATED,
        "CF-1 CF-3",
    ),
    Tested(
        "tests/configuration/test_knobs_files.py::test_a_name_is_a_slip_exactly_up_to_distance_two",
        _GENERATED,
        "CF-3",
    ),
)  # fmt: skip

_DRIVERS = (
    Tested(
        "tests/drivers/test_sender_against_peers.py::test_what_arrives_is_what_was_sent", _DRAWN,
        "SD-2 SD-3 SD-6 SD-9 SD-10 SD-14 CX-1",
    ),
    Tested(
        "tests/drivers/test_tls_against_peers.py::test_what_arrives_is_what_was_sent", _DRAWN,
        "SD-3 SD-9 SD-12 SD-14 CX-1",
    ),
    Tested(
        "tests/drivers/test_properties_sends.py::test_any_answers_of_the_kernel_end_as_the_law_says",
        _DRAWN, "SD-5 SD-6 SD-7 SD-8 SD-9 SD-10 SD-14 SD-15",
    ),
    Tested(
        "tests/drivers/test_properties_sends.py::"
        "test_a_refused_frame_leaves_an_open_connection_and_no_hole",
        _DRAWN, "SD-7 SD-8 SD-14",
    ),
    Tested(
        "tests/drivers/test_properties_queue.py::test_the_lock_is_served_in_order_of_arrival",
        _DRAWN,
        "CX-1 CX-4",
    ),
    Tested(
        "tests/drivers/test_properties_monitor.py::test_every_pass_checks_every_connection_for_itself",
        _GENERATED, "SC-3 SC-7 SC-8 SC-10 SC-11 SC-12 SC-13 SC-14 SC-15",
    ),
    Tested(
        "tests/drivers/test_properties_connections.py::test_a_stalled_connection_delays_no_other",
        _DRAWN,
        "SC-10 SC-11 CX-3",
    ),
    Tested(
        "tests/drivers/test_properties_connections.py::test_a_close_frees_everyone_who_sends",
        _DRAWN,
        "SD-15 CX-2",
    ),
    Tested(
        "tests/drivers/test_properties_connections.py::test_any_descriptor_number_can_wait", _DRAWN,
        "SD-11",
    ),
    Tested(
        "tests/drivers/test_properties_connections.py::"
        "test_the_end_of_a_secure_stream_is_told_for_what_it_is",
        _DRAWN, "SD-16",
    ),
    Tested(
        "tests/drivers/test_stream_stateful.py::TestStreams", _DRAWN,
        "AP-1 AP-2 AP-3 AP-4 AP-5 AP-8 AP-9 AP-10 AP-13 AP-14",
    ),
    Tested(
        "tests/drivers/test_sender.py::test_no_write_begins_at_or_after_the_deadline", _SOCKET_EDGE,
        "SD-2",
    ),
    Tested(
        "tests/drivers/test_sender.py::test_a_peer_that_never_reads_holds_nobody_past_the_bound",
        _SOCKET, "SD-3 SD-4 SD-13",
    ),
    Tested(
        "tests/drivers/test_sender.py::test_a_peer_that_trickles_does_not_move_the_deadline",
        _SOCKET, "SD-1 SD-3",
    ),
    Tested(
        "tests/drivers/test_errors.py::test_every_cause_has_the_failure_of_its_row", _EDGE, "SD-7",
    ),
    Tested(
        "tests/drivers/test_guarded.py::test_closing_frees_a_blocked_sender_and_raises_nothing",
        _SOCKET, "SD-10 SD-15 CX-2",
    ),
    Tested(
        "tests/drivers/test_guarded.py::test_nothing_is_sent_once_closed", _SOCKET,
        "SD-10 SD-12 CX-6",
    ),
    Tested(
        "tests/drivers/test_tls_closing.py::test_a_close_at_any_moment_leaves_no_byte_in_clear",
        _SOCKET, "SD-12",
    ),
    Tested(
        "tests/drivers/test_monitor_on_sockets.py::"
        "test_the_monitor_closes_a_stalled_connection_and_frees_its_sender",
        _SOCKET, "SC-7 SC-9 CX-2",
    ),
    Tested(
        "tests/drivers/test_monitor_on_sockets.py::"
        "test_a_pass_does_not_wait_for_a_lock_that_is_held",
        _SOCKET, "SC-11 CX-3",
    ),
    Tested(
        "tests/harness/test_reference_harness.py::"
        "test_the_monitor_closes_although_the_wall_clock_jumps",
        _SOCKET, "SC-14",
    ),
    Tested(
        "tests/drivers/test_stream_timing.py::test_no_progress_is_found_when_it_is_due",
        _SOCKET, "AP-3 AP-4 AP-6 AP-14",
    ),
    Tested(
        "tests/drivers/test_stream_timing.py::test_no_wake_up_is_lost_in_hundreds_of_windows",
        _SOCKET, "AP-8",
    ),
    Tested(
        "tests/drivers/test_stream_timing.py::test_a_stop_wakes_a_waiting_sender", _SOCKET,
        "AP-9 AP-12",
    ),
    Tested(
        "tests/drivers/test_stream_timing.py::test_a_waiting_sender_does_next_to_nothing", _SOCKET,
        "AP-7",
    ),
    Tested(
        "tests/drivers/test_stream_timing.py::"
        "test_outstanding_bytes_are_bounded_whatever_the_source_and_the_receiver_do",
        _SOCKET, "AP-11",
    ),
)  # fmt: skip

TESTED = (*_MACHINES, *_CONFIGURATION, *_DRIVERS)
"""Every row of the table."""
