package conformtest

import (
	"encoding/json"
	"fmt"
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
	Scenario    string `json:"scenario"`
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
	said := append([]string{j.Title + ": " + j.Verdict}, told(j.Findings)...)
	switch j.Verdict {
	case "pass":
	case "fail":
		said = append(said, "What happened, event by event: stallproof conform --impl YOUR-HARNESS --only "+j.ID)
		t.Error(strings.Join(said, "\n"))
	default:
		t.Skip(strings.Join(said, "\n"))
	}
}

// told says each explanation once, with where it was found.
func told(findings []finding) (said []string) {
	where := make(map[string][]string)
	for _, one := range findings {
		if _, known := where[one.Explanation]; !known {
			said = append(said, one.Explanation)
		}
		where[one.Explanation] = append(where[one.Explanation], one.Scenario)
	}
	for i, explanation := range said {
		if places := scenarios(where[explanation]); places != "" {
			said[i] = fmt.Sprintf("%s (in %s)", explanation, places)
		}
	}
	return said
}

// scenarios are those of some findings, each once and with how often it is among them.
func scenarios(of []string) string {
	times := make(map[string]int)
	var names []string
	for _, one := range of {
		name, _, _ := strings.Cut(one, " #")
		if times[name]++; times[name] == 1 && name != "" {
			names = append(names, name)
		}
	}
	for i, name := range names {
		if times[name] > 1 {
			names[i] = fmt.Sprintf("%s, %d times", name, times[name])
		}
	}
	return strings.Join(names, "; ")
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
