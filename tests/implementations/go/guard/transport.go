package guard

// A Write hands bytes to a transport and never waits: ErrWouldBlock says that there is no room.
type Write func([]byte) (int, error)

// A Transport is what frames leave by.
type Transport interface {
	// Attempt calls step until it says that it is done. Between two calls it waits until there may be room, at most
	// until untilUS. A shutdown ends the wait.
	Attempt(untilUS int64, step func(Write) (done bool))
	// Wake ends the wait that is going on, if any, so that step is called. It never waits.
	Wake()
	// Shutdown ends both directions and wakes whoever waits. It never waits, and is called once.
	Shutdown()
}

// A Layer lies between the frames and their transport.
type Layer interface {
	// Carry hands a frame over, by pass.
	Carry(frame []byte, pass func([]byte) error) error
	// Farewell tells the peer that no more will come. It never waits, and no send is in flight.
	Farewell()
	// Counts tells whether what pass took are bytes of the frame.
	Counts() bool
}

// plain is no layer at all.
type plain struct{}

func (plain) Carry(frame []byte, pass func([]byte) error) error { return pass(frame) }
func (plain) Farewell()                                         {}
func (plain) Counts() bool                                      { return true }
