package harness

import (
	"bytes"
	"encoding/json"
)

// encoded is a value as one line. What this kit says can always be encoded; what cannot is a fault of its user.
func encoded(value any) []byte {
	line, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return line
}

// Decode reads JSON and keeps numbers as they are written.
func Decode(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return decoder.Decode(into)
}
