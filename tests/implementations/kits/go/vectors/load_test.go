package vectors

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"stallproof/kit/harness"
)

const one = `{"schema": "stallproof.vector/1", "name": "v", "requirements": ["SD-2"]}`

func set(t *testing.T, manifest string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{"sd/v.json": one, "manifest.json": manifest} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestASetIsUnusableThatIsNotWhatItsManifestLists(t *testing.T) {
	sum := sha256.Sum256([]byte(one))
	right := hex.EncodeToString(sum[:])
	listed := func(more string) string { return `{"schema": "stallproof.vectors/1", "vectors": [` + more + `]}` }
	for manifest, why := range map[string]string{
		listed(``): "lists 0",
		listed(`{"file": "sd/v.json", "sha256": "00` + right[2:] + `"}`): "is not the file",
		listed(`{"file": "sd/w.json", "sha256": "` + right + `"}`):       "no such file",
		`{"schema": "other"}`: "schema",
		`[`:                   "manifest.json",
	} {
		_, err := Load(set(t, manifest))
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: expected an error about %q, got %v", manifest, why, err)
		}
	}
	found, err := Load(set(t, listed(`{"file": "sd/v.json", "sha256": "`+right+`"}`)))
	if err != nil || len(found) != 1 || found[0].Name != "v" {
		t.Errorf("expected the one vector, got %v, %v", found, err)
	}
}

func TestAVectorLacksWhatHelloDoesNotName(t *testing.T) {
	vector := Vector{Needs: []string{"checks", "start_gate"}}
	hello := harness.Fields{"features": []any{"checks", "virtual_time"}, "machines": []any{"start_gate"}}
	if lacks := vector.Lacks(hello); len(lacks) != 0 {
		t.Errorf("it lacks nothing, and not %q", lacks)
	}
	expected := []string{"virtual_time", "start_gate"}
	if lacks := vector.Lacks(harness.Fields{"features": []any{"checks"}}); !reflect.DeepEqual(expected, lacks) {
		t.Errorf("expected %q, got %q", expected, lacks)
	}
}
