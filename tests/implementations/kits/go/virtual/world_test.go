package virtual

import (
	"reflect"
	"strings"
	"testing"

	"stallproof/kit/world"
)

func TestWhatIsDueHappensAtItsOwnTimeAndInOrder(t *testing.T) {
	v := New()
	var woke []int64
	for _, atUS := range []int64{30, 10, 20} {
		atUS := atUS
		v.Go(func() {
			v.Parker().Park(atUS)
			woke = append(woke, v.NowUS())
		})
	}
	v.Advance(20)
	if expected := []int64{10, 20}; !reflect.DeepEqual(expected, woke) || v.NowUS() != 20 {
		t.Fatalf("expected %v by 20, got %v by %d", expected, woke, v.NowUS())
	}
}

func TestAPermitMayComeBeforeTheWait(t *testing.T) {
	v := New()
	parker := v.Parker()
	parker.Unpark()
	had := false
	v.Go(func() { had = parker.Park(world.Never) })
	v.Settle()
	if !had {
		t.Fatal("the permit was lost")
	}
}

func TestAWaitThatIsOverWakesNobodyLater(t *testing.T) {
	v := New()
	parker := v.Parker()
	woke := 0
	v.Go(func() {
		parker.Park(10)
		woke++
		parker.Park(world.Never)
		woke++
	})
	v.Settle()
	parker.Unpark()
	v.Advance(100)
	if woke != 1 {
		t.Fatalf("it woke %d times", woke)
	}
}

func TestWhoeverSpinsIsEndedAndTold(t *testing.T) {
	v := New()
	told := make(chan any, 1)
	v.Go(func() {
		defer func() { told <- recover() }()
		for parker := v.Parker(); ; {
			parker.Park(0)
		}
	})
	v.Settle()
	if why, _ := (<-told).(string); !strings.Contains(why, "again and again") {
		t.Fatalf("it was told %q", why)
	}
}

func TestEveryTaskEndsWithItsWorld(t *testing.T) {
	v := New()
	ended, went := false, false
	v.Go(func() {
		defer func() { ended = true }()
		v.Parker().Park(world.Never)
		went = true
	})
	v.Go(func() { v.Parker().Park(10) })
	v.Settle()
	v.End()
	if !ended || went || len(v.alive) != 0 {
		t.Fatalf("ended %v, went on %v, %d alive", ended, went, len(v.alive))
	}
}
