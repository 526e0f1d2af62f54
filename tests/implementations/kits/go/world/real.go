package world

import (
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// clockMonotonic is CLOCK_MONOTONIC of Linux: every process of the machine reads the same.
const clockMonotonic = 1

// Real is the machine's own clock and the goroutines of this process.
type Real struct {
	jumpedUS atomic.Int64
}

// NowUS reads CLOCK_MONOTONIC. The time package uses the same clock, but does not tell where it began.
func (*Real) NowUS() int64 {
	var now syscall.Timespec
	_, _, errno := syscall.RawSyscall(
		syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&now)), 0)
	if errno != 0 {
		panic(errno)
	}
	return int64(now.Sec)*1_000_000 + int64(now.Nsec)/1000
}

// WallUS reads the wall clock of the machine, and adds what it was made to jump by.
func (r *Real) WallUS() int64 { return time.Now().UnixMicro() + r.jumpedUS.Load() }

// JumpWall moves the wall clock of this process only.
func (r *Real) JumpWall(byUS int64) (beforeUS, afterUS int64) {
	beforeUS = r.WallUS()
	r.jumpedUS.Add(byUS)
	return beforeUS, r.WallUS()
}

// Go starts a goroutine.
func (*Real) Go(task func()) { go task() }

// Parker makes one of a channel and a timer.
func (r *Real) Parker() Parker { return &realParker{clock: r, permit: make(chan struct{}, 1)} }

type realParker struct {
	clock  *Real
	permit chan struct{}
}

func (p *realParker) Unpark() {
	select {
	case p.permit <- struct{}{}:
	default:
	}
}

func (p *realParker) Park(untilUS int64) bool {
	if untilUS == Never {
		<-p.permit
		return true
	}
	for {
		leftUS := untilUS - p.clock.NowUS()
		if leftUS <= 0 {
			select {
			case <-p.permit:
				return true
			default:
				return false
			}
		}
		if p.await(time.Duration(leftUS) * time.Microsecond) {
			return true
		}
	}
}

func (p *realParker) await(atMost time.Duration) bool {
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	select {
	case <-p.permit:
		return true
	case <-timer.C:
		return false
	}
}
