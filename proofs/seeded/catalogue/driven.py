"""Mistakes in the drivers that only descriptors, threads, clocks and real transports can show."""

from proofs.seeded.tested import caught_by

SENDER, MONITOR = "stallproof.drivers.sender", "stallproof.drivers.monitor"
IO = "stallproof.drivers.io"
SECURE = "stallproof.drivers.tls_connection"


SEEDED = (
    caught_by(
        "oracle",
        "SD-11",
        "waits_with_select",
        "SD-11",
        "the wait for room is a select, which knows no descriptor from 1024 on",
        IO,
        "self._poll.poll(-(-wait_us // 1000))",
        "select.select([], [self.socket], [], wait_us / 1_000_000)",
    ),
    caught_by(
        "oracle",
        "SD-16",
        "a_cut_stream_is_an_orderly_one",
        "SD-16",
        "a secure stream that ends without close_notify counts as ended in order",
        SECURE,
        'raise CutShort("the transport ended without close_notify")',
        "return",
    ),
    caught_by(
        "property",
        "tests/drivers/test_monitor.py::test_one_connections_failure_does_not_end_the_pass",
        "a_pass_ends_with_the_first_failure",
        "SC-12",
        "a connection whose check fails ends the pass for those behind it",
        MONITOR,
        "                except Exception as error:",
        "                except LookupError as error:",
    ),
    caught_by(
        "oracle",
        "SC-14",
        "the_monitor_follows_the_wall_clock",
        "SC-14",
        "stall times and idle times are those of a clock that can be set",
        MONITOR,
        "        count, decision = self._steps.on_check("
        "conn.policy, count, snapshot, now_us=at_us)\n",
        "        import time\n\n"
        '        self.__dict__.setdefault("ahead_us", time.time_ns() // 1000 - at_us)\n'
        '        wall_us = max(0, time.time_ns() // 1000 - self.__dict__["ahead_us"])\n'
        "        count, decision = self._steps.on_check(conn.policy, count, snapshot,"
        " now_us=wall_us)\n",
    ),
    caught_by(
        "property",
        "tests/drivers/test_properties_connections.py::test_a_stalled_connection_delays_no_other",
        "one_lock_for_all_connections",
        "CX-3",
        "all connections of a process share one lock",
        SENDER,
        "        self.lock = TicketLock(io.parking)\n",
        '        self.lock = Sender.__dict__.get("shared") or TicketLock(io.parking)\n'
        '        setattr(Sender, "shared", self.lock)\n',
    ),
)
