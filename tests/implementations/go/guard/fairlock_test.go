package guard

import (
	"reflect"
	"testing"

	"stallproof/kit/virtual"
)

func TestTheLockIsServedInOrderOfArrival(t *testing.T) {
	clock := virtual.New()
	var lock fairLock
	var served []int
	lock.lock(clock, nil)
	for i := 0; i < 3; i++ {
		i := i
		clock.Go(func() {
			lock.lock(clock, nil)
			served = append(served, i)
			lock.unlock()
		})
	}
	clock.Settle()
	lock.unlock()
	if lock.tryLock() {
		t.Fatal("somebody came in between")
	}
	clock.Settle()
	if expected := []int{0, 1, 2}; !reflect.DeepEqual(expected, served) || !lock.tryLock() {
		t.Fatalf("served %v", served)
	}
}

func TestFramesAreFoundHoweverTheBytesAreCut(t *testing.T) {
	whole := append(NewFrame(Data, 0, 5, nil).bytes, NewFrame(Heartbeat, 0, 0, nil).bytes...)
	for size := 1; size <= len(whole); size++ {
		var p parser
		var kinds []Kind
		for from := 0; from < len(whole); from += size {
			kinds = append(kinds, p.feed(whole[from:minInt(from+size, len(whole))])...)
		}
		if expected := []Kind{Data, Heartbeat}; !reflect.DeepEqual(expected, kinds) {
			t.Fatalf("in pieces of %d: %v", size, kinds)
		}
	}
}

func minInt(a, b int) int { return int(min(int64(a), int64(b))) }

func TestWhoIsGivenUpLeavesTheQueueAndTheTurnPassesOn(t *testing.T) {
	clock := virtual.New()
	var lock fairLock
	var served, left []int
	lock.lock(clock, nil)
	giveUps := make([]*GiveUp, 4)
	for i := range giveUps {
		i := i
		giveUps[i] = &GiveUp{}
		clock.Go(func() {
			if !lock.lock(clock, giveUps[i]) {
				left = append(left, i)
				return
			}
			served = append(served, i)
			lock.unlock()
		})
	}
	clock.Settle()
	for _, i := range []int{2, 1, 1} {
		giveUps[i].Give()
		clock.Settle()
	}
	lock.unlock()
	clock.Settle()
	if !reflect.DeepEqual([]int{0, 3}, served) || !reflect.DeepEqual([]int{2, 1}, left) || !lock.tryLock() {
		t.Fatalf("served %v, left %v", served, left)
	}
}
