package main

import (
	"testing"

	"stallproof/kit/conformtest"
)

func TestLaw(t *testing.T) {
	conformtest.RunWith(t, small.Loop(), conformtest.Options{Only: []string{"SD", "CX"}})
}
