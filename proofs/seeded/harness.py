"""The reference harness with a mistake planted: `python -m proofs.seeded.harness [FILE]`.

FILE holds the module, the old text and the new one as a JSON list; without it the harness is as it
is. The mistake comes as an argument and not through the environment, so that the oracle that starts
this process never has it: what judges is the code as it is, and only what is judged is wrong.
"""

import json
import sys
from pathlib import Path

from proofs.seeded.planting import plant

if __name__ == "__main__":
    if len(sys.argv) > 1:
        plant(*json.loads(Path(sys.argv[1]).read_text("utf-8")))
    from stallproof.harness.reference import Reference
    from stallproof.harness.server import main

    main(Reference)
