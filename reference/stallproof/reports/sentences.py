"""What a broken requirement asks, for a log that is read where no other file is at hand."""

from stallproof.requirements.registry import load_registry


def sentences_of(requirement: str) -> str | None:
    """Return the sentences of `requirement`, and where the rest is; `None` if there is none.

    A report that was read from a file may come from a law that had another one.
    """
    try:
        law = load_registry().by_id(requirement).law
    except KeyError:
        return None
    asks = " ".join(" ".join(law).split())
    return f"The law: {asks} (`stallproof law {requirement}` says why)"
