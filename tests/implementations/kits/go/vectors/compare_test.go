package vectors

import (
	"encoding/json"
	"testing"

	"stallproof/kit/harness"
)

// compared plays the steps of a vector with what was said in each, and returns what is wrong.
func compared(t *testing.T, steps []Step, said ...string) []string {
	t.Helper()
	open := openIn(Vector{Steps: steps})
	var wrong []string
	for i, step := range steps {
		open.enter(step)
		wrong = append(wrong, differences(step.AtUS, open.decisions(step.Expect), open.decisions(events(t, said[i])))...)
		open.leave(step)
	}
	return wrong
}

func events(t *testing.T, text string) (events []harness.Fields) {
	t.Helper()
	if err := harness.Decode([]byte("["+text+"]"), &events); err != nil {
		t.Fatal(err)
	}
	return events
}

func steps(t *testing.T, text string) (steps []Step) {
	t.Helper()
	if err := harness.Decode([]byte("["+text+"]"), &steps); err != nil {
		t.Fatal(err)
	}
	return steps
}

const (
	ended     = `{"event": "send_ended", "at_us": 7, "conn": "a", "send": 1, "outcome": "timeout", "raised": true}`
	closing   = `{"event": "closing", "at_us": 7, "conn": "a"}`
	suspended = `{"event": "send_started", "at_us": 7, "conn": "a", "send": 1}`
)

func TestADecisionCountsByItsTimeItsFieldsAndHowOftenItIsSaid(t *testing.T) {
	expected := steps(t, `{"at_us": 7, "expect": [`+ended+`, `+closing+`]}`)
	for said, wrong := range map[string]int{
		ended + `,` + closing:                               0,
		closing + `,` + ended + `,` + suspended:             0,
		closing:                                             1,
		ended + `,` + closing + `,` + closing:               1,
		ended + `,{"event":"closing","at_us":8,"conn":"a"}`: 2,
		ended + `,{"event":"closing","at_us":7,"conn":"b"}`: 2,
		`{"event":"send_ended","at_us":7,"conn":"a","send":1,"outcome":"closed","raised":true},` + closing: 2,
		``: 2,
	} {
		if found := compared(t, expected, said); len(found) != wrong {
			t.Errorf("%s: expected %d differences, got %q", said, wrong, found)
		}
	}
}

