"""Every situation of the law that is judged, with its two stories."""

from tests.judge import (
    beating,
    closing,
    configuring,
    deciding,
    monitored,
    reopening,
    secure,
    sending,
    stopping,
    streaming,
    windows,
)
from tests.judge.case import Case

CASES: tuple[Case, ...] = (
    *sending.CASES,
    *closing.CASES,
    *reopening.CASES,
    *secure.CASES,
    *monitored.CASES,
    *beating.CASES,
    *windows.CASES,
    *configuring.CASES,
    *deciding.CASES,
    *streaming.CASES,
    *stopping.CASES,
)
