"""Finding Node.js for the tests.

Without it a test is skipped, with a word on why; under CI it fails.
"""

import shutil
import subprocess
from pathlib import Path

from tests.implementations.c.building import without

HARNESS = Path(__file__).parent / "harness.js"
COMMAND = ("node", str(HARNESS))
KIT = Path(__file__).parents[1] / "kits" / "node"
OLDEST = 18
"""The oldest major version that the example is written for."""


def need_node() -> None:
    """Leave out the test that runs unless there is a Node.js that is new enough."""
    if shutil.which("node") is None:
        without(f"Node.js {OLDEST} or newer")
    run = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    if int(run.stdout.strip().lstrip("v").split(".")[0]) < OLDEST:
        without(f"Node.js {OLDEST} or newer (there is {run.stdout.strip()})")
