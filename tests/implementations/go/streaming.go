package main

import (
	"fmt"

	"guarded/guard"
	"stallproof/kit/harness"
)

const streamMark = 1 << 31

func (s *subject) stream(r *harness.Request) (harness.Fields, error) {
	conn, err := s.conn(r)
	number, total, startAfterUS := r.Int("stream"), r.Int("total_bytes"), r.IntOr("start_after_us", 0)
	var pausesUS []int64
	r.Into("chunk_ready_us", &pausesUS)
	if err == nil {
		err = r.Err()
	}
	if err != nil {
		return nil, err
	}
	stream := guard.NewStream(conn, number, total, func(from, bytes int64) guard.Frame {
		if s.virtual != nil {
			return guard.Bare(bytes)
		}
		return guard.NewFrame(guard.Data, int(number), bytes, func(payload []byte) {
			harness.Blocks(payload, uint32(streamMark+number), uint32(from/8))
		})
	})
	s.mu.Lock()
	s.streams[number] = stream
	s.mu.Unlock()
	s.world.Go(func() {
		if startAfterUS > 0 {
			stream.Rest(startAfterUS)
		}
		stream.Run(func(chunk int) bool {
			if chunk < len(pausesUS) {
				return stream.Rest(pausesUS[chunk])
			}
			return stream.Rest(0)
		})
	})
	return nil, nil
}

func (s *subject) find(r *harness.Request) (*guard.Stream, error) {
	number := r.Int("stream")
	if r.Err() != nil {
		return nil, r.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if stream, known := s.streams[number]; known {
		return stream, nil
	}
	return nil, fmt.Errorf("there is no stream %d", number)
}

func (s *subject) acknowledge(r *harness.Request) (harness.Fields, error) {
	conn, err := s.conn(r)
	stream, missing := s.find(r)
	if err == nil {
		err = missing
	}
	ack := guard.Acknowledgement{Offset: r.Raw("offset"), Over: conn}
	r.Into("origin", &ack.Origin)
	r.Into("error", &ack.Error)
	if err == nil {
		err = r.Err()
	}
	if err == nil {
		stream.Acknowledge(ack)
	}
	return nil, err
}

func (s *subject) cancel(r *harness.Request) (harness.Fields, error) {
	stream, err := s.find(r)
	if err == nil {
		stream.Cancel()
	}
	return nil, err
}
