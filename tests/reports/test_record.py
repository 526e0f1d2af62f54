"""What makes a report a record: date, host and commands, all of it under `volatile`."""

import re

import msgspec

from stallproof.reports.json_report import encode_report
from stallproof.reports.record import recorded
from tests.reports.samples import make_judgement, make_report

REPORT = make_report(make_judgement())


def test_a_record_names_date_host_and_both_commands() -> None:
    """The words are quoted as a shell takes them, and what was known before is kept."""
    told = recorded(REPORT, command=["conform", "--impl", "./a b"], harness=["./a b"]).volatile
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", str(told["date"]))
    assert "stallproof conform --impl './a b'" == told["command"]
    assert "'./a b'" == told["harness"]
    assert 41.2 == told["duration_s"]
    assert {"host", "kernel", "processors", "python"} <= set(told)


def test_nothing_but_what_is_volatile_changes() -> None:
    """Equal verdicts are equal bytes apart from that."""
    record = recorded(REPORT, command=[])
    assert REPORT == msgspec.structs.replace(record, volatile=REPORT.volatile)
    assert "harness" not in record.volatile


def test_a_command_of_any_bytes_can_be_written_down() -> None:
    """What is no Unicode, as the system hands it over, is escaped."""
    record = recorded(REPORT, command=["x\udcff"], harness=["\udcfe"])
    assert b"x\\\\udcff" in encode_report(record)
