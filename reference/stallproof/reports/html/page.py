"""The page as a whole: what it holds, its style and its script, in one file without a network.

The intuition: everything from outside is text in a tree, so nothing in a name can become markup.
The page also forbids itself what it does not need: no request, no script and no style but its own.
"""

import base64
import hashlib
from collections.abc import Iterator
from importlib.resources import files

from stallproof.judge.report import Report
from stallproof.reports.elements import Element, e, raw, written
from stallproof.reports.evidence import Evidence
from stallproof.reports.html.glance import glance
from stallproof.reports.html.sections import sections
from stallproof.reports.html.table import overview
from stallproof.reports.html.texts import short
from stallproof.requirements.registry import load_registry

NOTES_MAX = 100


def encode_html(report: Report, evidence: Evidence) -> bytes:
    """Return `report` as one HTML file; `evidence` is where the runs of its findings are."""
    style, script = _own("style.css"), _own("script.js")
    rules = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
    title = f"stallproof: {report.verdict}, {short(report.implementation.get('name', 'unknown'))}"
    head = e(
        "head",
        e("meta", charset="utf-8"),
        e("meta", http_equiv="Content-Security-Policy", content=f"{rules}img-src data:"),
        e("meta", name="viewport", content="width=device-width, initial-scale=1"),
        e("meta", name="color-scheme", content="light dark"),
        e("link", rel="icon", href="data:,"),
        e("title", title),
        raw("style", style),
    )
    body = e("body", *_body(report, evidence), raw("script", script))
    whole = e("html", head, body, lang="en")
    return b"<!doctype html>\n" + written(whole).encode() + b"\n"


def _own(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _body(report: Report, evidence: Evidence) -> Iterator[Element]:
    registry = load_registry()
    known = report.implementation
    name = " ".join(known[key] for key in ("name", "version") if known.get(key)) or "unknown"
    places = (
        ("#verdict", "Verdict"),
        ("#requirements", "Requirements"),
        ("#findings", "Requirement by requirement"),
    )
    links = [e("li", e("a", words, href=place)) for place, words in places]
    yield e("a", "Skip to the verdict", href="#main", class_="skip")
    yield e(
        "header",
        e("h1", f"Conformance of {short(name)}"),
        e("nav", e("ul", *links), aria_label="On this page"),
        e("button", "Dark", type="button", id="theme", aria_pressed="false", hidden=True),
    )
    yield e(
        "main",
        glance(report),
        overview(report, registry),
        sections(report, registry, evidence),
        *_rest(report),
        id="main",
        tabindex=-1,
    )
    yield e("footer", e("p", f"Schema {short(report.schema)}. The law is told by: stallproof law."))


def _rest(report: Report) -> Iterator[Element]:
    """Yield what broke apart from the implementation, and what is worth knowing."""
    if report.harness:
        items = [
            f"{short(one.scenario)}: {short(one.what)}: {short(one.detail, 500)} "
            f"({one.times:,} times in {one.scenarios:,} scenarios)"
            for one in report.harness
        ]
        yield _list("harness", "The harness broke (no verdict on the implementation)", items)
    if report.notes:
        yield _list("notes", "Notes", [short(one, 2_000) for one in report.notes])
    met = report.expectations
    if met is not None:
        items = [
            f"{short(one.requirement)}, {name.replace('_', ' ')}: {short(one.reason, 500)}"
            for name in ("expected", "stale", "flaky_failed", "flaky_passed", "unresolved")
            for one in getattr(met, name)
        ]
        yield _list("expected", f"Known beforehand, by {short(met.file)}", items)


def _list(name: str, title: str, items: list[str]) -> Element:
    rows = [e("li", one) for one in items[:NOTES_MAX]]
    if len(items) > NOTES_MAX:
        rows.append(e("li", f"and {len(items) - NOTES_MAX:,} more"))
    return e("section", e("h2", title, id=name), e("ul", *rows), aria_labelledby=name)
