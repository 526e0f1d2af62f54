package world

import (
	"runtime"
	"sync"
	"testing"
)

func TestALockIsHandedOverInTheOrderOfArrival(t *testing.T) {
	lock := NewLock(&Real{})
	lock.Lock()
	var order []int
	var all sync.WaitGroup
	for number := 0; number < 5; number++ {
		number := number
		all.Add(1)
		go func() {
			defer all.Done()
			lock.Lock()
			order = append(order, number)
			lock.Unlock()
		}()
		waitFor(lock, number+1)
	}
	lock.Unlock()
	all.Wait()
	for expected, number := range order {
		if expected != number {
			t.Fatalf("they came as 0 to 4, and were served as %v", order)
		}
	}
}

// waitFor waits until so many are in the queue.
func waitFor(lock *Lock, count int) {
	for {
		lock.mu.Lock()
		waiting := len(lock.queue)
		lock.mu.Unlock()
		runtime.Gosched()
		if waiting == count {
			return
		}
	}
}
