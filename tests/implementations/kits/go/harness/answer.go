package harness

import "errors"

// Fields are what a reply or an event carries besides its name.
type Fields map[string]any

// An Answer that is an error says which one, and may carry fields besides.
type Answer struct {
	Kind    string
	Message string
	Fields  Fields
}

func (a *Answer) Error() string { return a.Message }

// Unsupported is the answer to what this harness does not know or does not have.
func Unsupported(what string) error { return &Answer{Kind: "unsupported", Message: what} }

// Refused is the answer to what the implementation itself said no to.
func Refused(message string, fields Fields) error {
	return &Answer{Kind: "refused", Message: message, Fields: fields}
}

// reply is the line for what came of a request. Any other error than an Answer is a failure.
func reply(id int64, fields Fields, err error) Fields {
	line := Fields{"id": id, "ok": err == nil}
	var answer *Answer
	switch {
	case err == nil:
		line.add(fields)
	case errors.As(err, &answer):
		line.add(answer.Fields)
		line["error"], line["message"] = answer.Kind, answer.Message
	default:
		line["error"], line["message"] = "failed", err.Error()
	}
	return line
}

func (f Fields) add(more Fields) {
	for name, value := range more {
		f[name] = value
	}
}
