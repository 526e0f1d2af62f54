// Package harness is the protocol of the oracle: requests come in by lines, replies and events go out by lines.
//
// It knows nothing of what is judged. An Implementation says who it is and which operations it has.
package harness

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"stallproof/kit/virtual"
	"stallproof/kit/world"
)

// lineBytes is the most that one line may have.
const lineBytes = 1 << 20

// An Operation carries one request out. Fields go into the reply.
type Operation struct {
	Do func(*Request) (Fields, error)
	// Beside: it may wait, and so must not hold up the reader.
	Beside bool
}

// An Implementation is what the oracle drives: one case, under the clock that hello asked for.
type Implementation interface {
	// Hello says who it is, and is asked first.
	Hello() Fields
	// Operations are what it has, by name.
	Operations() map[string]Operation
}

// A Factory makes an implementation that lives in a world and says its events through say.
type Factory func(w world.World, say Say) Implementation

// Say tells the oracle that something happened.
type Say func(event string, atUS int64, fields Fields)

// A Loop is one process of a harness.
type Loop struct {
	// Make makes what is judged. In virtual time it is called anew for each case.
	Make Factory
	// Virtual: it can live in virtual time.
	Virtual bool

	lines      putter
	clock      *virtual.World // nil on the real clock
	subject    Implementation
	operations map[string]Operation
}

// A putter takes what is said, line by line.
type putter interface{ Put(value any) }

// Main answers the oracle on standard input and output until it has enough.
//
// What the program prints meanwhile goes to standard error: between two lines of the protocol it would break them.
func (l *Loop) Main() {
	out := os.Stdout
	os.Stdout = os.Stderr
	l.Run(os.Stdin, out)
}

// Run answers requests until stop or the end of the input.
func (l *Loop) Run(in io.Reader, out io.Writer) {
	lines := NewLines(out)
	l.lines = lines
	defer lines.Flush()
	reader := bufio.NewReaderSize(in, lineBytes)
	for {
		if l.clock != nil && reader.Buffered() == 0 {
			runtime.GOMAXPROCS(1) // One task runs at a time, and to hand over to another processor takes longer.
			lines.Flush()         // Whoever asked waits for the answer, and the one processor is free now.
		}
		line, err := readLine(reader)
		if errors.Is(err, io.EOF) {
			return
		}
		if l.takeLine(line, err) == "stop" {
			return
		}
	}
}

// takeLine answers a line, unless reading it failed, and returns the operation that it asked for.
func (l *Loop) takeLine(line []byte, err error) string {
	request := &Request{}
	if err == nil {
		request, err = parse(line)
	}
	if err != nil {
		l.answer(request, nil, err)
		return ""
	}
	l.take(request)
	return request.Op
}

// readLine returns the next line. One that is too long is passed over as a whole.
func readLine(reader *bufio.Reader) ([]byte, error) {
	line, err := reader.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = reader.ReadSlice('\n')
	}
	if err == nil {
		err = fmt.Errorf("a line is at most %d bytes long", lineBytes)
	}
	return nil, err
}

func (l *Loop) take(r *Request) {
	switch {
	case r.Op == "hello":
		l.hello(r)
	case r.Op == "stop":
		l.answer(r, nil, nil)
	case l.subject == nil:
		l.answer(r, nil, Unsupported(r.Op+" comes after hello"))
	case l.clock == nil:
		l.takeReal(r)
	default:
		l.takeVirtual(r)
	}
}

func (l *Loop) hello(r *Request) {
	clock := r.TextOr("clock", "real")
	switch {
	case r.Err() != nil:
		l.answer(r, nil, r.Err())
		return
	case l.subject != nil: // It is asked again, and changes nothing.
	case clock == "real":
		l.begin(&world.Real{})
	case clock == "virtual" && l.Virtual:
		l.beginVirtual()
	default:
		l.answer(r, nil, Unsupported(fmt.Sprintf("the clock %q", clock)))
		return
	}
	l.answer(r, l.subject.Hello(), nil)
}

func (l *Loop) begin(w world.World) {
	l.subject = l.Make(w, l.say)
	l.operations = l.subject.Operations()
}

// beginVirtual begins a case: nothing of the one before it is left.
func (l *Loop) beginVirtual() {
	if l.clock != nil {
		l.clock.End()
	}
	l.clock = virtual.New()
	l.begin(l.clock)
}

func (l *Loop) say(event string, atUS int64, fields Fields) {
	line := Fields{"event": event, "at_us": atUS}
	line.add(fields)
	l.lines.Put(line)
}

func (l *Loop) answer(r *Request, fields Fields, err error) {
	l.lines.Put(reply(r.ID, fields, err))
}

func (l *Loop) takeReal(r *Request) {
	operation, known := l.operations[r.Op]
	if !known {
		l.answer(r, nil, Unsupported(fmt.Sprintf("the operation %q", r.Op)))
		return
	}
	carry := func() {
		fields, err := operation.Do(r)
		l.answer(r, fields, err)
	}
	if operation.Beside {
		go carry()
	} else {
		carry()
	}
}

// takeVirtual does all that a request brings about before it answers.
func (l *Loop) takeVirtual(r *Request) {
	if r.Op == "config" {
		l.beginVirtual()
	}
	operation, known := l.operations[r.Op]
	switch {
	case r.Op == "advance":
		toUS := r.Int("to_us")
		if r.Err() == nil {
			l.clock.Advance(toUS)
		}
		l.answer(r, nil, r.Err())
	case !known:
		l.answer(r, nil, Unsupported(fmt.Sprintf("the operation %q", r.Op)))
	default:
		fields, err := operation.Do(r)
		l.clock.Settle()
		l.answer(r, fields, err)
	}
}
