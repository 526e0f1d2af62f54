"""Which side of a connection the implementation is.

It stands apart from the requests, since the command line needs it and none of them.
"""

from typing import Literal

Role = Literal["connect", "accept"]
"""Which side of a connection the implementation is."""
