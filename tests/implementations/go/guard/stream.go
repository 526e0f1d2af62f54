package guard

import (
	"sync"

	"stallproof/kit/world"
)

// An End is the one terminal outcome of a stream (AP-13).
type End string

// The ends of a stream.
const (
	Done       End = "done"
	NoProgress End = "no_progress"
	AckWait    End = "ack_wait"
	AckError   End = "ack_error"
	SendFailed End = "send_failed"
	Cancelled  End = "cancelled"
)

// A Stream sends chunks, and waits for its receiver where more than the window is outstanding.
type Stream struct {
	Number     int64
	TotalBytes int64

	conn   *Conn
	world  world.World
	policy *Policy
	parker world.Parker // of the sending task
	frame  func(fromByte, bytes int64) Frame

	mu         sync.Mutex // of what follows; nobody waits with it
	sent       int64
	acked      int64
	progressUS int64 // the last progress; at first, when the stream was made
	end        End   // empty while it lives
}

// NewStream makes a stream; frame makes the frame of a chunk.
func NewStream(c *Conn, number, totalBytes int64, frame func(fromByte, bytes int64) Frame) *Stream {
	s := &Stream{
		Number: number, TotalBytes: totalBytes, frame: frame,
		conn: c, world: c.world, policy: c.policy, parker: c.world.Parker(), progressUS: c.world.NowUS(),
	}
	s.tell("stream_made", nil)
	c.carry(s)
	return s
}

func (s *Stream) tell(event string, fields map[string]any) {
	if fields == nil {
		fields = map[string]any{}
	}
	fields["stream"] = s.Number
	s.conn.tell(event, fields)
}

// A Source waits until a chunk is ready, by Rest, and tells whether it is: the stream may end in the meantime.
type Source func(chunk int) bool

// Run sends the stream, on the task that calls it, and returns when it has ended and whoever has to be told was told.
func (s *Stream) Run(ready Source) {
	defer s.conn.drop(s)
	left := s.TotalBytes
	for chunk := 0; left > 0; chunk++ {
		if !ready(chunk) {
			break
		}
		bytes := min(s.policy.ChunkBytes, left)
		left -= bytes
		s.tell("chunk_ready", map[string]any{"chunk_bytes": bytes})
		if !s.await() || !s.send(bytes) {
			break
		}
	}
	if left == 0 {
		s.finish(Done)
	}
	s.notify()
}

// Rest waits for a span and tells whether the stream is still alive.
func (s *Stream) Rest(spanUS int64) bool {
	untilUS := s.world.NowUS() + spanUS
	for s.isAlive() {
		if s.world.NowUS() >= untilUS {
			return true
		}
		s.parker.Park(untilUS)
	}
	return false
}

func (s *Stream) isAlive() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end == ""
}

// send sends the chunk that is next.
func (s *Stream) send(bytes int64) bool {
	s.mu.Lock()
	if s.end != "" {
		s.mu.Unlock()
		return false
	}
	from := s.sent
	s.sent += bytes
	s.tell("chunk_begun", map[string]any{"offset": s.sent})
	s.mu.Unlock()
	if s.conn.Send(Sending{Frame: s.frame(from, bytes), Number: -1}).Outcome == OK {
		return true
	}
	s.finish(SendFailed)
	return false
}

// finish ends the stream, unless it has ended.
func (s *Stream) finish(end End) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finishLocked(end)
}

func (s *Stream) finishLocked(end End) {
	if s.end != "" {
		return
	}
	s.end = end
	s.tell("stream_ended", map[string]any{"outcome": string(end), "offset": s.sent, "acknowledged": s.acked})
	s.parker.Unpark()
}

// Cancel stops the stream from this side (AP-12).
func (s *Stream) Cancel() { s.finish(Cancelled) }

// notify tells the receiver of a stop that it does not know of (AP-9).
func (s *Stream) notify() {
	s.mu.Lock()
	end := s.end
	s.mu.Unlock()
	if end != NoProgress && end != AckWait && end != Cancelled {
		return
	}
	notice := NewFrame(Notice, int(s.Number), 0, nil)
	if s.conn.Send(Sending{Frame: notice, Number: -1}).Outcome == OK {
		s.tell("notice_sent", nil)
	}
}
