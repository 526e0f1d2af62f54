"""What is raised for a law that cannot be read, apart from what reads it.

Whoever only catches it imports nothing else for that.
"""


class RegistryError(ValueError):
    """Say that the law is missing or not well formed, and where."""
