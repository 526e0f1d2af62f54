"""The page of all commands, from what the program says of them in its help."""

import re
from functools import reduce

from stallproof.cli import app

_HEAD = """# Every command

What `--help` says, with the examples. [Options by what you want to do](../command-line.md) are told
elsewhere.
"""
_HEADING = re.compile(r"^#+ stallproof (.+)\n", re.MULTILINE)

_AS_MODULE = re.compile(r"(?<=[a-z]) -m \S+(?= .*\n```$)", re.MULTILINE)
"""What the library puts into a usage line where `python -m` started the program that asks."""


def pages() -> dict[str, str]:
    """Return the page by its path."""
    text = app.generate_docs(flatten_commands=True, usage_name="stallproof")
    parts = _HEADING.split(text)
    # In front of the first heading are a title and a table of contents, which the site has already.
    commands = [_command(*pair) for pair in zip(parts[1::2], parts[2::2], strict=True)]
    return {"docs/reference/commands.md": "\n".join([_HEAD, f"{app.help_epilogue}\n", *commands])}


def _command(name: str, said: str) -> str:
    """Return the part of one command, with its examples, which the help has at its end."""
    examples = reduce(lambda outer, inner: outer[inner], name.split(), app).help_epilogue
    shown = f"```text\n{examples.strip()}\n```\n" if isinstance(examples, str) else ""
    return f"## stallproof {name}\n\n{_AS_MODULE.sub('', said).strip()}\n\n{shown}"
