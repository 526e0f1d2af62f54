// Package vectors plays the vectors of the law (spec/vectors/README.md) against an implementation in this process.
package vectors

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"stallproof/kit/harness"
)

const (
	format   = "stallproof.vector/1"
	manifest = "stallproof.vectors/1"
)

// A Vector is one script with the decisions that the law demands.
type Vector struct {
	Schema       string         `json:"schema"`
	Name         string         `json:"name"`
	Requirements []string       `json:"requirements"`
	Profile      string         `json:"profile"`
	Needs        []string       `json:"needs"`
	Reason       string         `json:"reason"`
	Knobs        harness.Fields `json:"knobs"`
	Steps        []Step         `json:"steps"`
}

// A Step is one request, or the passing of time, and what is decided by then.
type Step struct {
	AtUS   int64            `json:"at_us"`
	Do     harness.Fields   `json:"do"`
	Expect []harness.Fields `json:"expect"`
	Answer harness.Fields   `json:"answer"`
}

// Load reads the vectors of a folder, in the order of their files' names.
//
// A file that is missing, changed or not listed in the manifest makes the whole set unusable.
func Load(folder string) ([]Vector, error) {
	text, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	if err != nil {
		return nil, err
	}
	var listed struct {
		Schema  string `json:"schema"`
		Vectors []struct {
			File   string `json:"file"`
			SHA256 string `json:"sha256"`
		} `json:"vectors"`
	}
	if err := harness.Decode(text, &listed); err != nil {
		return nil, fmt.Errorf("manifest.json: %w", err)
	}
	if listed.Schema != manifest {
		return nil, fmt.Errorf("manifest.json has the schema %q, and not %q", listed.Schema, manifest)
	}
	there, err := filepath.Glob(filepath.Join(folder, "*", "*.json"))
	if err != nil {
		return nil, err
	}
	if len(there) != len(listed.Vectors) {
		return nil, fmt.Errorf("the manifest lists %d vectors, and %d are there", len(listed.Vectors), len(there))
	}
	vectors := make([]Vector, 0, len(there))
	for _, entry := range listed.Vectors {
		vector, err := read(filepath.Join(folder, entry.File), func(sum string) bool { return sum == entry.SHA256 })
		if err != nil {
			return nil, err
		}
		vectors = append(vectors, vector)
	}
	sort.Slice(vectors, func(i, j int) bool { return vectors[i].Name < vectors[j].Name })
	return vectors, nil
}

// Read reads one vector, whatever a manifest says.
func Read(file string) (Vector, error) { return read(file, func(string) bool { return true }) }

// read reads one vector, whose bytes have to have a hash that is listed.
func read(file string, isListed func(sum string) bool) (vector Vector, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return vector, err
	}
	if sum := sha256.Sum256(text); !isListed(hex.EncodeToString(sum[:])) {
		return vector, fmt.Errorf("%s is not the file that the manifest lists", file)
	}
	if err := harness.Decode(text, &vector); err != nil {
		return vector, fmt.Errorf("%s: %w", file, err)
	}
	if vector.Schema != format || vector.Name != strings.TrimSuffix(filepath.Base(file), ".json") {
		return vector, fmt.Errorf("%s is %q of the schema %q", file, vector.Name, vector.Schema)
	}
	return vector, nil
}

// Lacks returns what the vector needs and a harness has not, by what it said to hello.
func (v Vector) Lacks(hello harness.Fields) []string {
	has := make(map[any]bool)
	for _, names := range []any{hello["features"], hello["machines"]} {
		listed, _ := names.([]any)
		for _, name := range listed {
			has[name] = true
		}
	}
	var lacks []string
	for _, need := range append([]string{"virtual_time"}, v.Needs...) {
		if !has[need] {
			lacks = append(lacks, need)
		}
	}
	return lacks
}
