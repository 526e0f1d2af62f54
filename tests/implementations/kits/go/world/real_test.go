package world

import "testing"

func TestARealWaitIsNeverShort(t *testing.T) {
	clock := &Real{}
	untilUS := clock.NowUS() + 2_000
	if clock.Parker().Park(untilUS) || clock.NowUS() < untilUS {
		t.Fatal("it woke before its time")
	}
}
