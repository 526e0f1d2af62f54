// Package world is what a guard may know of the outside: a clock, tasks that run beside each other, and a way to wait.
//
// Whoever asks a World for these, and for nothing else, runs in real time and in virtual time without knowing which.
package world

import "math"

// Never is a moment that does not come.
const Never int64 = math.MaxInt64

// A World has one monotonic clock, in microseconds, and tasks that live by it.
type World interface {
	// NowUS reads the monotonic clock. Every decision rests on it.
	NowUS() int64
	// WallUS reads the wall clock, for people only. No decision rests on it.
	WallUS() int64
	// JumpWall moves the wall clock and returns its readings before and after.
	JumpWall(byUS int64) (beforeUS, afterUS int64)
	// Go runs a task beside all others.
	Go(task func())
	// Parker makes a place for one task to wait in.
	Parker() Parker
}

// A Parker lets one task wait for another one, or for a moment. It holds at most one permit.
type Parker interface {
	// Park takes a permit, and waits for one until untilUS. It says whether there was one.
	Park(untilUS int64) bool
	// Unpark leaves a permit. It never waits, and may come before Park.
	Unpark()
}
