// Small is a guarded connection of about a hundred lines, and its harness.
package main

import (
	"errors"

	"stallproof/kit/harness"
)

// over hands the lines of the harness to a connection that knows nothing of it.
type over struct{ Guarded }

func (o *over) Send(line *harness.Line, frame []byte) error { return o.Guarded.Send(line, frame) }
func (o *over) Close(line *harness.Line)                    { o.Guarded.Close(line) }

func outcomeOf(err error) string {
	switch {
	case errors.Is(err, ErrTimeout):
		return "timeout"
	case errors.Is(err, ErrClosing):
		return "suppressed"
	case errors.Is(err, errNothing):
		return "closed"
	}
	return harness.OutcomeOf(err)
}

var small = harness.Plain{
	Name: "guarded-small", Version: "1",
	Features: []string{"unix", "tcp", "descriptor", "accepting"},
	Frames: harness.Fields{
		"prefix_bytes": 4,
		"length":       harness.Fields{"at": 0, "bytes": 4, "counts_prefix": false},
	},
	Outcome: outcomeOf,
	Framed:  framed,
	Over: func(timeoutUS int64) harness.Guarded {
		return &over{Guarded{timeoutUS: timeoutUS}}
	},
}

func main() { small.Main() }
