"""Run a program with a mutant planted: `python -m proofs.mutants.under FILE MODULE ...`.

FILE holds the module, the old text and the new one as a JSON list. The mutant comes as an argument,
so that whoever starts this process never has it: what judges is the code as it is, and only what is
judged is wrong.

A program that ends in an exception leaves status 3 and not Python's 1, which would look like its
verdict that something is wrong.
"""

import runpy
import sys
import traceback

from proofs.mutants.plant import plant_from

BROKEN = 3

if __name__ == "__main__":
    plant_from(sys.argv[1])
    program = sys.argv[2]
    sys.argv[:] = [program, *sys.argv[3:]]
    try:
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    except Exception:
        traceback.print_exc()
        sys.exit(BROKEN)
