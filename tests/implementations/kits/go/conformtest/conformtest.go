// Package conformtest judges an implementation as a Go test: a subtest for each requirement of the law.
//
//	func TestLaw(t *testing.T) {
//		conformtest.Run(t, harness.Loop{Make: newImplementation, Virtual: true})
//	}
//
// Where the implementation lives in virtual time, the vectors are played in this process, with nothing but Go. Where the
// program stallproof is on the PATH, it judges too: it starts this very test binary as the harness. So
//
//	go test -run TestLaw/SD-2
//
// says what is wrong with SD-2, and by which vectors; the oracle is then asked for SD-2 alone. With -short it is left
// out.
package conformtest

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"

	"stallproof/kit/harness"
	"stallproof/kit/vectors"
)

const (
	// serving is the variable that makes a test the harness, instead of a test.
	serving = "STALLPROOF_KIT_SERVES"
	// folder is the variable that says where the vectors lie.
	folder = "STALLPROOF_VECTORS"
	oracle = "stallproof"
)

// Options say what is judged, and by whom. The zero value judges everything.
type Options struct {
	// Only are the requirements or groups to judge, such as SD-13 and SC; nothing means all.
	Only []string
	// Without are the features that the implementation will never have: what takes them is left out.
	Without []string
	// Seed asks only for what the origin intends; false asks for the hardened profile.
	Seed bool
	// Vectors is the folder of the vectors. "" takes STALLPROOF_VECTORS, or spec/vectors here or in a folder above.
	Vectors string
	// Arguments are more of them for `stallproof conform`, such as --clock virtual.
	Arguments []string
}

// Run judges a harness by everything there is.
func Run(t *testing.T, loop harness.Loop) { RunWith(t, loop, Options{}) }

// RunWith judges a harness. It has to be called from the test function itself, and before anything is printed: when the
// oracle starts this binary as the harness, it is this call that answers, and it ends the process.
func RunWith(t *testing.T, loop harness.Loop, options Options) {
	t.Helper()
	if os.Getenv(serving) != "" {
		loop.Main()
		os.Exit(0)
	}
	options.narrow(flag.Lookup("test.run").Value.String())
	tried := make(trials)
	inProcess := tried.playVectors(t, loop, options)
	_, err := exec.LookPath(oracle)
	judged := err == nil && !testing.Short()
	if judged {
		tried.askOracle(t, options)
	}
	if !inProcess && !judged {
		t.Skip("neither are there vectors for it, nor is stallproof on the PATH to judge it")
	}
	tried.run(t)
}

// A trial is a way to judge one requirement.
type trial struct {
	name string
	run  func(t *testing.T)
}

// trials are those of each requirement.
type trials map[string][]trial

func (all trials) add(requirement, name string, run func(t *testing.T)) {
	all[requirement] = append(all[requirement], trial{name, run})
}

// run has a subtest for each requirement, in the order of their groups and numbers.
func (all trials) run(t *testing.T) {
	ids := make([]string, 0, len(all))
	for id := range all {
		ids = append(ids, id)
	}
	sort.Slice(ids, func(i, j int) bool { return isBefore(ids[i], ids[j]) })
	for _, id := range ids {
		each := all[id]
		t.Run(id, func(t *testing.T) {
			for _, one := range each {
				t.Run(one.name, one.run)
			}
		})
	}
}

// playVectors adds the vectors that the harness has all for, and tells whether it lives in virtual time.
func (all trials) playVectors(t *testing.T, loop harness.Loop, options Options) bool {
	t.Helper()
	if !loop.Virtual {
		return false
	}
	where := options.folder()
	if where == "" {
		return false
	}
	set, err := vectors.Load(where)
	if err != nil {
		t.Fatal(err)
	}
	session, hello, err := harness.NewSession(loop)
	if err != nil {
		t.Fatal(err)
	}
	session.End()
	for _, vector := range set {
		isOther := options.Seed && vector.Profile != "seed"
		if isOther || len(vector.Lacks(hello)) > 0 || options.leavesOut(vector.Needs) {
			continue
		}
		play := once(vector, loop)
		for _, requirement := range vector.Requirements {
			if options.selects(requirement) {
				all.add(requirement, "vector/"+vector.Name, play)
			}
		}
	}
	return true
}

// once plays a vector the first time it is run, and tells the same each time.
func once(vector vectors.Vector, loop harness.Loop) func(t *testing.T) {
	var wrong []string
	var err error
	played := false
	return func(t *testing.T) {
		if !played {
			wrong, err = vector.Play(loop)
			played = true
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(wrong) > 0 {
			t.Errorf("%s\n%s", strings.Join(wrong, "\n"), vector.Reason)
		}
	}
}

// asked is the pattern of -run where it names one requirement, or one group.
var asked = regexp.MustCompile(`^[^/]+/\^?([A-Z]{2}(?:-[0-9]+)?)\$?(?:/.*)?$`)

// narrow leaves nothing else to judge where -run names one requirement.
func (o *Options) narrow(pattern string) {
	if named := asked.FindStringSubmatch(pattern); named != nil && o.selects(named[1]) {
		o.Only = []string{named[1]}
	}
}

func (o Options) selects(requirement string) bool {
	group, _, _ := strings.Cut(requirement, "-")
	for _, wanted := range o.Only {
		if wanted == requirement || wanted == group {
			return true
		}
	}
	return len(o.Only) == 0
}

func (o Options) leavesOut(needs []string) bool {
	for _, need := range needs {
		for _, without := range o.Without {
			if need == without {
				return true
			}
		}
	}
	return false
}

// folder is where the vectors lie, or "".
func (o Options) folder() string {
	if o.Vectors != "" {
		return o.Vectors
	}
	if named := os.Getenv(folder); named != "" {
		return named
	}
	here, err := os.Getwd()
	for err == nil {
		found := filepath.Join(here, "spec", "vectors")
		if _, missing := os.Stat(filepath.Join(found, "manifest.json")); missing == nil {
			return found
		}
		above := filepath.Dir(here)
		if above == here {
			break
		}
		here = above
	}
	return ""
}

func isBefore(one, other string) bool {
	oneGroup, oneNumber, _ := strings.Cut(one, "-")
	otherGroup, otherNumber, _ := strings.Cut(other, "-")
	if oneGroup != otherGroup {
		return oneGroup < otherGroup
	}
	first, _ := strconv.Atoi(oneNumber)
	second, _ := strconv.Atoi(otherNumber)
	return first < second
}
