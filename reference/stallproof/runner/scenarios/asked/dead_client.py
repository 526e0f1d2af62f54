"""What the dead-client notice is asked. Spec: `spec/dn.md`."""

AIMS = {
    "DN-1": "never-reported reported older ended",
    "DN-2": "too-few enough interrupted once",
}


def _asked(least: int, history: str, *, needs_report: bool = True) -> dict[str, object]:
    """Return a history of one job: a report, an absence, or that it does not run."""
    beats = {
        "r": {"running": ["job-1"], "reported": ["job-1"]},
        "a": {"running": ["job-1"], "reported": []},
        "e": {"running": [], "reported": []},
    }
    heartbeats = [beats[one] for one in history]
    return {"needed_absences": least, "needs_report": needs_report, "heartbeats": heartbeats}


def _of_several(least: int, *named: str) -> dict[str, object]:
    """Return heartbeats of three jobs that run, each with the letters of those that it names."""
    heartbeats = [{"running": list("bca"), "reported": [*jobs]} for jobs in named]
    return {"needed_absences": least, "needs_report": True, "heartbeats": heartbeats}


ASKED = (
    *(_asked(1, history) for history in ("", "r", "a", "ra", "aaa", "rea", "rraa", "rar")),
    *(_asked(1, history, needs_report=False) for history in ("a", "ra", "rea", "aa")),
    *(_asked(3, history) for history in ("raa", "raaa", "raaaa", "raara", "raaraaa", "raaaraaa")),
    _asked(3, "aaa", needs_report=False),
    *(_asked(1, history) for history in ("rae", "raea", "raera", "raerar")),
    _of_several(1, "abc", ""),
    _of_several(1, "abc", "c"),
    _of_several(2, "abc", "bc", "c"),
    _of_several(2, "abc", "bc", "c", ""),
)
