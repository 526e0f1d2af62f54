"""A wrong implementation: it refuses every file, and names all that a refusal has to name.

Whoever starts nothing is never wrong, so every refusal needs an accepted neighbour.
"""

import json

from stallproof.harness.adapter import Fields, Refused
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.wire.protocol import ConfigRequest


class RefusesEverything(Reference):
    """The reference with a reader that is content with nothing."""

    name = "refuses-everything"

    def config(self, request: ConfigRequest) -> Fields:
        """Refuse the file, whatever stands in it."""
        if request.file is None:
            return super().config(request)
        file = json.loads(request.file)
        knob, value = next(
            iter({**file, **request.environment}.items()), ("streaming_window_size", 1)
        )
        message = f"{knob} = {value!r} is refused, and so is {request.file} {request.environment}"
        raise Refused(message, knob, str(value), "a finite number for each of its knobs")


if __name__ == "__main__":
    main(RefusesEverything)
