"""What is raised for a trace that cannot be read, apart from what reads it.

Whoever only catches it imports no event for that.
"""


class TraceError(ValueError):
    """A trace that cannot be read: the message names the file and the line."""
