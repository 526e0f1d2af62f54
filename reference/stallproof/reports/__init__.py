"""What a person or a program reads of a run: the terminal report, the JSON report, the schemas."""
