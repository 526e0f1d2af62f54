// Idiomatic is a harness around what a Go developer would write: net.Conn, sync.Mutex, SetWriteDeadline, crypto/tls.
//
// The deadline holds for the whole frame, so the lock is free again in time. What is missing is what happens then: part
// of a frame has left, and nobody closes.
package main

import (
	"runtime"
	"time"

	"stallproof/kit/harness"
)

func main() {
	harness.Plain{
		Name: "net.Conn + SetWriteDeadline", Version: runtime.Version()[len("go"):],
		Features: []string{"unix", "tcp", "tls", "descriptor", "accepting"},
		Frames: harness.Fields{
			"prefix_bytes": prefixBytes,
			"length":       harness.Fields{"at": 0, "bytes": 4, "counts_prefix": false},
		},
		Dial: func(r *harness.Request, timeoutUS int64) (harness.Connection, int, error) {
			conn, descriptor, err := harness.DialNet(r)
			return &Bus{conn: conn, timeout: time.Duration(timeoutUS) * time.Microsecond}, descriptor, err
		},
	}.Main()
}
