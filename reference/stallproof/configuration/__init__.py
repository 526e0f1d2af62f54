"""What an operator writes: knobs, where their values come from, and how they relate (CF)."""
