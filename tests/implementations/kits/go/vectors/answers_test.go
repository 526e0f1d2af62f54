package vectors

import (
	"testing"

	"stallproof/kit/harness"
)

func fields(t *testing.T, text string) (found harness.Fields) {
	t.Helper()
	if err := harness.Decode([]byte(text), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestAConfigurationInForceIsComparedFieldByField(t *testing.T) {
	expected := fields(t, `{"effective": {"k": 0.3, "list": [1, 2]}, "noted": ["k"], "relations": {"r": true}}`)
	for reply, wrong := range map[string]int{
		`{"ok":true,"effective":{"k":0.3,"list":2},"notes":["k is low"],"relations":[{"relation":"r","holds":true}]}`: 0,
		`{"ok":true,"effective":{"k":0.3000001,"list":2},"notes":["k"],"relations":[{"relation":"r","holds":true}]}`:  0,
		`{"ok":true,"effective":{"k":0.300001,"list":2},"notes":["k"],"relations":[{"relation":"r","holds":true}]}`:   1,
		`{"ok":true,"effective":{"k":0.3,"list":3},"notes":["k"],"relations":[{"relation":"r","holds":true}]}`:        1,
		`{"ok":true,"effective":{"k":0.3,"list":1},"notes":["key"],"relations":[{"relation":"r","holds":true}]}`:      1,
		`{"ok":true,"effective":{"k":0.3,"list":1},"notes":["k"],"relations":[{"relation":"r","holds":false}]}`:       1,
		`{"ok":true,"effective":{},"notes":["k"],"relations":[]}`:                                                     3,
		`{"ok":false,"error":"refused"}`: 1,
	} {
		if found := answered(expected, fields(t, reply)); len(found) != wrong {
			t.Errorf("%s: expected %d differences, got %q", reply, wrong, found)
		}
	}
}

func TestARefusalNamesTheKnobTheValueAndWhatIsAllowed(t *testing.T) {
	for _, each := range []struct {
		fault, reply string
		wrong        int
	}{
		{`{"given":"k","knob":"k","value":"-1"}`, `"knob":"k","value":-1,"allowed":"0 or more","message":"no"`, 0},
		{`{"given":"k","knob":"k","value":"-1"}`, `"message":"k is -1, and has to be at least 0"`, 0},
		{`{"given":"k","knob":"k","value":"-1"}`, `"message":"k is -1"`, 1},
		{`{"given":"k","knob":"k","value":"-1"}`, `"message":"k has to be at least 0"`, 1},
		{`{"given":"k","knob":"k","value":"-1"}`, `"message":"key is -1, and has to be at least 0"`, 1},
		{`{"given":"k","knob":"k","value":"1e3"}`, `"message":"k is 1000, and has to be at most 9"`, 0},
		{`{"given":"k","knob":"k","value":"list"}`, `"message":"k is a list, and has to be a number"`, 0},
		{`{"given":"k","knob":"k","value":"\"\""}`, `"message":"k is empty, and has to be a number"`, 0},
		{`{"given":"k","knob":"k","value":"NaN"}`, `"message":"no JSON at line 1, column 3"`, 0},
		{`{"given":"k","knob":"k","value":"5"}`, `"message":"no JSON at line 1, column 3"`, 1},
		{`{"given":"kk","knob":"k","value":"5"}`, `"message":"kk is no knob; k may be meant"`, 0},
		{`{"given":"kk","knob":"k","value":"5"}`, `"message":"kk is no knob"`, 1},
	} {
		expected := harness.Fields{"refused": []any{map[string]any(fields(t, each.fault))}}
		reply := fields(t, `{"ok":false,"error":"refused",`+each.reply+`}`)
		if found := answered(expected, reply); len(found) != each.wrong {
			t.Errorf("%s, %s: expected %d differences, got %q", each.fault, each.reply, each.wrong, found)
		}
	}
	inForce := answered(harness.Fields{"refused": []any{}}, fields(t, `{"ok":true}`))
	if len(inForce) != 1 {
		t.Errorf("what is in force is no refusal: %q", inForce)
	}
}
