"""What obligations assume: shapes of states, the invariant, the guards of the machines."""
