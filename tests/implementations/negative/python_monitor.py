"""Wrong monitors: stall time, counting, warnings, closing, heartbeats, the schedule."""

from tests.implementations.negative.python_wrong import wrong

MONITOR = (
    wrong(
        "stamp_stays_behind",
        "A send that has ended leaves its stamp behind, and an idle connection looks stalled.",
        "drivers/sender.py",
        "        finally:\n            self.lock_holder = None\n",
        "        finally:\n            pass\n",
        "SC-1",
        "SC-10",
    ),
    wrong(
        "stalled_at_the_limit",
        "A send counts as stalled when its stall time reaches the limit.",
        "machines/stall_count.py",
        "held_us > policy.stall_timeout_us:",
        "held_us >= policy.stall_timeout_us:",
        "SC-2",
    ),
    wrong(
        "never_starts_again",
        "A check that finds no stall leaves the count as it is.",
        "machines/stall_count.py",
        "    return StallCount(0, snapshot.send_id), CheckDecision(held_us, False",
        "    return StallCount(count.stalled_checks, snapshot.send_id), "
        "CheckDecision(held_us, False",
        "SC-3",
    ),
    wrong(
        "warns_only_at_the_threshold",
        "Nothing is said of a stall until the threshold is reached.",
        "machines/stall_count.py",
        "            CheckDecision(held_us, True, True, closes, False),\n",
        "            CheckDecision(held_us, True, checks >= policy.checks_max, closes, False),\n",
        "SC-4",
    ),
    wrong(
        "warns_all_the_time",
        "A check that finds no stall warns as well.",
        "machines/stall_count.py",
        "CheckDecision(held_us, False, False, False, heartbeat)",
        "CheckDecision(held_us, False, True, False, heartbeat)",
        "SC-4",
    ),
    wrong(
        "closes_unasked",
        "The monitor closes although closing is not enabled.",
        "machines/stall_count.py",
        "closes = policy.close_stalled and checks >=",
        "closes = checks >=",
        "SC-5",
    ),
    wrong(
        "closes_one_too_early",
        "The last check before the threshold closes.",
        "machines/stall_count.py",
        "closes = policy.close_stalled and checks >= policy.checks_max",
        "closes = policy.close_stalled and checks + 1 >= policy.checks_max",
        "SC-6",
        "SC-9",
        "CX-5",
    ),
    wrong(
        "closes_one_too_late",
        "The check after the threshold closes.",
        "machines/stall_count.py",
        "closes = policy.close_stalled and checks >= policy.checks_max",
        "closes = policy.close_stalled and checks > policy.checks_max",
        "SC-7",
        "SC-9",
    ),
    wrong(
        "never_closes",
        "The monitor warns for ever, also where it is to close.",
        "machines/stall_count.py",
        "closes = policy.close_stalled and checks >= policy.checks_max and not snapshot.closing",
        "closes = False",
        "SC-7",
        "SC-9",
    ),
    wrong(
        "monitor_closes_twice",
        "The monitor shuts the transport down a second time, to be sure.",
        "drivers/monitor.py",
        "            conn.begin_closing(Cause.MONITOR)\n",
        "            conn.begin_closing(Cause.MONITOR)\n"
        "            conn._closing_latch.release()\n"
        "            conn.begin_closing(Cause.MONITOR)\n",
        "SC-8",
    ),
    wrong(
        "schedule_drifts",
        "The period counts from the end of a pass and of what it took to wake up.",
        "drivers/monitor.py",
        "            due_us = start_us + tick * period_us\n",
        "            due_us = start_us + tick * period_us + tick - 1\n",
        "SC-9",
    ),
    wrong(
        "heartbeat_at_the_interval",
        "A heartbeat is due when the interval has come, and not when it is over.",
        "machines/stall_count.py",
        "now_us - received_us > policy.heartbeat_interval_us",
        "now_us - received_us >= policy.heartbeat_interval_us",
        "SC-10",
    ),
    wrong(
        "never_heard_of_is_not_idle",
        "A connection that never received anything gets no heartbeat.",
        "machines/stall_count.py",
        "received_us is None or",
        "received_us is not None and",
        "SC-10",
    ),
    wrong(
        "heartbeats_against_the_rules",
        "A heartbeat goes to a connection whose transport forbids them.",
        "machines/stall_count.py",
        "        snapshot.heartbeats\n"
        "        and not snapshot.closing\n"
        "        and snapshot.send_id is None\n        and is_idle",
        "        not snapshot.closing\n        and snapshot.send_id is None\n        and is_idle",
        "SC-10",
    ),
    wrong(
        "heartbeat_behind_a_send",
        "A heartbeat is due although a send is in flight, and would wait for its lock.",
        "machines/stall_count.py",
        "        and snapshot.send_id is None\n        and is_idle",
        "        and is_idle",
        "SC-11",
    ),
    wrong(
        "a_gone_connection_ends_the_pass",
        "The first connection that is gone ends the pass for all that come after it.",
        "drivers/monitor.py",
        "                        continue\n",
        "                        break\n",
        "SC-12",
    ),
    wrong(
        "counts_by_name",
        "The count is kept by the name of the connection, and names come back.",
        "drivers/monitor.py",
        "counts[conn] = self._check(conn, self._counts.get(conn, NEVER_CHECKED))",
        "counts[conn.name] = self._check(conn, self._counts.get(conn.name, NEVER_CHECKED))",
        "SC-13",
    ),
    wrong(
        "one_count_for_all",
        "There is one count, for whichever connection is looked at.",
        "drivers/monitor.py",
        "counts[conn] = self._check(conn, self._counts.get(conn, NEVER_CHECKED))",
        "self._counts[0] = counts[0] = self._check(conn, self._counts.get(0, NEVER_CHECKED))",
        "SC-3",
        "SC-13",
    ),
    wrong(
        "idle_by_the_wall_clock",
        "The time since something was received is taken from the wall clock.",
        "drivers/reader.py",
        "        self.received_us = at_us\n",
        "        import time\n\n"
        "        class Heard(int):\n"
        "            def __rsub__(self, now_us: int) -> int:\n"
        "                return time.time_ns() // 1000 - int(self)\n\n"
        "        self.received_us = Heard(time.time_ns() // 1000)\n",
        "SC-14",
    ),
    wrong(
        "stalled_by_the_wall_clock",
        "The moment at which a send took the lock is taken from the wall clock.",
        "drivers/sender.py",
        "        self.lock_holder = LockHolder(self._sends, taken_us, send_id)\n",
        "        import time\n\n"
        "        class Taken(int):\n"
        "            def __rsub__(self, now_us: int) -> int:\n"
        "                return time.time_ns() // 1000 - int(self)\n\n"
        "        wall_us = Taken(time.time_ns() // 1000)\n"
        "        self.lock_holder = LockHolder(self._sends, wall_us, send_id)\n",
        "SC-14",
    ),
    wrong(
        "counts_across_sends",
        "Two stalled sends in a row are counted as one stall.",
        "machines/stall_count.py",
        "        same = snapshot.send_id == count.send_id\n",
        "        same = True\n",
        "SC-15",
    ),
)
