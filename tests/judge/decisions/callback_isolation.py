"""What isolated callbacks decide."""

from typing import Any

from stallproof.runner.scenarios.asked.callback_isolation import asked
from tests.models.callback_isolation import decision

__all__ = ["REQUIREMENTS", "ROWS", "decision"]

REQUIREMENTS = ("CB-1", "CB-2", "CB-3")
BUSY, RAISED = "s11 b1 ", "s11 b1 r1 "

ROWS: tuple[tuple[str, str, dict[str, Any], dict[str, Any]], ...] = (
    ("CB-1", "all-busy", asked(1, BUSY + "d2"), {"moved": 0}),
    ("CB-1", "submitted", asked(1, BUSY + "s22"), {"waiting": []}),
    ("CB-2", "raised", asked(1, RAISED), {"stopped": []}),
    ("CB-2", "others-go-on", asked(1, RAISED + "d2"), {"moved": 0}),
    ("CB-3", "after-shutdown", asked(1, "x s11"), {"refused": []}),
    ("CB-3", "left-waiting", asked(1, BUSY + "s22 x"), {"refused": []}),
    ("CB-3", "stopped-stream", asked(1, RAISED + "s21"), {"refused": []}),
    ("CB-3", "waited-in-vain", asked(1, BUSY + "s21 r1"), {"refused": []}),
)
