"""Faults that transports really had, and what finds each of them here."""
