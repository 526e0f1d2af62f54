"""The trace: one vocabulary of timed events for live runs, virtual runs and last night's log."""
