package guard

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// An Outcome is how a send ended (SD-7, SD-10, SD-18).
type Outcome string

// The outcomes of a send.
const (
	OK         Outcome = "ok"
	Timeout    Outcome = "timeout"
	Closed     Outcome = "closed"
	Failed     Outcome = "error"
	Suppressed Outcome = "suppressed"
	GivenUp    Outcome = "given_up"
)

var (
	errExpired = errors.New("the send ran into its deadline")
	errClosing = errors.New("the connection is closing")
	errGivenUp = errors.New("the caller gave the send up")
	errNothing = errors.New("a write took nothing")
)

var closedLike = []error{
	errNothing, fs.ErrClosed, syscall.EPIPE, syscall.ECONNRESET, syscall.ENOTCONN, syscall.ECONNABORTED,
	syscall.EBADF, syscall.ESHUTDOWN,
}

// outcomeOf is the error table of SD-7, for a cause that was learnt before closing began.
func outcomeOf(cause error) Outcome {
	switch {
	case cause == nil:
		return OK
	case errors.Is(cause, errClosing):
		return Suppressed
	case errors.Is(cause, errGivenUp):
		return GivenUp
	case errors.Is(cause, errExpired), errors.Is(cause, os.ErrDeadlineExceeded), errors.Is(cause, syscall.ETIMEDOUT):
		return Timeout
	}
	for _, known := range closedLike {
		if errors.Is(cause, known) {
			return Closed
		}
	}
	return Failed
}

// A Result is what the caller of a send is told.
type Result struct {
	Outcome Outcome
	Written int64
	// Sequence is the number that the frame used, or -1: nothing of it was written.
	Sequence int
	Cause    error
}

// Raised tells whether the caller gets an error. What failed while closing is quiet (SD-15).
func (r Result) Raised() bool { return r.Outcome != OK && r.Outcome != Suppressed }
