package harness

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
)

func TestAnErrorIsToldAsGoDocumentsIt(t *testing.T) {
	for _, each := range []struct {
		err      error
		expected string
	}{
		{nil, "ok"},
		{os.ErrDeadlineExceeded, "timeout"},
		{fmt.Errorf("a frame: %w", syscall.ETIMEDOUT), "timeout"},
		{net.ErrClosed, "suppressed"},
		{&net.OpError{Op: "write", Err: os.NewSyscallError("write", syscall.EPIPE)}, "closed"},
		{syscall.ECONNRESET, "closed"},
		{syscall.EIO, "error"},
		{errors.New("anything else"), "error"},
	} {
		if outcome := OutcomeOf(each.err); each.expected != outcome {
			t.Errorf("%v: expected %s, got %s", each.err, each.expected, outcome)
		}
	}
}

func TestEachByteOfAPayloadIsKnown(t *testing.T) {
	expected := []byte{0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 1, 0, 0}
	if payload := Payload(258, 18); !bytes.Equal(expected, payload) {
		t.Errorf("expected %v, got %v", expected, payload)
	}
	if payload := Payload(1, 0); len(payload) != 0 {
		t.Errorf("an empty frame carries %v", payload)
	}
}
