// Package retry decides whether a download asks once more (RT). It needs no socket and no clock.
package retry

import "fmt"

// A Decision is what to do next, and how long to wait before a retry.
type Decision struct {
	Action string `json:"action"`
	WaitUS int64  `json:"wait_us"`
}

const (
	firstWaitUS = 2_000_000
	mostWaitUS  = 60_000_000
)

// Decide looks at the history of a download from its beginning. An error says that there is no such history.
func Decide(maxRetries int64, outcomes []string) (Decision, error) {
	decision := Decision{Action: "go_on"}
	row := int64(0) // of time-outs
	for i, outcome := range outcomes {
		if decision.Action == "fail" {
			return Decision{}, fmt.Errorf("outcome %d comes after a failure", i)
		}
		switch outcome {
		case "ok":
			row, decision = 0, Decision{Action: "go_on"}
		case "error":
			decision = Decision{Action: "fail"}
		case "timeout":
			row++
			decision = afterTimeout(row, maxRetries)
		default:
			return Decision{}, fmt.Errorf("%q is no outcome", outcome)
		}
		if maxRetries < 0 {
			decision = Decision{}
		}
	}
	if maxRetries < 0 {
		return Decision{Action: "refuse"}, nil
	}
	return decision, nil
}

func afterTimeout(row, maxRetries int64) Decision {
	if row > maxRetries {
		return Decision{Action: "fail"}
	}
	waitUS := int64(mostWaitUS)
	if row <= 5 {
		waitUS = firstWaitUS << (row - 1)
	}
	return Decision{Action: "retry", WaitUS: waitUS}
}
