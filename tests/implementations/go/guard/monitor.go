package guard

import (
	"sync"

	"stallproof/kit/world"
)

// A Monitor looks at all connections from time to time, on an absolute schedule (SC-9, form b).
type Monitor struct {
	world world.World
	say   Say

	mu    sync.Mutex
	conns []*Conn
	stop  func()
}

// NewMonitor makes one that knows no connection and has no schedule yet.
func NewMonitor(w world.World, say Say) *Monitor { return &Monitor{world: w, say: say} }

// Watch adds a connection. Those that are closing fall out at the next pass.
func (m *Monitor) Watch(c *Conn) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.conns = append(m.conns, c)
}

// Pass checks every connection once, in the order of their opening.
func (m *Monitor) Pass() (beganUS, endedUS int64) {
	beganUS = m.world.NowUS()
	for _, c := range m.known() {
		c.check()
	}
	return beganUS, m.world.NowUS()
}

// known is a copy: connections come and go while a pass goes on (SC-12).
func (m *Monitor) known() []*Conn {
	m.mu.Lock()
	defer m.mu.Unlock()
	var open []*Conn
	for _, c := range m.conns {
		if !c.IsClosing() {
			open = append(open, c)
		}
	}
	m.conns = open
	return append([]*Conn(nil), open...)
}

// Schedule makes passes at periodUS, twice that and so on from now. It takes the place of a schedule before it; 0
// ends it.
func (m *Monitor) Schedule(periodUS int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stop != nil {
		m.stop()
		m.stop = nil
	}
	if periodUS <= 0 {
		return
	}
	parker := m.world.Parker()
	m.stop = parker.Unpark
	startUS := m.world.NowUS()
	m.world.Go(func() { m.run(startUS, periodUS, parker) })
}

func (m *Monitor) run(startUS, periodUS int64, stopped world.Parker) {
	for tick := int64(1); ; tick++ {
		if stopped.Park(startUS + tick*periodUS) {
			return
		}
		nowUS := m.world.NowUS()
		sinceUS := nowUS - startUS
		first := tick
		if come := sinceUS / periodUS; come > tick {
			tick = come
		}
		// What comes later than that is skipped, and never made up.
		isLate := sinceUS > tick*periodUS+SlackOf(periodUS)
		last := tick
		if !isLate {
			last--
		}
		if last >= first {
			m.tellSkipped(nowUS, first, last-first+1, sinceUS-last*periodUS)
		}
		if isLate {
			continue
		}
		m.say("pass_begun", nowUS, map[string]any{"tick": tick})
		m.Pass()
		m.say("pass_ended", m.world.NowUS(), map[string]any{"tick": tick})
	}
}

// tellSkipped says which ticks have no check, and how late it is for the last of them.
func (m *Monitor) tellSkipped(nowUS, first, ticks, lateUS int64) {
	m.say("ticks_skipped", nowUS, map[string]any{"tick": first, "ticks": ticks, "late_us": lateUS})
}
