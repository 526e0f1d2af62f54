"""Which situation of the law finds which mutant, on the real clock and in virtual time."""
