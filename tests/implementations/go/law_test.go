package main

import (
	"testing"

	"stallproof/kit/conformtest"
)

// TestLaw plays every vector; the oracle itself has tests of its own for this example.
func TestLaw(t *testing.T) { conformtest.Run(t, guarded) }