func TestWhatIsLeftOpenIsNoFailure(t *testing.T) {
	for name, each := range map[string]struct {
		steps string
		said  []string
		wrong int
	}{
		"a lock that writes nothing": {
			`{"at_us": 7, "expect": [` + ended + `]}`,
			[]string{ended + `,{"event":"lock_taken","at_us":7,"conn":"a","send":1}`}, 0,
		},
		"a lock that is held": {
			`{"at_us": 6}, {"at_us": 7, "expect": [` + ended + `]}`,
			[]string{`{"event":"lock_taken","at_us":6,"conn":"a","send":1}`, ended}, 1,
		},
		"the error of who gave up": {
			`{"at_us": 7, "expect": [{"event":"send_ended","at_us":7,"conn":"a","send":1,"outcome":"given_up","raised":false}]}`,
			[]string{`{"event":"send_ended","at_us":7,"conn":"a","send":1,"outcome":"given_up","raised":true}`}, 0,
		},
		"writes of one moment": {
			`{"at_us": 7, "expect": [{"event":"written","at_us":7,"conn":"a","send":1,"began_us":7,"wrote_bytes":3}]}`,
			[]string{`{"event":"written","at_us":7,"conn":"a","send":1,"began_us":7,"wrote_bytes":1},` +
				`{"event":"written","at_us":7,"conn":"a","send":1,"began_us":7,"wrote_bytes":2}`}, 0,
		},
		"writes of two moments": {
			`{"at_us": 7, "expect": [{"event":"written","at_us":7,"conn":"a","send":1,"began_us":7,"wrote_bytes":3}]}`,
			[]string{`{"event":"written","at_us":7,"conn":"a","send":1,"began_us":7,"wrote_bytes":1},` +
				`{"event":"written","at_us":7,"conn":"a","send":1,"began_us":6,"wrote_bytes":2}`}, 3,
		},
		"a frame that comes in after the closing": {
			`{"at_us": 7, "expect": [` + closing + `]}, {"at_us": 9, "do": {"op": "received", "conn": "a"}}`,
			[]string{closing, `{"event":"received","at_us":9,"conn":"a"}`}, 0,
		},
		"a frame under a name that came back": {
			`{"at_us": 7, "expect": [` + closing + `]}, {"at_us": 8, "do": {"op": "open", "conn": "a"}},
			 {"at_us": 9, "do": {"op": "received", "conn": "a"}}`,
			[]string{closing, ``, `{"event":"received","at_us":9,"conn":"a"}`}, 1,
		},
		"an ACK after the end": {
			`{"at_us": 7, "expect": [{"event":"stream_ended","at_us":7,"conn":"a","stream":1,"outcome":"no_progress"}]},
			 {"at_us": 8, "expect": [{"event":"ack_received","at_us":8,"conn":"a","stream":1,"accepted":true}]}`,
			[]string{
				`{"event":"stream_ended","at_us":7,"conn":"a","stream":1,"outcome":"no_progress"}`,
				`{"event":"ack_received","at_us":8,"conn":"a","stream":1,"accepted":false}`,
			}, 0,
		},
		"an ACK before the end": {
			`{"at_us": 8, "expect": [{"event":"ack_received","at_us":8,"conn":"a","stream":1,"accepted":true}]}`,
			[]string{`{"event":"ack_received","at_us":8,"conn":"a","stream":1,"accepted":false}`}, 2,
		},
		"a stream that a closing ended": {
			`{"at_us": 7, "expect": [` + closing + `,
			  {"event":"stream_ended","at_us":7,"conn":"a","stream":1,"outcome":"send_failed"}]}`,
			[]string{closing + `,{"event":"stream_ended","at_us":7,"conn":"a","stream":1,"outcome":"cancelled"}`}, 0,
		},
		"a stream that a cancel ended": {
			`{"at_us": 7, "do": {"op": "cancel", "conn": "a", "stream": 1}, "expect": [
			  {"event":"stream_ended","at_us":7,"conn":"a","stream":1,"outcome":"cancelled"}]}`,
			[]string{`{"event":"stream_ended","at_us":7,"conn":"a","stream":1,"outcome":"send_failed"}`}, 2,
		},
		"a notice after a cancel": {
			`{"at_us": 7, "do": {"op": "cancel", "conn": "a", "stream": 1}}`,
			[]string{`{"event":"notice_sent","at_us":7,"conn":"a","stream":1}`}, 0,
		},
		"a notice before a cancel": {
			`{"at_us": 6}, {"at_us": 7, "do": {"op": "cancel", "conn": "a", "stream": 1}}`,
			[]string{`{"event":"notice_sent","at_us":6,"conn":"a","stream":1}`, ``}, 1,
		},
		"the words of a reason": {
			`{"at_us": 0, "expect": [{"event":"decided","at_us":0,"machine":"m","input":{},"decision":{"reason":"a"}}]}`,
			[]string{`{"event":"decided","at_us":0,"machine":"m","input":{},"decision":{"reason":"b"}}`}, 0,
		},
		"no reason at all": {
			`{"at_us": 0, "expect": [{"event":"decided","at_us":0,"machine":"m","input":{},"decision":{"reason":"a"}}]}`,
			[]string{`{"event":"decided","at_us":0,"machine":"m","input":{},"decision":{"reason":""}}`}, 2,
		},
	} {
		if found := compared(t, steps(t, each.steps), each.said...); len(found) != each.wrong {
			t.Errorf("%s: expected %d differences, got %q", name, each.wrong, found)
		}
	}
}

func TestEqualNumbersAreEqualHoweverTheyAreWritten(t *testing.T) {
	for _, each := range []struct {
		one, other string
		same       bool
	}{
		{"1", "1.0", true}, {"1", "1e0", true}, {"1", "1.0000001", false}, {"1", `"1"`, false},
		{"0.1", "1e-1", true}, {"9007199254740993", "9007199254740992", false}, {"1e99999999", "1e99999999", true},
	} {
		texts := make([]string, 2)
		for i, written := range []string{each.one, each.other} {
			var value any
			if err := harness.Decode([]byte(written), &value); err != nil {
				t.Fatal(err)
			}
			whole, err := json.Marshal(plain(value))
			if err != nil {
				t.Fatal(err)
			}
			texts[i] = string(whole)
		}
		if same := texts[0] == texts[1]; each.same != same {
			t.Errorf("%s and %s: expected %v, got %v", each.one, each.other, each.same, same)
		}
	}
}

func TestSequenceNumbersRiseByOneInTheOrderOfFirstBytes(t *testing.T) {
	hello := harness.Fields{"features": []any{"sequence"}}
	ended := func(send, sequence string) string {
		return `{"event":"send_ended","at_us":1,"conn":"a","send":` + send + `,"sequence":` + sequence + `}`
	}
	written := `{"event":"written","at_us":1,"conn":"a","send":1},{"event":"written","at_us":1,"conn":"a","send":2},`
	for said, wrong := range map[string]int{
		written + ended("1", "65535") + `,` + ended("2", "0"): 0,
		written + ended("1", "4") + `,` + ended("2", "5"):     0,
		written + ended("1", "5") + `,` + ended("2", "4"):     1,
		written + ended("1", "5") + `,` + ended("2", "5"):     1,
		written + ended("1", "null"):                          1,
	} {
		s := newSequences(Vector{}, hello)
		s.take(Step{}, events(t, said))
		if len(s.wrong) != wrong {
			t.Errorf("%s: expected %d differences, got %q", said, wrong, s.wrong)
		}
	}
}
