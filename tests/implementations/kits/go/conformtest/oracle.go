package conformtest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A report is what is read of spec/schemas/report.schema.json.
type report struct {
	Harness      []json.RawMessage `json:"harness"`
	Requirements []judgement       `json:"requirements"`
}

type judgement struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Selected bool      `json:"selected"`
	Verdict  string    `json:"verdict"`
	Findings []finding `json:"findings"`
}

type finding struct {
	Explanation string `json:"explanation"`
}

// askOracle adds the verdicts of the oracle on this very binary.
func (all trials) askOracle(t *testing.T, options Options) {
	t.Helper()
	found := judgedBy(t, options)
	for _, trouble := range found.Harness {
		t.Errorf("the harness broke, which is no verdict: %s", trouble)
	}
	for _, one := range found.Requirements {
		if one := one; one.Selected {
			all.add(one.ID, "oracle", one.tell)
		}
	}
}

// tell fails for what is broken. What was not shown to hold is skipped, and said.
func (j judgement) tell(t *testing.T) {
	said := []string{j.Title + ": " + j.Verdict}
	for _, one := range j.Findings {
		said = append(said, one.Explanation)
	}
	switch j.Verdict {
	case "pass":
	case "fail":
		t.Error(strings.Join(said, "\n"))
	default:
		t.Skip(strings.Join(said, "\n"))
	}
}

// judgedBy runs the oracle. Its exit code says no more than its report.
func judgedBy(t *testing.T, options Options) (found report) {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.json")
	top, _, _ := strings.Cut(t.Name(), "/")
	arguments := []string{"conform", "--impl", quoted(binary) + " -test.run=^" + top + "$", "--json", file}
	if len(options.Only) > 0 {
		arguments = append(arguments, "--only", strings.Join(options.Only, ","))
	}
	if len(options.Without) > 0 {
		arguments = append(arguments, "--without", strings.Join(options.Without, ","))
	}
	if options.Seed {
		arguments = append(arguments, "--profile", "seed")
	}
	command := exec.Command(oracle, append(arguments, options.Arguments...)...)
	command.Env = append(os.Environ(), serving+"=1")
	said, failed := command.CombinedOutput()
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &found)
	}
	if err != nil {
		t.Fatalf("the oracle left no report (%v): %v\n%s", err, failed, said)
	}
	return found
}

// quoted is a path as a shell reads it.
func quoted(path string) string { return "'" + strings.ReplaceAll(path, "'", `'"'"'`) + "'" }
