"""The oracle: a lab that plays the peer, a conductor for harnesses, a checker that judges."""
