"""Pure decisions, one file each: no clock is read, no socket touched, nothing shared."""
