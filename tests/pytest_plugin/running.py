"""pytest as a user runs it: a process of its own, in a folder of theirs."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = sys.executable


def run_pytest(folder: Path, *arguments: str, without_plugin: bool = False) -> tuple[int, str]:
    """Run pytest with the plugin in `folder`; return its exit code and what it said."""
    plugin = [] if without_plugin else ["-p", "stallproof.pytest_plugin"]
    # Where the package is installed its entry point would load the plugin a second time.
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "reference"),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "COLUMNS": "120",
    }
    environment.pop("PYTEST_ADDOPTS", None)
    environment.pop("PYTEST_XDIST_WORKER", None)
    environment.pop("CI", None)
    done = subprocess.run(
        [PYTHON, "-m", "pytest", *plugin, "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    return done.returncode, done.stdout + done.stderr
