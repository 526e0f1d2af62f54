"""The reference's harness, which leaves a process behind in each of the ways that there are.

One in a session of its own, one that has also lost its parent, and one that has lost its
environment as well; `STALLPROOF_TEST_MARK` in the environment, or in the command line, names them.
"""

import os
import subprocess
import sys

from stallproof.harness.reference import Reference
from stallproof.harness.server import main

SLEEPS = (sys.executable, "-S", "-c", "import time; time.sleep(600)")
VARIABLE = "STALLPROOF_TEST_MARK"


def leave(environment: dict[str, str]) -> None:
    """Start a process that is nobody's child, in a session of its own."""
    command = (*SLEEPS, os.environ[VARIABLE])
    between = "import subprocess, sys; subprocess.Popen(sys.argv[1:], start_new_session=True)"
    subprocess.run(
        (sys.executable, "-S", "-c", between, *command), env=environment, check=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


if __name__ == "__main__":
    subprocess.Popen(
        (*SLEEPS, os.environ[VARIABLE]), start_new_session=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    leave(dict(os.environ))
    if "clears" in sys.argv[1:]:
        leave({})
    main(Reference)
