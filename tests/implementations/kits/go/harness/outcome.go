package harness

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// OutcomeOf tells an error of a send as Go's libraries document it.
//
// net.ErrClosed says that this side closed the connection, and nothing else: it is how Go tells a closing from a
// failure, and so it is no error to the oracle. A transport of its own words is told by Plain.Outcome.
func OutcomeOf(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, net.ErrClosed):
		return "suppressed"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT):
		return "timeout"
	}
	for _, closed := range []error{
		io.ErrClosedPipe, syscall.EPIPE, syscall.ECONNRESET, syscall.ENOTCONN, syscall.ECONNABORTED, syscall.EBADF,
		syscall.ESHUTDOWN,
	} {
		if errors.Is(err, closed) {
			return "closed"
		}
	}
	return "error"
}
