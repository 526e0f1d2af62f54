"""The system under test: one foreign process, asked over pipes and contained whatever it does."""
