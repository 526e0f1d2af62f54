package main

import (
	"testing"

	"stallproof/kit/conformtest"
	"stallproof/kit/harness"
	"stallproof/kit/vectors"
)

// Who will never have these says so: a connection alone has no monitor, no streams and no sequence numbers.
var judged = conformtest.Options{
	Only:    []string{"SD", "CX"},
	Without: []string{"tls", "checks", "monitor", "heartbeats", "streams", "sequence", "wall_jump", "give_up"},
}

func TestLaw(t *testing.T) { conformtest.RunWith(t, small.Loop(), judged) }

func TestADeadlineOneMicrosecondLateIsFound(t *testing.T) {
	vector, err := vectors.Read("../../../../spec/vectors/sd/expired-exactly-at-the-deadline.json")
	if err != nil {
		t.Skip(err) // This folder was copied away from the law.
	}
	late := small
	late.Over = func(timeoutUS int64) harness.Guarded { return &over{Guarded{timeoutUS: timeoutUS + 1}} }
	wrong, err := vector.Play(late.Loop())
	if err != nil || len(wrong) == 0 {
		t.Fatalf("nothing was found wrong (%v)", err)
	}
}
