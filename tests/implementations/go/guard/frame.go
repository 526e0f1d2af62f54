package guard

import (
	"encoding/binary"
	"math"
)

const (
	// PrefixBytes is the length of what every frame begins with.
	PrefixBytes = 16
	// MostPayload is as much as the length in a prefix can tell.
	MostPayload = math.MaxUint32 - PrefixBytes
)

// A Kind is the type of a frame, as it stands in its prefix.
type Kind byte

// The kinds of frames.
const (
	Data      Kind = 1
	Heartbeat Kind = 3
	Ack       Kind = 5
	Notice    Kind = 9
)

var kindNames = map[Kind]string{Data: "data", Heartbeat: "heartbeat", Ack: "ack"}

func (k Kind) String() string {
	if name, ok := kindNames[k]; ok {
		return name
	}
	return "other"
}

// Layout is where to find what in a frame, as hello tells it.
var Layout = map[string]any{
	"prefix_bytes": PrefixBytes,
	"length":       map[string]any{"at": 0, "bytes": 4, "counts_prefix": true},
	"extra":        map[string]any{"at": 4, "bytes": 2},
	"kind":         map[string]any{"at": 6, "bytes": 1, "data": []int{1}, "heartbeat": []int{3}, "ack": []int{5}},
	"sequence":     map[string]any{"at": 14, "bytes": 2},
	"handshake":    nil,
}

// A Frame is the bytes of one frame, whose sequence number is put in when it is about to leave.
type Frame struct {
	bytes  []byte
	framed bool
}

// NewFrame makes a frame around a payload that fill writes in place.
func NewFrame(kind Kind, stream int, size int64, fill func([]byte)) Frame {
	bytes := make([]byte, PrefixBytes+size)
	binary.BigEndian.PutUint32(bytes[0:], uint32(len(bytes)))
	bytes[6] = byte(kind)
	binary.BigEndian.PutUint16(bytes[12:], uint16(stream))
	if fill != nil {
		fill(bytes[PrefixBytes:])
	}
	return Frame{bytes: bytes, framed: true}
}

// Bare is a frame without a prefix, as the virtual transport has them.
func Bare(size int64) Frame { return Frame{bytes: make([]byte, size)} }

func (f Frame) number(sequence uint16) {
	if f.framed {
		binary.BigEndian.PutUint16(f.bytes[14:], sequence)
	}
}
