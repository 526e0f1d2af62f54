"""Virtual time: scripts are made, played against an implementation, and shrunk."""
