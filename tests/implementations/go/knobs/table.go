// Package knobs reads a configuration strictly: each refusal says which knob, which value, and what is allowed (CF).
package knobs

import (
	"fmt"
	"math"
	"strings"
)

type kind int

const (
	seconds kind = iota
	wholeSeconds
	bytes
	count
	toggle
)

// A knob is a row of the table of CF.
type knob struct {
	name     string
	kind     kind
	standard any // float64 or bool
	least    float64
	most     float64
	clamp    float64 // what is below becomes this; NaN: nothing is clamped
}

const (
	mostSeconds = 1_000_000
	mostBytes   = 1<<53 - 1
	leastTime   = 0.000001
)

var unclamped = math.NaN()

var table = []knob{
	{"streaming_send_timeout", seconds, 30.0, leastTime, mostSeconds, unclamped},
	{"streaming_ack_progress_timeout", seconds, 60.0, leastTime, mostSeconds, unclamped},
	{"streaming_ack_progress_check_interval", seconds, 5.0, math.Inf(-1), mostSeconds, 0.01},
	{"sfm_send_stall_timeout", seconds, 45.0, leastTime, mostSeconds, unclamped},
	{"sfm_close_stalled_connection", toggle, false, 0, 0, unclamped},
	{"sfm_send_stall_consecutive_checks", count, 3.0, math.Inf(-1), 1_000_000, 1},
	{"streaming_ack_wait", wholeSeconds, 300.0, 1, mostSeconds, unclamped},
	{"streaming_window_size", bytes, 16.0 * (1 << 20), 1, mostBytes, unclamped},
	{"streaming_chunk_size", bytes, 1.0 * (1 << 20), 1, mostBytes, unclamped},
	{"streaming_ack_interval", bytes, 4.0 * (1 << 20), 1, mostBytes, unclamped},
	{"heartbeat_interval", wholeSeconds, 60.0, 1, mostSeconds, unclamped},
}

var ownKeys = setOf("internal adhoc backbone grpc shared-file client_api_attach max_message_size " +
	"allow_adhoc_conns adhoc_conn_scheme internal_conn_scheme backbone_conn_gen comm_driver_path use_aio_grpc " +
	"tcp_no_delay subnet_heartbeat_interval subnet_trouble_threshold streaming_max_out_seq_chunks " +
	"streaming_max_blob_size streaming_read_timeout streaming_reliable streaming_retry_wait " +
	"streaming_retry_timeout streaming_retry_max_pending_bytes max_concurrent_streaming_sessions " +
	"simulate_unstable_network format_version")

func setOf(words string) map[string]bool {
	set := make(map[string]bool)
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
}

func (k knob) isClamped() bool { return !math.IsNaN(k.clamp) }

func (k knob) isInteger() bool { return k.kind != seconds }

// variable is the name of the knob in an environment.
func (k knob) variable() string { return prefix + strings.ToUpper(k.name) }

func (k knob) allowed() string {
	if k.kind == toggle {
		return "a boolean: true, t, yes, y or 1, or false, f, no, n or 0"
	}
	number := map[kind]string{
		seconds: "a number of seconds", wholeSeconds: "a whole number of seconds",
		bytes: "a whole number of bytes", count: "an integer",
	}[k.kind]
	if k.isClamped() {
		return fmt.Sprintf("%s, finite and at most %.0f", number, k.most)
	}
	return fmt.Sprintf("%s from %v to %.0f", number, k.least, k.most)
}
