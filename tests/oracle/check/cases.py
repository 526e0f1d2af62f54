"""Every situation of the law that is judged, with its two stories."""

from tests.oracle.check import beating, closing, monitored, sending, windows
from tests.oracle.check.case import Case

CASES: tuple[Case, ...] = (
    *sending.CASES,
    *closing.CASES,
    *monitored.CASES,
    *beating.CASES,
    *windows.CASES,
)
