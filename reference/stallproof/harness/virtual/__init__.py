"""The reference implementation in virtual time: the machines of the drivers, without waiting."""
