package guard

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
