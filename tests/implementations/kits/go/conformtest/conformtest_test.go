package conformtest

import (
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"testing"
)

func TestRunOfOneRequirementJudgesNoOther(t *testing.T) {
	for pattern, expected := range map[string][]string{
		"TestLaw":                      {"SD", "CX-4"},
		"":                             {"SD", "CX-4"},
		"TestLaw/SD-13":                {"SD-13"},
		"^TestLaw$/^SD-13$":            {"SD-13"},
		"TestLaw/SD-13/vector/a-b":     {"SD-13"},
		"TestLaw/SD":                   {"SD"},
		"TestLaw/CX-4":                 {"CX-4"},
		"TestLaw/CX-5":                 {"SD", "CX-4"}, // It is not selected.
		"TestLaw/SD-(1|2)":             {"SD", "CX-4"},
		"TestLaw/SD-13|TestOther/SD-1": {"SD", "CX-4"},
	} {
		options := Options{Only: []string{"SD", "CX-4"}}
		if options.narrow(pattern); !reflect.DeepEqual(expected, options.Only) {
			t.Errorf("-run %s: expected %q, got %q", pattern, expected, options.Only)
		}
	}
}

func TestRequirementsComeInTheOrderOfTheirNumbers(t *testing.T) {
	ids := []string{"SD-10", "CX-1", "SD-9", "SD-1"}
	sort.Slice(ids, func(i, j int) bool { return isBefore(ids[i], ids[j]) })
	if expected := []string{"CX-1", "SD-1", "SD-9", "SD-10"}; !reflect.DeepEqual(expected, ids) {
		t.Errorf("expected %q, got %q", expected, ids)
	}
}

func TestVectorsAreFoundInAFolderAbove(t *testing.T) {
	top := t.TempDir()
	where, here := filepath.Join(top, "spec", "vectors"), filepath.Join(top, "deep", "down")
	for _, folder := range []string{where, here} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(where, "manifest.json"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	before, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chdir(before) })
	t.Setenv(folder, "")
	if err := os.Chdir(here); err != nil {
		t.Fatal(err)
	}
	if found := (Options{}).folder(); where != found {
		t.Errorf("expected %s, got %s", where, found)
	}
	t.Setenv(folder, "named")
	if found := (Options{}).folder(); found != "named" {
		t.Errorf("the variable says named, and not %s", found)
	}
	if found := (Options{Vectors: "told"}).folder(); found != "told" {
		t.Errorf("the option says told, and not %s", found)
	}
}

func TestAPathIsQuotedForAShell(t *testing.T) {
	if expected, found := `'/a b/it'"'"'s'`, quoted("/a b/it's"); expected != found {
		t.Errorf("expected %s, got %s", expected, found)
	}
}

func TestAnExplanationIsToldOnceWithItsScenarios(t *testing.T) {
	found := []finding{
		{"never-reads #1", "It closed twice."}, {"resets #2", "It closed twice."}, {"never-reads #3", "It closed twice."},
		{"resets #1", "It waited."}, {"", "It lacks tls."},
	}
	expected := []string{
		"It closed twice. (in never-reads, 2 times; resets)", "It waited. (in resets)", "It lacks tls.",
	}
	if said := told(found); !reflect.DeepEqual(expected, said) {
		t.Errorf("expected %q, got %q", expected, said)
	}
}
