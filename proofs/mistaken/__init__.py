"""The lists of seeded mistakes, one file a module: plain edits of the text of a function."""

Edit = tuple[str, str, str, str, str]
"""Name, function, old text, new text, and the obligations that must refute it."""
