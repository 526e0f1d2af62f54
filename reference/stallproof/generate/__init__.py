"""Scripts that nobody wrote: drawn, played by either clock, and shrunk to what matters."""
