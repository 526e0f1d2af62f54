package guard

// check is what one pass of the monitor does with one connection. It takes no send lock and waits for nobody (SC-11).
func (c *Conn) check() {
	if c.look() {
		c.shutdown()
	}
}

// look tells whether this check began the closing.
func (c *Conn) look() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return false // It closes once (SC-8).
	}
	nowUS := c.world.NowUS()
	stallUS := int64(0)
	if c.holder != nil && nowUS > c.holder.takenUS {
		stallUS = nowUS - c.holder.takenUS
	}
	stalled := stallUS > c.policy.StallTimeoutUS
	c.countStall(stalled)
	c.tellCheck(nowUS, stallUS)
	if !stalled {
		if c.heartbeatDue(nowUS) {
			c.queueHeartbeat(nowUS)
		}
		return false
	}
	c.tellAt("warned", nowUS, map[string]any{
		"count": c.count, "threshold": c.policy.StalledChecks, "stall_us": stallUS,
	})
	return c.policy.CloseStalled && c.count >= c.policy.StalledChecks && c.beginClosing("monitor")
}

// countStall counts stalled checks in a row of one and the same send (SC-3, SC-15).
func (c *Conn) countStall(stalled bool) {
	switch {
	case !stalled:
		c.count, c.countedFor = 0, nil
	case c.countedFor == c.holder:
		c.count++
	default:
		c.count, c.countedFor = 1, c.holder
	}
}

func (c *Conn) tellCheck(nowUS, stallUS int64) {
	fields := map[string]any{"stall_us": stallUS, "count": c.count}
	if c.holder != nil && c.holder.number >= 0 {
		fields["send"] = c.holder.number
	}
	c.tellAt("checked", nowUS, fields)
}

// heartbeatDue is asked with mu held, of a connection that is not stalled (SC-10, SC-11).
func (c *Conn) heartbeatDue(nowUS int64) bool {
	idle := !c.received || nowUS-c.receivedUS > c.policy.HeartbeatUS
	return c.beats && idle && c.holder == nil
}

// queueHeartbeat leaves the sending to a task of its own, which drops it where the lock is taken.
func (c *Conn) queueHeartbeat(nowUS int64) {
	c.tellAt("heartbeat_queued", nowUS, nil)
	if !c.silent {
		c.world.Go(c.beat)
	}
}

func (c *Conn) beat() {
	if !c.lock.tryLock() {
		c.tell("heartbeat_dropped", map[string]any{"why": "the lock is taken"})
		return
	}
	defer c.lock.unlock()
	result := c.sendLocked(Sending{Frame: NewFrame(Heartbeat, 0, 0, nil), Number: -1})
	if result.Outcome == OK {
		c.tell("heartbeat_sent", nil)
	} else {
		c.tell("heartbeat_dropped", map[string]any{"why": string(result.Outcome)})
	}
}
