"""One simulated `io`, on which the drivers that ship run in virtual time."""
