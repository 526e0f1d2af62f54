"""Every situation of the law that is judged, with its two stories."""

from tests.judge import (
    beating,
    clocks,
    closing,
    company,
    configuring,
    deciding,
    giving_up,
    monitored,
    reopening,
    secure,
    sending,
    stopping,
    streaming,
    suspended,
    talking,
    windows,
)
from tests.judge.case import Case

CASES: tuple[Case, ...] = (
    *sending.CASES,
    *closing.CASES,
    *giving_up.CASES,
    *reopening.CASES,
    *secure.CASES,
    *monitored.CASES,
    *beating.CASES,
    *clocks.CASES,
    *windows.CASES,
    *configuring.CASES,
    *deciding.CASES,
    *streaming.CASES,
    *stopping.CASES,
    *suspended.CASES,
    *company.CASES,
    *talking.CASES,
)
