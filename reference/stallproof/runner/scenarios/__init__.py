"""The scenarios: short plays that bring about what the law speaks of, each for a few requirements.

A scenario isolates its requirements: no heartbeat is due while close windows are measured, the send
timeout is long where the monitor is judged, and so on. None of them judges.
"""
