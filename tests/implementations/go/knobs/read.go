package knobs

import (
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strings"
)

const prefix = "NVFLARE_"

// Values are the knobs in force, each in its own unit: float64 or bool.
type Values map[string]any

// Defaults are the values of what nobody sets.
func Defaults() Values {
	values := make(Values)
	for _, k := range table {
		values[k.name] = k.standard
	}
	return values
}

// Number is the value of a knob that is no switch.
func (v Values) Number(name string) float64 { return v[name].(float64) }

// Micros is a time in microseconds, rounded to the nearest.
func (v Values) Micros(name string) int64 { return int64(math.Round(v.Number(name) * 1e6)) }

// Effective is what is in force as the world may see it: a time is what its microseconds say.
func (v Values) Effective() map[string]any {
	effective := make(map[string]any)
	for _, k := range table {
		effective[k.name] = v[k.name]
		if k.kind == seconds || k.kind == wholeSeconds {
			effective[k.name] = float64(v.Micros(k.name)) / 1e6
		}
	}
	return effective
}

// Read reads the text of comm_config.json and an environment. The notes say what was clamped or not understood.
func Read(file string, environment map[string]string) (values Values, notes []string, err error) {
	set := make(map[string]json.RawMessage)
	if strings.TrimSpace(file) != "" {
		if err := json.Unmarshal([]byte(file), &set); err != nil {
			return nil, nil, unreadable(err)
		}
	}
	if notes, err = checkNames(set, environment); err != nil {
		return nil, nil, err
	}
	values = Defaults()
	for _, k := range table {
		value, given, err := k.read(set[k.name], environment)
		if err != nil {
			return nil, nil, err
		}
		if !given {
			continue
		}
		if number, isNumber := value.(float64); isNumber && k.isClamped() && number < k.clamp {
			notes = append(notes, fmt.Sprintf("%s: %v is below %v and became that", k.name, number, k.clamp))
			value = k.clamp
		}
		values[k.name] = value
	}
	return values, notes, nil
}

// unreadable is a file that is no JSON. Go's reader tells the place, and does not know of whose value it is.
func unreadable(err error) error {
	message := "comm_config.json: " + err.Error()
	if syntax, ok := err.(*json.SyntaxError); ok {
		message += fmt.Sprintf(" (byte %d)", syntax.Offset)
	}
	return &Refusal{Message: message}
}

// read takes the file, else the environment. What loses is not looked at (CF-4).
func (k knob) read(raw json.RawMessage, environment map[string]string) (value any, given bool, err error) {
	if len(raw) > 0 && string(raw) != "null" {
		value, err = k.fromFile(raw)
		return value, true, err
	}
	if text, ok := environment[k.variable()]; ok {
		value, err = k.fromText(text)
		return value, true, err
	}
	return nil, false, nil
}

// checkNames refuses what is misspelt, and notes what is nobody's.
func checkNames(set map[string]json.RawMessage, environment map[string]string) (notes []string, err error) {
	for _, key := range sortedKeys(set) {
		near, distance := nearest(key)
		switch {
		case distance == 0 || ownKeys[key]:
		case distance <= slip:
			return nil, misspelt(key, near)
		default:
			notes = append(notes, fmt.Sprintf("%s is no knob and is not looked at", key))
		}
	}
	for _, name := range sortedKeys(environment) {
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		key := strings.ToLower(strings.TrimPrefix(name, prefix))
		near, distance := nearest(key)
		if distance > 0 && distance <= slip && !ownKeys[key] {
			return nil, misspelt(name, prefix+strings.ToUpper(near))
		}
	}
	return notes, nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
