"""What the start gate is asked. Spec: `spec/sg.md`."""

AIMS = {
    "SG-1": "no-reply failed too-few required",
    "SG-2": "stragglers error required too-few off",
    "SG-3": "out-of-order twice stranger",
}
FOUR = ["site-4", "Site-1", "site-10", "site-2"]
"""In no order, and with a name that keeps its capital."""
OKS = [[name, "ok"] for name in FOUR]
FAILED = [[name, "error" if name == "Site-1" else "ok"] for name in FOUR]


def _asked(
    phase: str, replies: list[list[str]], least: int, *required: str, strict: bool = True
) -> dict[str, object]:
    return {
        "phase": phase, "clients": FOUR, "replies": replies, "min_sites": least,
        "required_sites": list(required), "strict": strict,
    }  # fmt: skip


ASKED = (
    *(_asked(phase, OKS, 4, *FOUR) for phase in ("deploy", "start")),
    *(_asked(phase, OKS[1:], 3) for phase in ("deploy", "start")),
    *(_asked(phase, OKS[1:], 4) for phase in ("deploy", "start")),
    *(_asked(phase, OKS[2:], 1, "Site-1", "site-10") for phase in ("deploy", "start")),
    *(_asked(phase, [], 0) for phase in ("deploy", "start")),
    *(_asked(phase, OKS, 5) for phase in ("deploy", "start")),
    _asked("deploy", FAILED, 3),
    _asked("deploy", FAILED, 4),
    _asked("deploy", FAILED[:3], 1, "Site-1"),
    _asked("deploy", OKS[3:], 2, "site-10"),
    *(_asked("start", FAILED, 1, strict=strict) for strict in (True, False)),
    _asked("start", OKS[2:], 3, "site-4", strict=False),
    _asked("start", OKS[::-1], 4),
    _asked("start", [OKS[3], OKS[0], OKS[2]], 3),
    _asked("start", [*OKS[:3], OKS[0]], 3),
    _asked("start", [*OKS, OKS[0]], 3),
    _asked("start", [*OKS[:3], ["site-9", "ok"]], 3),
    _asked("start", [OKS[0], *OKS[2:], ["site-1", "ok"]], 3),
    _asked("start", [*OKS, ["site-9", "ok"], ["site-9", "ok"]], 3),
    _asked("start", [*OKS[:3], ["site-9", "ok"]], 3, strict=False),
)
