package guard

import (
	"encoding/binary"
	"errors"
	"io"
)

const readBytes = 64 << 10

// Receive reads frames until the peer's direction ends. Of a frame only its kind is kept.
func (c *Conn) Receive(from io.Reader) {
	var parser parser
	buffer := make([]byte, readBytes)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			c.heard()
			for _, kind := range parser.feed(buffer[:n]) {
				c.Received(kind)
			}
		}
		if err != nil {
			c.ended(err)
			return
		}
	}
}

// heard notes that something came in, whatever it was (SC-10).
func (c *Conn) heard() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.received, c.receivedUS = true, c.world.NowUS()
}

// Received takes in one whole frame.
func (c *Conn) Received(kind Kind) {
	c.heard()
	c.mu.Lock()
	c.frames++
	c.mu.Unlock()
	c.tell("received", map[string]any{"kind": kind.String()})
}

// ended says how the peer's direction ended (SD-16). That does not close the connection: this one may still be open.
func (c *Conn) ended(err error) {
	how := "error"
	switch {
	case errors.Is(err, io.EOF):
		how = "orderly"
	case errors.Is(err, io.ErrUnexpectedEOF):
		how = "truncated"
	}
	if !c.IsClosing() {
		c.tell("peer_ended", map[string]any{"how": how})
	}
}

// A parser finds frames in bytes that come in pieces of any size.
type parser struct {
	prefix []byte
	left   int64 // of the payload
	broken bool
}

func (p *parser) feed(bytes []byte) (kinds []Kind) {
	for len(bytes) > 0 && !p.broken {
		if len(p.prefix) < PrefixBytes {
			n := min(int64(PrefixBytes-len(p.prefix)), int64(len(bytes)))
			p.prefix = append(p.prefix, bytes[:n]...)
			bytes = bytes[n:]
			if len(p.prefix) < PrefixBytes {
				return kinds
			}
			p.left = int64(binary.BigEndian.Uint32(p.prefix)) - PrefixBytes
			p.broken = p.left < 0 // Noise from here on: no frame can be found in it.
		}
		n := min(p.left, int64(len(bytes)))
		if p.broken {
			return kinds
		}
		p.left -= n
		bytes = bytes[n:]
		if p.left == 0 {
			kinds = append(kinds, Kind(p.prefix[6]))
			p.prefix = p.prefix[:0]
		}
	}
	return kinds
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
