package vectors

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"stallproof/kit/harness"
)

// configure asks for each configuration, and compares what comes of it.
func (v Vector) configure(session *harness.Session) ([]string, error) {
	var wrong []string
	for number, step := range v.Steps {
		reply, _, err := session.Ask(step.Do)
		if err != nil {
			return nil, err
		}
		for _, difference := range answered(step.Answer, reply) {
			wrong = append(wrong, fmt.Sprintf("configuration %d: %s", number+1, difference))
		}
	}
	return wrong, nil
}

func answered(expected, reply harness.Fields) []string {
	if refused, isRefused := expected["refused"].([]any); isRefused {
		return refusedFor(refused, reply)
	}
	if reply["ok"] != true {
		return []string{fmt.Sprintf("it is allowed, and was answered with %v: %v", reply["error"], reply["message"])}
	}
	var wrong []string
	effective, _ := reply["effective"].(map[string]any)
	wanted, _ := expected["effective"].(map[string]any)
	for knob, value := range wanted {
		if !isOneOf(effective[knob], value) {
			wrong = append(wrong, fmt.Sprintf("%s is %v in force, and has to be %v", knob, effective[knob], value))
		}
	}
	notes := fmt.Sprintln(reply["notes"])
	noted, _ := expected["noted"].([]any)
	for _, name := range noted {
		if !says(notes, fmt.Sprint(name)) {
			wrong = append(wrong, fmt.Sprintf("no note names %v", name))
		}
	}
	return append(wrong, unrelated(expected, reply)...)
}

// unrelated are the relations that are not told, or told otherwise.
func unrelated(expected, reply harness.Fields) []string {
	holds := make(map[any]any)
	told, _ := reply["relations"].([]any)
	for _, each := range told {
		if relation, isObject := each.(map[string]any); isObject {
			holds[relation["relation"]] = relation["holds"]
		}
	}
	var wrong []string
	wanted, _ := expected["relations"].(map[string]any)
	for name, value := range wanted {
		if told != nil && holds[name] != value { // Who declares no relations tells none.
			wrong = append(wrong, fmt.Sprintf("the relation %s is %v, and has to be %v", name, holds[name], value))
		}
	}
	return wrong
}

// isOneOf tells whether a value is the wanted one, or one of several.
func isOneOf(value, wanted any) bool {
	list, isList := wanted.([]any)
	if !isList {
		return isSame(value, wanted)
	}
	for _, each := range list {
		if isSame(value, each) {
			return true
		}
	}
	return false
}

// isSame compares numbers in whole millionths, and everything else as it is.
func isSame(value, wanted any) bool {
	one, isOne := millionths(value)
	other, isOther := millionths(wanted)
	if isOne && isOther {
		return one.Cmp(other) == 0
	}
	return isOne == isOther && value == wanted
}

// millionths is a number times a million, the nearest whole one.
func millionths(value any) (*big.Int, bool) {
	var number *big.Rat
	switch value := value.(type) {
	case json.Number:
		read, isNumber := exact(value)
		if !isNumber {
			return nil, false
		}
		number = read
	case float64:
		number = new(big.Rat).SetFloat64(value)
	case int:
		number = new(big.Rat).SetInt64(int64(value))
	}
	if number == nil {
		return nil, false
	}
	number.Mul(number, big.NewRat(1_000_000, 1))
	whole, _ := new(big.Int).SetString(number.FloatString(0), 10)
	return whole, whole != nil
}

// prefix begins the name of every variable that is a knob.
const prefix = "NVFLARE_"

var (
	place = regexp.MustCompile(
		`(?i)\b(?:line|column|col|char|character|position|pos|offset|byte|index)\b\W{0,3}\d`)
	allowed = regexp.MustCompile(
		`(?i)\b(?:number|integer|whole|finite|positive|boolean|true|false|decimal|seconds|bytes|at least|at most` +
			`|between|from|up to|greater|less)\b`)
	brackets = regexp.MustCompile(`(?i)\b(?:list|array|object|map|mapping|table)\b|[\[{]`)
	numbers  = regexp.MustCompile(`[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?`)
)

// refusedFor tells what a refusal leaves unsaid. Of several faults one has to be named in full.
func refusedFor(faults []any, reply harness.Fields) []string {
	if reply["ok"] == true || reply["error"] != "refused" {
		return []string{fmt.Sprintf("it has to be refused, and was answered with %v: %v", reply["ok"], reply["error"])}
	}
	for _, each := range faults {
		if fault, isObject := each.(map[string]any); isObject && isNamed(fault, reply) {
			return nil
		}
	}
	return []string{fmt.Sprintf("the refusal %q names none of %v", text(reply, "message"), faults)}
}

// isNamed follows the table of spec/protocol.md, "What a refusal has to say".
func isNamed(fault, reply harness.Fields) bool {
	message, given, knob, value := text(reply, "message"), text(fault, "given"), text(fault, "knob"), text(fault, "value")
	named := reply["knob"] == given || says(message, given)
	if given != knob && given != prefix+strings.ToUpper(knob) { // It is misspelt: the knob meant has to be told.
		told := message + " " + text(reply, "allowed")
		return named && (reply["knob"] == knob || says(told, knob) || says(told, prefix+strings.ToUpper(knob)))
	}
	named = named || reply["knob"] == knob || says(message, knob)
	if !named {
		return isNoJSON(value) && place.MatchString(message)
	}
	isAllowed := text(reply, "allowed") != "" || allowed.MatchString(message) || saysAnother(message, value)
	return isAllowed && tellsValue(reply["value"], message, value)
}

// tellsValue tells whether a value as it was written is told, by the field or in words.
func tellsValue(field any, message, written string) bool {
	value := strings.Trim(written, `"`)
	told := strings.ToLower(fmt.Sprint(field, " ", message))
	switch {
	case written == "list" || written == "object":
		return field != nil || brackets.MatchString(message)
	case strings.TrimSpace(value) == "":
		return field == value || strings.Contains(told, "empty") || strings.Contains(told, `""`)
	case strings.Contains(told, strings.ToLower(value)) || isSame(field, json.Number(value)):
		return true
	}
	for _, number := range numbers.FindAllString(message, -1) {
		if isSame(json.Number(number), json.Number(value)) {
			return true
		}
	}
	return isNoJSON(value) && (strings.Contains(told, "nan") || strings.Contains(told, "inf"))
}

// isNoJSON tells whether a reader of JSON may refuse the file itself for a value like NaN or 1e999.
func isNoJSON(value string) bool {
	number, isNumber := exact(json.Number(value))
	if !isNumber {
		return true
	}
	float, _ := number.Float64()
	return float > 1e308 || float < -1e308
}

func saysAnother(message, value string) bool {
	for _, number := range numbers.FindAllString(message, -1) {
		if !isSame(json.Number(number), json.Number(value)) {
			return true
		}
	}
	return false
}

// says tells whether a name stands in a text as a word of its own, in any case.
func says(text, name string) bool {
	word := regexp.MustCompile(`(?i)(?:^|\W)` + regexp.QuoteMeta(name) + `(?:\W|$)`)
	return word.MatchString(text)
}
