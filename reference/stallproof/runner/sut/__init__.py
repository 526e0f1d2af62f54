"""Driving a harness: one foreign process, asked over pipes and contained whatever it does."""
