"""What was seen: the events of a trace, arranged into runs, sends, streams, configurations."""
