"""Every situation of the law that is judged, with its two stories."""

from tests.judge import (
    beating,
    closing,
    configuring,
    deciding,
    monitored,
    secure,
    sending,
    stopping,
    streaming,
    talking,
    windows,
)
from tests.judge.case import Case

CASES: tuple[Case, ...] = (
    *sending.CASES,
    *closing.CASES,
    *secure.CASES,
    *monitored.CASES,
    *beating.CASES,
    *windows.CASES,
    *configuring.CASES,
    *deciding.CASES,
    *streaming.CASES,
    *stopping.CASES,
    *talking.CASES,
)
