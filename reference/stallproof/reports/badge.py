"""A badge: the verdict on the whole in one picture, or the JSON that a badge service draws it from.

All text in it is our own, so that nothing from outside can reach a page.
"""

from collections.abc import Callable, Mapping
from pathlib import PurePath

import msgspec

from stallproof.judge.report import Report

LABEL = "stallproof"
_COLORS = {
    "pass": ("brightgreen", "#23742b"),
    "fail": ("red", "#b3261e"),
    "incomplete": ("yellow", "#7a5c00"),
}
"""The service's word for the colour, and one on which white text can be read."""
_CHAR_PX, _PAD_PX = 7, 10


def message_of(report: Report) -> str:
    """Return the verdict and how many requirements passed, or are broken."""
    judged = [one for one in report.requirements if one.selected and not one.is_left_out]
    broken = sum(1 for one in judged if one.verdict == "fail")
    passed = sum(1 for one in judged if one.verdict == "pass")
    if report.verdict == "fail":
        return f"fail, {broken} of {len(judged)} broken"
    return f"{report.verdict}, {passed} of {len(judged)}"


def badge_json(report: Report) -> bytes:
    """Return what an endpoint of a badge service answers, with a newline at the end."""
    said = {
        "schemaVersion": 1,
        "label": LABEL,
        "message": message_of(report),
        "color": _COLORS[report.verdict][0],
    }
    return msgspec.json.encode(said) + b"\n"


def badge_svg(report: Report) -> bytes:
    """Return the badge as an SVG that names itself to a screen reader, and loads nothing."""
    message = message_of(report)
    left, right = (len(text) * _CHAR_PX + _PAD_PX for text in (LABEL, message))
    whole = f"{LABEL}: {message}"
    parts = "".join(
        f'<text x="{at}" y="14" textLength="{len(text) * _CHAR_PX}">{text}</text>'
        for at, text in ((left / 2, LABEL), (left + right / 2, message))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{whole}"><title>{whole}</title>'
        f'<rect width="{left}" height="20" fill="#444"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{_COLORS[report.verdict][1]}"/>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" '
        f'font-size="11">{parts}</g></svg>\n'
    ).encode()


BADGES: Mapping[str, Callable[[Report], bytes]] = {".json": badge_json, ".svg": badge_svg}
"""How a badge is made, by the ending of its file."""


def badge_of(destination: str) -> Callable[[Report], bytes]:
    """Return how the badge for the file `destination` is made.

    Raises `ValueError` unless its name ends in one of `BADGES`.
    """
    made = BADGES.get(PurePath(destination).suffix)
    if made is None:
        raise ValueError(f"give a file whose name ends in {' or '.join(BADGES)}")
    return made
