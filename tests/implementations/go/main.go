// Guarded is a harness of the oracle: it speaks spec/protocol.md by standard input and output, for the package guard.
package main

import (
	"stallproof/kit/harness"
	"stallproof/kit/world"
)

var guarded = harness.Loop{Virtual: true, Make: func(w world.World, say harness.Say) harness.Implementation {
	return newSubject(w, say)
}}

func main() { guarded.Main() }
