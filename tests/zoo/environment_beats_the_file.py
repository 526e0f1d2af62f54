"""A wrong implementation: the environment wins over the file.

The same file means different things on two machines (CF-4), and a value that nobody should read any
more is refused (CF-3).
"""

import json

import msgspec

from stallproof.harness.adapter import Fields
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.protocol import ConfigRequest


class EnvironmentBeatsTheFile(Reference):
    """The reference with the two sources the wrong way round."""

    name = "environment-beats-the-file"

    def config(self, request: ConfigRequest) -> Fields:
        """Drop from the file what the environment sets as well."""
        if request.file is not None and request.environment:
            file = json.loads(request.file)
            kept = {
                key: value
                for key, value in file.items()
                if f"NVFLARE_{key.upper()}" not in request.environment
            }
            request = msgspec.structs.replace(request, file=json.dumps(kept))
        return super().config(request)


if __name__ == "__main__":
    main(EnvironmentBeatsTheFile)
