"""The first lines of the commands' help, read from their sources.

To import all commands only to list them takes ten times as long as to read their texts.
"""

import ast
from collections.abc import Iterator
from pathlib import Path


def title_of(module: str, folder: Path = Path(__file__).parent) -> str | None:
    """Return what the command in `module` of `folder` does, in one line.

    That is the `help` of its application, or else the first line of what it does by default.
    `None` where the source is not there, or does not say it in this form: then the command has to
    be imported to know it.
    """
    try:
        tree = ast.parse((folder / f"{module}.py").read_text("utf-8"))
    except (OSError, ValueError, SyntaxError):
        return None
    return next(_titles(tree), None)


def _titles(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            for given in node.value.keywords:
                if given.arg == "help" and _is_app(node):
                    yield from _line(ast.literal_eval(given.value))
        elif isinstance(node, ast.FunctionDef) and any(map(_is_default, node.decorator_list)):
            yield from _line(ast.get_docstring(node))


def _is_app(node: ast.Assign) -> bool:
    return any(isinstance(one, ast.Name) and one.id == "app" for one in node.targets)


def _is_default(decorator: ast.expr) -> bool:
    return ast.unparse(decorator) == "app.default"


def _line(text: str | None) -> Iterator[str]:
    if text:
        yield text.partition("\n")[0]
