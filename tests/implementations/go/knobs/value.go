package knobs

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
)

var words = map[string]bool{
	"true": true, "t": true, "yes": true, "y": true, "1": true,
	"false": false, "f": false, "no": false, "n": false, "0": false,
}

var (
	decimal = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)
	integer = regexp.MustCompile(`^[+-]?[0-9]+$`)
)

// fromFile reads a value of JSON.
func (k knob) fromFile(raw json.RawMessage) (any, error) {
	switch raw[0] {
	case '{':
		return nil, k.refuse("object")
	case '[':
		return nil, k.refuse("list")
	case 't', 'f':
		if k.kind == toggle {
			return raw[0] == 't', nil
		}
		return nil, k.refuse(string(raw))
	case '"':
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return nil, err
		}
		if k.kind == toggle {
			return k.switched(text)
		}
		return nil, k.refuse(text)
	}
	return k.fromNumber(string(raw))
}

// fromText reads the value of a variable.
func (k knob) fromText(text string) (any, error) {
	if k.kind == toggle {
		return k.switched(text)
	}
	trimmed := strings.TrimSpace(text)
	if !decimal.MatchString(trimmed) {
		return nil, k.refuse(text)
	}
	return k.fromNumber(trimmed)
}

func (k knob) switched(text string) (any, error) {
	word := strings.ToLower(strings.TrimSpace(text))
	if on, known := words[word]; known {
		return on, nil
	}
	if integer.MatchString(word) {
		return strings.Trim(word, "+-0") != "", nil
	}
	return nil, k.refuse(text)
}

func (k knob) fromNumber(text string) (any, error) {
	number, err := strconv.ParseFloat(text, 64)
	finite := err == nil && !math.IsInf(number, 0)
	whole := finite && number == math.Trunc(number)
	switch {
	case !finite, k.isInteger() && !whole:
		return nil, k.refuse(text)
	case k.kind == toggle:
		return number != 0, nil
	case number < k.least, number > k.most:
		return nil, k.refuse(text)
	}
	return number, nil
}

// plainly shows a value without an exponent.
func plainly(value any) string {
	if number, ok := value.(float64); ok {
		return strconv.FormatFloat(number, 'f', -1, 64)
	}
	if value.(bool) {
		return "true"
	}
	return "false"
}
