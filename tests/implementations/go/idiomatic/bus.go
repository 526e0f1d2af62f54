package main

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

const prefixBytes = 4

// A Bus is one connection for many senders: a net.Conn, a sync.Mutex, and a write deadline for each frame.
type Bus struct {
	conn    net.Conn
	timeout time.Duration
	mu      sync.Mutex
}

// Send writes one frame: its length in four bytes, big-endian, and then it.
func (b *Bus) Send(payload []byte) error {
	frame := make([]byte, prefixBytes+len(payload))
	binary.BigEndian.PutUint32(frame, uint32(len(payload)))
	copy(frame[prefixBytes:], payload)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.conn.SetWriteDeadline(time.Now().Add(b.timeout)); err != nil {
		return err
	}
	_, err := b.conn.Write(frame)
	return err
}

// Receive reads frames until the peer ends, and calls each for every one that came whole.
func (b *Bus) Receive(each func()) error {
	var prefix [prefixBytes]byte
	for {
		if _, err := io.ReadFull(b.conn, prefix[:]); err != nil {
			return err
		}
		length := int64(binary.BigEndian.Uint32(prefix[:]))
		if _, err := io.CopyN(io.Discard, b.conn, length); errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		} else if err != nil {
			return err
		}
		each()
	}
}

// Close closes the connection.
func (b *Bus) Close() error { return b.conn.Close() }
