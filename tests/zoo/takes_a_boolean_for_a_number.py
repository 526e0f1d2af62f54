"""A wrong implementation: a boolean where a number belongs is taken for 1 or 0.

Many languages do so of themselves, and a timeout of `true` means one second (CF-3).
"""

import re

import msgspec

from stallproof.harness.adapter import Fields
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.protocol import ConfigRequest

BOOLEAN = re.compile(r'("(?!sfm_close_stalled_connection")\w+": *)(true|false)\b')


class TakesABooleanForANumber(Reference):
    """The reference behind a lenient reader of files."""

    name = "takes-a-boolean-for-a-number"

    def config(self, request: ConfigRequest) -> Fields:
        """Read true as 1 and false as 0, except for the switch."""
        if request.file is not None:
            file = BOOLEAN.sub(lambda m: m[1] + ("1" if m[2] == "true" else "0"), request.file)
            request = msgspec.structs.replace(request, file=file)
        return super().config(request)


if __name__ == "__main__":
    main(TakesABooleanForANumber)
