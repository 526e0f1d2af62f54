"""A naive server: it lives through all heartbeats again for each job."""

from typing import Any


def decision(
    needed_absences: int, needs_report: bool, heartbeats: list[dict[str, list[str]]]
) -> dict[str, Any]:
    """Say in the words of `spec/dn.md` for which jobs a notice is sent at the last heartbeat."""
    notices = []
    for job in {job for one in heartbeats for job in one["running"]}:
        tracking: list[str] = []
        is_sent = False
        for one in heartbeats:
            is_sent = False
            if job not in one["running"]:
                tracking = []
            elif job in one["reported"]:
                tracking.append("reported")
            elif not needs_report or "reported" in tracking:
                tracking.append("absent")
                in_a_row = tracking[-needed_absences:] == ["absent"] * needed_absences
                is_sent = in_a_row and "notice" not in tracking
                if is_sent:
                    tracking.append("notice")
        if is_sent:
            notices.append(job)
    return {"notices": sorted(notices)}
