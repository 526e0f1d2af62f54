"""The picture of a job in a real browser: light and dark, on a phone, and its axis."""

import re
from pathlib import Path
from typing import Literal

import pytest

from stallproof import cli
from tests.browser import Opened

Scheme = Literal["light", "dark"]
PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"}
CONTRAST_MIN = 4.5
"""What WCAG 2 asks of text at level AA."""

LOW = """() => {
  const light = (color) => color.match(/[\\d.]+/g).slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
  const inside = (text, rect) => {
    const [one, other] = [text.getBBox(), rect.getBBox()];
    return other.x <= one.x && other.x + other.width >= one.x + one.width
      && other.y <= one.y + 4 && other.y + other.height >= one.y + one.height - 4;
  };
  return [...document.querySelectorAll("text")].map((text) => {
    const under = [...document.querySelectorAll("svg > rect")].filter((rect) => inside(text, rect));
    const [ink, paper] = [text, under.at(-1)].map((one) => light(getComputedStyle(one).fill));
    return [(Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05), text.textContent];
  }).filter(([ratio]) => ratio < MIN);
}""".replace("MIN", str(CONTRAST_MIN))

COLLIDING = """() => {
  const texts = [...document.querySelectorAll("text")];
  const boxes = texts.map((one) => [one.getBBox(), one.textContent]);
  const { width, height } = document.documentElement.viewBox.baseVal;
  const isOut = (b) => b.x < 0 || b.y < 0 || b.x + b.width > width || b.y + b.height > height;
  const meets = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width
    && a.y + 3 < b.y + b.height && b.y + 3 < a.y + a.height;
  return boxes.filter(([one], n) => isOut(one) || boxes.slice(n + 1).some(([b]) => meets(one, b)))
    .map(([, words]) => words);
}"""


def drawn(folder: Path, *tokens: str) -> Path:
    """Return the picture of a job of the `tokens`."""
    picture = folder / "job.svg"
    assert cli.run(["simulate", *tokens, "--picture", str(picture)]) in (0, 1)
    return picture


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_is_read_in_both_colours(
    scheme: Scheme, opened: Opened, tmp_path: Path
) -> None:
    """All around it is its own paper, every word stands out, and none is cut or meets another."""
    picture = drawn(tmp_path, "--relays", "20", "--stall", "relay-17@0.15+60", "--clients", "200")
    page = opened(picture, color_scheme=scheme, viewport={"width": 1600, "height": 900})
    background = "getComputedStyle(document.documentElement).backgroundColor"
    assert PAPER[scheme] == page.evaluate(background)
    assert [] == page.evaluate(LOW)
    assert [] == page.evaluate(COLLIDING)


def test_the_picture_fits_a_phone(opened: Opened, tmp_path: Path) -> None:
    """It shrinks as a whole, and is no larger than it was drawn where there is room."""
    picture = drawn(tmp_path, "--guardrails", "off")
    width = "document.documentElement.getBoundingClientRect().width"
    assert 360 == opened(picture, viewport={"width": 360, "height": 740}).evaluate(width)
    assert 960 == opened(picture, viewport={"width": 1600, "height": 740}).evaluate(width)


@pytest.mark.parametrize("least", ["1", "144"])
def test_the_axis_says_whole_moments_once(least: str, tmp_path: Path) -> None:
    """Of a long job and of one that ends early; each mark stands where its words say."""
    picture = drawn(tmp_path, "--min-sites", least)
    text = picture.read_text("utf-8")
    marks = re.findall(r'<text x="([\d.]+)" y="\d+" text-anchor="middle">([\d.]+) s</text>', text)
    moments = [float(words) for _, words in marks]
    assert sorted(set(moments)) == moments
    assert len(moments) > 2
    (first, *_, last) = [float(x) for x, _ in marks]
    for x, words in marks:
        place = first + (last - first) * float(words) / moments[-1]
        assert place == pytest.approx(float(x), abs=0.2)
