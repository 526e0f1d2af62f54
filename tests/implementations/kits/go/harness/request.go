package harness

import (
	"encoding/json"
	"fmt"
)

// A Request is one line of the oracle. Its readers keep the first thing that is wrong, and Err tells it.
type Request struct {
	ID     int64
	Op     string
	fields map[string]json.RawMessage
	err    error
}

// parse reads a line. Of a bad one it still finds the id, if there is one.
func parse(line []byte) (*Request, error) {
	r := &Request{}
	if err := json.Unmarshal(line, &r.fields); err != nil {
		return r, fmt.Errorf("not an object of JSON: %w", err)
	}
	read(r, "id", &r.ID)
	read(r, "op", &r.Op)
	return r, r.Err()
}

// Err is the first thing that was wrong with what was read, or nil.
func (r *Request) Err() error { return r.err }

// Has tells whether the field is there and not null.
func (r *Request) Has(name string) bool {
	raw, ok := r.fields[name]
	return ok && string(raw) != "null"
}

// Raw is the field as it came; null where it is left out.
func (r *Request) Raw(name string) json.RawMessage {
	if raw, ok := r.fields[name]; ok {
		return raw
	}
	return json.RawMessage("null")
}

// Int reads an integer that has to be there.
func (r *Request) Int(name string) (value int64) { read(r, name, &value); return }

// Text reads a text that has to be there.
func (r *Request) Text(name string) (value string) { read(r, name, &value); return }

// IntOr reads an integer, and takes other where it is left out or null.
func (r *Request) IntOr(name string, other int64) int64 {
	if !r.Has(name) {
		return other
	}
	return r.Int(name)
}

// TextOr reads a text, and takes other where it is left out or null.
func (r *Request) TextOr(name, other string) string {
	if !r.Has(name) {
		return other
	}
	return r.Text(name)
}

// Into reads a field of any shape, if it is there and not null.
func (r *Request) Into(name string, value any) {
	if r.Has(name) {
		read(r, name, value)
	}
}

func read(r *Request, name string, value any) {
	if r.err != nil {
		return
	}
	if !r.Has(name) {
		r.err = fmt.Errorf("%q is missing", name)
		return
	}
	if err := json.Unmarshal(r.fields[name], value); err != nil {
		r.err = fmt.Errorf("%q is of no use: %w", name, err)
	}
}
