// Package virtual is a world of virtual time (spec/virtual.md): its clock, its tasks, and its transport.
package virtual

import (
	"container/heap"
	"fmt"
	"runtime"

	"stallproof/kit/world"
)

// wallOriginUS is what the wall clock shows at the beginning of a case: the same each time.
const wallOriginUS = 1_700_000_000_000_000

// mostParks is how often tasks may park in one instant. Whoever waits for a moment that has come would do so for ever.
const mostParks = 10_000_000

// A World is a clock that only moves when it is told to, and tasks of which one runs at a time.
//
// A task runs until it parks or returns; then the next one that can go on does. So the same requests bring about the
// same things in the same order. All methods but those of world.World and world.Parker belong to the one goroutine that
// made it, which is no task.
type World struct {
	nowUS    int64
	jumpedUS int64
	ready    []*task
	alive    map[*task]struct{}
	due      alarms
	alarms   int64
	current  *task
	parks    int // in this instant
	parkedUS int64
	yielded  chan struct{}
	ended    bool
}

type task struct {
	resume chan struct{}
	ready  bool
}

// New makes a world whose clock stands at 0.
func New() *World {
	return &World{alive: make(map[*task]struct{}), yielded: make(chan struct{})}
}

// NowUS is the virtual time.
func (v *World) NowUS() int64 { return v.nowUS }

// WallUS goes with the virtual time, and jumps when it is told to.
func (v *World) WallUS() int64 { return wallOriginUS + v.nowUS + v.jumpedUS }

// JumpWall moves the wall clock and nothing else.
func (v *World) JumpWall(byUS int64) (beforeUS, afterUS int64) {
	beforeUS = v.WallUS()
	v.jumpedUS += byUS
	return beforeUS, v.WallUS()
}

// Late moves the clock while a task runs: a call that it makes returns so much later.
func (v *World) Late(byUS int64) { v.nowUS += byUS }

// Go makes a task. It begins at the next Settle or Advance, after those that were ready before it.
func (v *World) Go(work func()) {
	t := &task{resume: make(chan struct{})}
	v.alive[t] = struct{}{}
	v.enqueue(t)
	go func() {
		<-t.resume
		defer func() {
			delete(v.alive, t)
			v.yielded <- struct{}{}
		}()
		if !v.ended {
			work()
		}
	}()
}

// Settle runs every task that can go on, until none can.
func (v *World) Settle() {
	for len(v.ready) > 0 {
		t := v.ready[0]
		v.ready = v.ready[1:]
		t.ready = false
		v.run(t)
	}
}

// Advance moves the clock. What is due on the way happens at its own time, in the order of its moments.
func (v *World) Advance(toUS int64) {
	v.Settle()
	for len(v.due) > 0 && v.due[0].atUS <= toUS {
		next := heap.Pop(&v.due).(*alarm)
		if next.parker == nil {
			continue
		}
		if next.atUS > v.nowUS {
			v.nowUS = next.atUS
		}
		v.enqueue(next.parker.waiting)
		v.Settle()
	}
	if toUS > v.nowUS {
		v.nowUS = toUS
	}
}

// End stops every task where it waits. Nothing may be asked of this world afterwards.
func (v *World) End() {
	v.ended = true
	for t := range v.alive {
		v.run(t)
	}
}

func (v *World) run(t *task) {
	v.current = t
	t.resume <- struct{}{}
	<-v.yielded
	v.current = nil
}

func (v *World) enqueue(t *task) {
	if !t.ready {
		t.ready = true
		v.ready = append(v.ready, t)
	}
}

// Parker makes one for a task of this world.
func (v *World) Parker() world.Parker { return &virtualParker{world: v} }

type virtualParker struct {
	world   *World
	waiting *task
	permit  bool
}

func (p *virtualParker) Unpark() {
	p.permit = true
	if p.waiting != nil {
		p.world.enqueue(p.waiting)
	}
}

func (p *virtualParker) Park(untilUS int64) bool {
	v := p.world
	v.count()
	if !p.permit && untilUS > v.nowUS {
		p.wait(untilUS)
	}
	had := p.permit
	p.permit = false
	return had
}

// count ends a program that would never end by itself.
func (v *World) count() {
	if v.parkedUS != v.nowUS {
		v.parkedUS, v.parks = v.nowUS, 0
	}
	if v.parks++; v.parks > mostParks {
		panic(fmt.Sprintf("at %d us of virtual time a task waits again and again for a moment that has come", v.nowUS))
	}
}

func (p *virtualParker) wait(untilUS int64) {
	v := p.world
	me := v.current
	p.waiting = me
	var mine *alarm
	if untilUS != world.Never {
		v.alarms++
		mine = &alarm{atUS: untilUS, order: v.alarms, parker: p}
		heap.Push(&v.due, mine)
	}
	v.yielded <- struct{}{}
	<-me.resume
	if v.ended {
		runtime.Goexit()
	}
	p.waiting = nil
	if mine != nil {
		mine.parker = nil
	}
}

// An alarm wakes the task in a parker. Without a parker it was called off.
type alarm struct {
	atUS   int64
	order  int64
	parker *virtualParker
}

type alarms []*alarm

func (a alarms) Len() int { return len(a) }
func (a alarms) Less(i, j int) bool {
	return a[i].atUS < a[j].atUS || a[i].atUS == a[j].atUS && a[i].order < a[j].order
}
func (a alarms) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *alarms) Push(x any)   { *a = append(*a, x.(*alarm)) }
func (a *alarms) Pop() any {
	old := *a
	last := old[len(old)-1]
	*a = old[:len(old)-1]
	return last
}
