"""The page of situations: what an implementation has to have, so that each can be brought about."""

from itertools import groupby

from docs.reviewing import facts
from proofs.traceability.written import anchor
from stallproof.runner.features import features_taken
from stallproof.runner.play import SCENARIOS

_HEAD = """# Requirements, situations and features

A requirement passes when each of its situations was brought about, and nothing broke it. A
situation takes features of the implementation, which the harness declares in its
[hello](../spec/protocol.md). Where one is missing, the situation is *unsupported*. `+` means that
features are needed together; each line of a cell is a way that is enough.
`stallproof law --features` prints the same.

| requirement | situation | features |
|---|---|---|
"""


def pages() -> dict[str, str]:
    """Return the page by its path."""
    registry = facts.registry()
    titles = {one.id: one.title for one in registry.requirements}
    rows = []
    taken = features_taken(registry, SCENARIOS, facts.vectors())
    for requirement, situations in groupby(taken, key=lambda one: one.requirement):
        place = anchor(f"{requirement}: {titles[requirement]}")
        group = requirement.partition("-")[0].lower()
        named = f"[{requirement}](../spec/{group}.md#{place}) {titles[requirement]}"
        for one in situations:
            ways = "<br>".join(" + ".join(f"`{name}`" for name in way) for way in one.ways)
            rows.append(f"| {named} | `{one.situation}` | {ways} |\n")
            named = ""
    return {"docs/situations.md": _HEAD + "".join(rows)}
