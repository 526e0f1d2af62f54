package harness

import (
	"bufio"
	"io"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A talk is a harness on the real clock that is asked line by line.
type talk struct {
	in    io.WriteCloser
	lines *bufio.Scanner
}

func talkingTo(t *testing.T, judged Plain) talk {
	t.Helper()
	in, asks := io.Pipe()
	answers, out := io.Pipe()
	loop := judged.Loop()
	go func() {
		loop.Run(in, out)
		out.Close()
	}()
	t.Cleanup(func() { asks.Close() })
	return talk{in: asks, lines: bufio.NewScanner(answers)}
}

// ask returns every line from now on, up to one that has a text in it.
func (a talk) ask(t *testing.T, request, until string) (said []Fields) {
	t.Helper()
	if _, err := io.WriteString(a.in, request+"\n"); err != nil {
		t.Fatal(err)
	}
	for a.lines.Scan() {
		var one Fields
		if err := Decode(a.lines.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		said = append(said, one)
		if strings.Contains(a.lines.Text(), until) {
			return said
		}
	}
	t.Fatalf("%s was not said after %s", until, request)
	return nil
}

// An ending connection ends itself with each send that it is asked for, and says so.
type ending struct{ closing func(string) func() }

func (e *ending) OnClosing(closing func(string) func()) { e.closing = closing }
func (e *ending) Close() error                          { e.closing("local")(); return nil }
func (e *ending) Send([]byte) error                     { e.closing("send_timeout")(); return syscall.ETIMEDOUT }

func TestWhoClosesItselfSaysSoEachTime(t *testing.T) {
	judged := Plain{Name: "ending", Version: "1", Features: []string{"unix"},
		Dial: func(*Request, int64) (Connection, int, error) { return &ending{}, -1, nil }}
	asked := talkingTo(t, judged)
	asked.ask(t, `{"id":1,"op":"hello","protocol":1}`, `"id":1`)
	asked.ask(t, `{"id":2,"op":"open","conn":"a","transport":"unix","path":"p"}`, `"id":2`)
	said := asked.ask(t, `{"id":3,"op":"send","conn":"a","send":1,"size_bytes":8}`, "send_ended")
	said = append(said, asked.ask(t, `{"id":4,"op":"close","conn":"a"}`, `"id":4`)...)
	var closings [][]string
	for _, each := range named(said, "event", "cause") {
		if each[0] == "closing" || each[0] == "closed" {
			closings = append(closings, each)
		}
	}
	expected := [][]string{{"closing", "send_timeout"}, {"closed", "null"}, {"closing", "local"}, {"closed", "null"}}
	if !reflect.DeepEqual(expected, closings) {
		t.Errorf("expected %v, got %v", expected, closings)
	}
}

func TestWhoDoesNotDeclareThatItAcceptsIsAskedToInVain(t *testing.T) {
	judged := Plain{Name: "connecting", Version: "1", Features: []string{"unix"},
		Dial: func(*Request, int64) (Connection, int, error) { return &ending{}, -1, nil }}
	asked := talkingTo(t, judged)
	asked.ask(t, `{"id":1,"op":"hello","protocol":1}`, `"id":1`)
	said := asked.ask(t, `{"id":2,"op":"open","conn":"a","transport":"unix","path":"p","role":"accept"}`, `"id":2`)
	if reply := said[len(said)-1]; reply["error"] != "unsupported" {
		t.Errorf("expected unsupported, got %v", reply)
	}
}

// opening is a request to open, in one line of the oracle.
func opening(t *testing.T, fields string) *Request {
	t.Helper()
	request, err := parse([]byte(`{"id":1,"op":"open","conn":"a","role":"accept",` + fields + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return request
}

// bothWays are the two functions that connect, each as a net.Conn.
var bothWays = map[string]func(r *Request) (net.Conn, int, error){
	"DialNet": DialNet,
	"Dial": func(r *Request) (net.Conn, int, error) {
		descriptor, err := Dial(r)
		if err != nil {
			return nil, -1, err
		}
		file := os.NewFile(uintptr(descriptor), "accepted")
		defer file.Close()
		conn, err := net.FileConn(file)
		return conn, descriptor, err
	},
}

// freePort is one that nobody listens at.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
}

func TestTheSideThatAcceptsHasWhatThePeerSent(t *testing.T) {
	for name, connect := range bothWays {
		path, port := filepath.Join(t.TempDir(), "s"), freePort(t)
		for _, each := range [][3]string{
			{"unix", path, `"transport":"unix","path":"` + path + `","lowest_descriptor":40`},
			{"tcp", "127.0.0.1:" + port, `"transport":"tcp","host":"127.0.0.1","port":` + port + `,"lowest_descriptor":40`},
		} {
			go greet(each[0], each[1])
			conn, descriptor, err := connect(opening(t, each[2]))
			if err != nil {
				t.Fatalf("%s over %s: %v", name, each[0], err)
			}
			defer conn.Close()
			if text, err := io.ReadAll(conn); string(text) != "hello" || descriptor < 40 {
				t.Errorf("%s over %s: %q (%v), descriptor %d", name, each[0], text, err, descriptor)
			}
		}
	}
}

func TestADescriptorIsHighWhileOthersComeAndGo(t *testing.T) {
	ended := make(chan struct{})
	defer close(ended)
	for range [8]int{} {
		go comeAndGo(ended)
	}
	for name, connect := range bothWays {
		for i := 0; i < 20; i++ {
			path := filepath.Join(t.TempDir(), "s")
			go greet("unix", path)
			conn, descriptor, err := connect(opening(t, `"transport":"unix","path":"`+path+`","lowest_descriptor":60`))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			conn.Close()
			if descriptor < 60 {
				t.Fatalf("%s: descriptor %d", name, descriptor)
			}
		}
	}
}

// comeAndGo opens and closes files, until it is ended.
func comeAndGo(ended chan struct{}) {
	for {
		select {
		case <-ended:
			return
		default:
		}
		if file, err := os.Open(os.DevNull); err == nil {
			file.Close()
		}
	}
}

// greet connects as soon as somebody listens there.
func greet(network, address string) {
	for {
		if conn, err := net.Dial(network, address); err == nil {
			io.WriteString(conn, "hello")
			conn.Close()
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func TestNobodyAcceptsOverTLSOrInAnotherRole(t *testing.T) {
	for name, connect := range bothWays {
		for _, fields := range []string{
			`"transport":"tls","host":"127.0.0.1","port":1`, `"transport":"unix","path":"p","role":"watch"`,
		} {
			_, _, err := connect(opening(t, fields))
			if answer, isOne := err.(*Answer); !isOne || answer.Kind != "unsupported" {
				t.Errorf("%s, %s: %v", name, fields, err)
			}
		}
	}
}
