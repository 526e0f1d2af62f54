"""The lab: a process of its own that plays the peer of every connection and sees for itself.

`python -m stallproof.oracle.lab` is driven by JSON lines on standard input and writes what it saw,
as events of `stallproof.trace`, and its replies on standard output; `client.LabClient` is its other
end. It runs apart from the judge so that neither's work can disturb the other's clock.
"""

from stallproof.oracle.lab.client import LabBroken, LabClient, LabRefused

__all__ = ["LabBroken", "LabClient", "LabRefused"]
