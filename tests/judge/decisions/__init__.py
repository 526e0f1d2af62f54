"""Stories about the decisions of one machine each: every situation, kept, and broken in a field.

A module is named as the machine; it has `REQUIREMENTS`, `decision`, the independent model of
`tests/models/`, and `ROWS`: requirement, situation, input, and the fields that break it.
"""
