"""What the retry of a download is asked. Spec: `spec/rt.md`."""

AIMS = {
    "RT-1": "timed-out used-up failed negative",
    "RT-2": "first doubled capped begun-anew",
}
ASKED = tuple(
    {"max_retries": most, "outcomes": outcomes}
    for most, outcomes in (
        (-1, []),
        *((3, ["timeout"] * row) for row in (1, 2, 3, 4)),
        *((9, ["timeout"] * row) for row in (4, 5, 6, 9, 10)),
        (3, ["error"]),
        (3, ["timeout", "error"]),
        (3, ["timeout", "timeout", "ok", "timeout"]),
        (0, ["ok", "timeout"]),
    )
)
