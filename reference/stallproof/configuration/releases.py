"""The releases of NVFlare whose defaults can be asked for.

Spec: `spec/cf.md`. Source: origin, "The six knobs", where two pairs of defaults are told.
"""

from collections.abc import Mapping
from typing import Literal

from stallproof.machines.policy import Policy

Release = Literal["2.7.2", "2.9.0"]
OLDER: Release = "2.7.2"
_MIB = 1024 * 1024

POLICIES: Mapping[Release, Policy] = {
    OLDER: Policy(),
    "2.9.0": Policy(window_bytes=64 * _MIB, ack_interval_bytes=16 * _MIB),
}
"""What is in force on a connection where nothing is set."""
