package harness

import "encoding/binary"

// Payload is what the frame of a send carries: blocks of its number and their index, so that each byte is known.
func Payload(send, sizeBytes int64) []byte {
	payload := make([]byte, sizeBytes)
	Blocks(payload, uint32(send), 0)
	return payload
}

// Blocks fills a payload from a block on: a number and the index of the block, each four bytes, again and again.
func Blocks(payload []byte, number, firstBlock uint32) {
	var block [8]byte
	binary.BigEndian.PutUint32(block[:], number)
	for at, index := 0, firstBlock; at < len(payload); at, index = at+8, index+1 {
		binary.BigEndian.PutUint32(block[4:], index)
		copy(payload[at:], block[:])
	}
}
