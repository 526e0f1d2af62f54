package main

import (
	"errors"

	"guarded/guard"
	"guarded/knobs"
	"stallproof/kit/harness"
)

// configure puts knobs in force: from the file and the environment, or as the oracle names them.
func (s *subject) configure(r *harness.Request) (harness.Fields, error) {
	file := r.TextOr("file", "")
	if r.Has("knobs") {
		file = string(r.Raw("knobs"))
	}
	environment := make(map[string]string)
	r.Into("environment", &environment)
	around := knobs.Around{
		GraceUS: r.IntOr("grace_us", 50_000), MarginUS: r.IntOr("margin_us", 0),
		Schedule: knobs.Schedule{PeriodUS: guard.PeriodUS, SlackUS: guard.SlackUS},
	}
	r.Into("outer_timeouts_us", &around.OuterUS)
	if r.Err() != nil {
		return nil, r.Err()
	}
	values, notes, err := knobs.Read(file, environment)
	if err != nil {
		return nil, refusal(err)
	}
	s.values, s.policy = values, policyOf(values)
	if notes == nil {
		notes = []string{}
	}
	return harness.Fields{
		"effective": values.Effective(), "notes": notes, "monitor_period_us": guard.PeriodUS,
		"relations": values.Relations(around),
	}, nil
}

func refusal(err error) error {
	var refused *knobs.Refusal
	if !errors.As(err, &refused) {
		return err
	}
	fields := harness.Fields{}
	if refused.Knob != "" {
		fields["knob"], fields["value"], fields["allowed"] = refused.Knob, refused.Value, refused.Allowed
	}
	return harness.Refused(refused.Message, fields)
}

func policyOf(v knobs.Values) *guard.Policy {
	return &guard.Policy{
		SendTimeoutUS:     v.Micros("streaming_send_timeout"),
		ProgressTimeoutUS: v.Micros("streaming_ack_progress_timeout"),
		CheckIntervalUS:   v.Micros("streaming_ack_progress_check_interval"),
		AckWaitUS:         v.Micros("streaming_ack_wait"),
		WindowBytes:       int64(v.Number("streaming_window_size")),
		ChunkBytes:        int64(v.Number("streaming_chunk_size")),
		StallTimeoutUS:    v.Micros("sfm_send_stall_timeout"),
		StalledChecks:     int64(v.Number("sfm_send_stall_consecutive_checks")),
		CloseStalled:      v["sfm_close_stalled_connection"].(bool),
		HeartbeatUS:       v.Micros("heartbeat_interval"),
	}
}
