package harness

import (
	"encoding/json"
	"fmt"
	"sort"
)

// A Machine decides by its input alone, its past included. The decision is anything that encoding/json can write; an
// error says that there is no such input.
type Machine func(input json.RawMessage) (decision any, err error)

// Machines are the pure machines that a harness has, by the names of spec/protocol.md.
type Machines map[string]Machine

// Names are those of the machines, for hello.
func (m Machines) Names() []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Decide carries out the operation decide: it says the decision with the input as it came.
func (m Machines) Decide(r *Request, say Say, atUS int64) (Fields, error) {
	name := r.Text("machine")
	if r.Err() != nil {
		return nil, r.Err()
	}
	machine, known := m[name]
	if !known {
		return nil, Unsupported(fmt.Sprintf("the machine %q", name))
	}
	var input map[string]json.RawMessage
	if r.Into("input", &input); r.Err() != nil {
		return nil, r.Err()
	}
	if input == nil {
		return nil, fmt.Errorf("%q is missing", "input")
	}
	decision, err := machine(r.Raw("input"))
	if err != nil {
		return nil, err
	}
	say("decided", atUS, Fields{"machine": name, "input": r.Raw("input"), "decision": decision})
	return nil, nil
}
