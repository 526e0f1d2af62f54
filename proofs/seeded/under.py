"""Run a module as a program with a mistake planted: `python -m proofs.seeded.under MODULE ...`.

`STALLPROOF_PLANTED` holds the module, the old text and the new one as a JSON list; without it the
program runs as it is. A program that ends in an exception leaves status 3 and not Python's 1, which
would look like its verdict that something is wrong.
"""

import json
import os
import runpy
import sys
import traceback

from proofs.seeded.planting import plant

BROKEN = 3

if __name__ == "__main__":
    if planted := os.environ.get("STALLPROOF_PLANTED"):
        plant(*json.loads(planted))
    program = sys.argv[1]
    sys.argv[:] = [program, *sys.argv[2:]]
    try:
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    except Exception:
        traceback.print_exc()
        sys.exit(BROKEN)
