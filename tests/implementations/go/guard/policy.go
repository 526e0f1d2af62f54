package guard

// A Policy is the knobs in force. Times are in microseconds.
type Policy struct {
	SendTimeoutUS     int64
	ProgressTimeoutUS int64
	CheckIntervalUS   int64
	AckWaitUS         int64
	WindowBytes       int64
	ChunkBytes        int64
	StallTimeoutUS    int64
	StalledChecks     int64
	CloseStalled      bool
	HeartbeatUS       int64
}

const (
	// PeriodUS is the time between two passes of the monitor where nobody asks for another one (CF-1).
	PeriodUS = 5_000_000
	// SlackUS is how late a pass may come after its tick (SC-9, form b).
	SlackUS = 50_000
)

// SlackOf is that of a schedule with this period: less than the period itself.
func SlackOf(periodUS int64) int64 { return min(SlackUS, periodUS-1) }
