"""The runner: plays the peer on real sockets, drives implementations, measures the noise."""
