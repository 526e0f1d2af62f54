package knobs

import "fmt"

// A Refusal says what was not taken, and what would have been. Of a file that is no JSON it has the message only.
type Refusal struct {
	Knob    string
	Value   string
	Allowed string
	Message string
}

func (r *Refusal) Error() string { return r.Message }

func (k knob) refuse(value string) error {
	shown := value
	if shown == "" {
		shown = "empty"
	}
	message := fmt.Sprintf("%s (%s): %s is not allowed; it takes %s", k.name, k.variable(), shown, k.allowed())
	return &Refusal{Knob: k.name, Value: value, Allowed: k.allowed(), Message: message}
}

func misspelt(name, meant string) error {
	return &Refusal{
		Knob: name, Allowed: meant,
		Message: fmt.Sprintf("%s is no knob; %s may be meant", name, meant),
	}
}

// slip is the edit distance up to which a name is taken for a misspelt knob.
const slip = 2

// nearest is the knob at the least edit distance.
func nearest(key string) (name string, atDistance int) {
	for i, k := range table {
		if d := distance(key, k.name); i == 0 || d < atDistance {
			name, atDistance = k.name, d
		}
	}
	return name, atDistance
}

// distance is the least number of characters to insert, delete or replace that turns one name into the other.
func distance(from, to string) int {
	a, b := []rune(from), []rune(to)
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = least(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func least(a, b, c int) int {
	if b < a {
		a = b
	}
	if c < a {
		a = c
	}
	return a
}
