"""The page of the models' counterexamples, and its pictures."""

from proofs.models import pictures, pictures_runs


def pages() -> dict[str, str]:
    """Return the page and its pictures by their paths."""
    runs = pictures_runs.kept()
    images = {f"docs/images/{name}": text for name, text in pictures.pictures(runs).items()}
    return {"docs/models.md": pictures.document(runs), **images}
