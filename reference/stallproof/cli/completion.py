"""Completion in a shell: where its script belongs, and the names that are completed.

Names of requirements, features, vectors and the like are asked for when they are typed, so that an
installed script stays right when the law grows.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    # It takes long to import, and a command line that is carried out completes nothing.
    from cyclopts.completion import CompletionContext

Shell = Literal["bash", "zsh", "fish"]
PLACES: dict[Shell, str] = {
    "bash": "~/.local/share/bash-completion/completions/stallproof",
    "zsh": "~/.zfunc/_stallproof",
    "fish": "~/.config/fish/completions/stallproof.fish",
}
"""Where each shell looks for it; zsh does once ~/.zfunc is in its fpath, before compinit."""
HELP_EPILOGUE = "Examples:\n\n" + "\n\n".join(
    f"stallproof completion {shell} > {place}" for shell, place in PLACES.items()
)


_QUOTED = """printf -v _q '%q' "$_x"; """
_PLAIN = _QUOTED + r'_q="${_q//\\,/,}"; '


def plain_commas(script: str) -> str:
    """Return a script for bash that leaves commas as they are: none of them needs a backslash."""
    return script.replace(_QUOTED, _PLAIN)


def names(known: Callable[[], Iterable[str]]) -> Parameter:
    """Return what completes words parted by commas, each one of `known`."""

    def completed(context: "CompletionContext") -> Iterator[str]:
        before, comma, _ = context.incomplete.rpartition(",")
        for name in known():
            if name not in before.split(","):
                yield f"{before}{comma}{name}"

    return Parameter(completer=completed)


def requirement_names() -> list[str]:
    """Return groups and IDs."""
    from stallproof.requirements.registry import load_registry

    registry = load_registry()
    return [
        *(one.id for one in registry.groups),
        *(one.id for one in registry.requirements if one.status == "active"),
    ]


def vector_names() -> list[str]:
    """Return the names of the installed vectors."""
    from stallproof.requirements.vectors import load_all

    return [one.name for one in load_all()]
