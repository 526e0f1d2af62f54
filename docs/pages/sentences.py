"""The pages of all titles, of all sentences, and of the checklist."""

from docs.reviewing import sentences


def pages() -> dict[str, str]:
    """Return the three pages by their paths."""
    makers = {
        "docs/verdicts.md": sentences.verdicts,
        "docs/sentences.md": sentences.by_sentence,
        "docs/checklist.md": sentences.checklist,
    }
    return {path: make(path) for path, make in makers.items()}
