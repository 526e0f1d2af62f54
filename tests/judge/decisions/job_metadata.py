"""What is read from a job's metadata."""

from typing import Any

from tests.models.job_metadata import decision

__all__ = ["REQUIREMENTS", "ROWS", "decision"]

REQUIREMENTS = ("MD-1",)
ROWS: tuple[Any, ...] = (
    ("MD-1", "proper", {"metadata": {"job_clients": ["a"]}}, {"clients": []}),
    ("MD-1", "objects", {"metadata": {"job_clients": [{"name": "a"}]}}, {"clients": []}),
    ("MD-1", "no-mapping", {"metadata": ["a"]}, {"reason": "list indices must be integers"}),
    ("MD-1", "no-list", {"metadata": {"job_clients": "a"}}, {"action": "accept"}),
    ("MD-1", "no-name", {"metadata": {"job_clients": ["a", 3]}}, {"reason": "TypeError: 3"}),
    ("MD-1", "doubled", {"metadata": {"job_clients": ["a", "a"]}}, {"action": "accept"}),
)
