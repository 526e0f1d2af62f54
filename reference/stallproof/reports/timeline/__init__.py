"""Timelines: what happened around a finding, as a picture in SVG and as a table."""
