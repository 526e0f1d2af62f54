"""What tests of the models do where SPIN or a C compiler is missing: skip, or fail under CI."""

import os
import shutil

import pytest


def need_spin() -> None:
    """Skip the test with a reason if it cannot run; under CI, where it must run, fail it."""
    missing = [tool for tool in ("spin", "gcc") if shutil.which(tool) is None]
    if not missing:
        return
    reason = f"{' and '.join(missing)} missing: see proofs/models/install_spin.sh"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
