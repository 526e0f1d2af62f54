"""The page on reports is typed, command by command, and shows what the commands say and write."""

import json
import re
from pathlib import Path

import pytest

from tests.docs.test_tutorial import Block, blocks, commands_of, desk_in, missing, pairs, typed
from tests.once import once

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reading-reports.md"


@pytest.fixture(scope="module")
def typed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the desk, at which each command was typed once, and what they said."""
    return once(tmp_path_factory, "reading-reports", type_the_page)


def type_the_page(to: Path) -> None:
    """Type each `sh` block of the page at one desk."""
    (to / "desk").mkdir()
    desk = desk_in(to / "desk")
    said = {
        block.text: "".join(typed(command, code, desk) for command, code in commands_of(block))
        for block in blocks(PAGE)
        if block.kind == "sh"
    }
    (to / "said.json").write_text(json.dumps(said), "utf-8")


@pytest.fixture
def desk(typed_once: Path) -> Path:
    """Return one folder for the whole page, after all of its commands."""
    return typed_once / "desk"


@pytest.fixture
def said(typed_once: Path) -> dict[str, str]:
    """Return what each `sh` block of the page says, after all its commands ran in one folder."""
    found: dict[str, str] = json.loads((typed_once / "said.json").read_text("utf-8"))
    return found


def shown(kind: str) -> Block:
    """Return the only block of a kind."""
    (block,) = [block for block in blocks(PAGE) if block.kind == kind]
    return block


def test_the_page_shows_what_its_commands_say(said: dict[str, str]) -> None:
    """The text of a terminal is the next block after its command."""
    for block, text in pairs(blocks(PAGE)):
        assert text is not None
        assert missing(text.text, said[block.text]) is None


def test_the_files_hold_what_the_page_shows(said: dict[str, str], desk: Path) -> None:
    """A case of the JUnit XML, and the head of the summary."""
    assert shown("xml").text in (desk / "report.xml").read_text().replace("    ", "")
    assert (desk / "summary.md").read_text().startswith(shown("md").text)


def test_the_badge_is_what_the_page_shows(said: dict[str, str], desk: Path) -> None:
    """The run that passes, as the service and as the picture have it."""
    message = json.loads(shown("json").text)["message"]
    assert f"<title>stallproof: {message}</title>" in (desk / "badge.svg").read_text()


def test_what_the_page_calls_a_field_is_one(said: dict[str, str], desk: Path) -> None:
    """Each name in the table of fields stands in the report, and under `volatile` where it says."""
    told = json.loads((desk / "new.json").read_bytes())
    table = PAGE.read_text().split("| field |")[1].split("\n\n")[0]
    fields = [re.findall(r"`(\w+)`", row.split("|")[1]) for row in table.splitlines()[2:]]
    assert 5 == len(fields)
    for names in fields:
        inside = told["volatile"] if names[0] == "volatile" else told
        assert {*names} - {"volatile"} <= set(inside)
