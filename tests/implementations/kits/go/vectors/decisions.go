package vectors

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"stallproof/kit/harness"
)

// counting are the events that are decisions, with the fields that count beside at_us.
var counting = map[string][]string{
	"lock_taken":       {"conn", "send"},
	"written":          {"conn", "send", "began_us", "wrote_bytes"},
	"send_ended":       {"conn", "send", "outcome", "raised"},
	"closing":          {"conn"},
	"received":         {"conn"},
	"checked":          {"conn", "stall_us", "count"},
	"warned":           {"conn", "count", "threshold"},
	"heartbeat_queued": {"conn"},
	"chunk_begun":      {"conn", "stream", "offset"},
	"ack_received":     {"conn", "stream", "accepted"},
	"stream_ended":     {"conn", "stream", "outcome"},
	"notice_sent":      {"conn", "stream"},
	"decided":          {"machine", "input", "decision"},
}

// counted is a decision with nothing but what counts, or nil for any other event.
func counted(event harness.Fields) harness.Fields {
	name, _ := event["event"].(string)
	fields, isDecision := counting[name]
	if !isDecision {
		return nil
	}
	decision := harness.Fields{"event": name, "at_us": plain(event["at_us"])}
	for _, field := range fields {
		decision[field] = plain(event[field])
	}
	if name == "decided" {
		blankReason(decision["decision"])
	}
	return decision
}

// blankReason: which words of a reason are enough is for the oracle to say; here only that there is one counts.
func blankReason(decision any) {
	if fields, isObject := decision.(map[string]any); isObject {
		if reason, isText := fields["reason"].(string); isText && reason != "" {
			fields["reason"] = "..."
		}
	}
}

// plain is a value of JSON in which equal numbers are equal texts: 1, 1.0 and 1e0.
func plain(value any) any {
	switch value := value.(type) {
	case json.Number:
		number, isNumber := exact(value)
		switch {
		case isNumber && number.IsInt():
			return json.RawMessage(number.Num().String())
		case isNumber:
			return json.RawMessage(`"#` + number.String() + `"`)
		}
		return value.String()
	case []any:
		list := make([]any, len(value))
		for i, each := range value {
			list[i] = plain(each)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(value))
		for name, each := range value {
			object[name] = plain(each)
		}
		return object
	}
	return value
}

// exact reads a number. One with an exponent that would fill the memory is none.
func exact(value json.Number) (*big.Rat, bool) {
	text := value.String()
	if _, exponent, has := strings.Cut(strings.ToLower(text), "e"); has && len(exponent) > len("+308") {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// textOf is a decision as one line; equal decisions are equal texts.
func textOf(decision harness.Fields) string {
	text, err := json.Marshal(decision)
	if err != nil {
		panic(fmt.Sprintf("%v came out of JSON, and does not go in: %v", decision, err))
	}
	return string(text)
}

// number is a field that is an integer, or -1.
func number(fields harness.Fields, name string) int64 {
	if value, isNumber := fields[name].(json.Number); isNumber {
		if whole, err := value.Int64(); err == nil {
			return whole
		}
	}
	return -1
}

func text(fields harness.Fields, name string) string {
	value, _ := fields[name].(string)
	return value
}
