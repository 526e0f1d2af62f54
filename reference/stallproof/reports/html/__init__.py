"""The HTML report: one file that holds all that it needs, for people who were not there."""
