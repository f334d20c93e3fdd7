package mongotest

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
)

// proxy passes messages of the MongoDB protocol to the server, one command at
// a time over all connections: FerretDB's commands are right but not atomic.
type proxy struct {
	socket  string
	streams *streams // nil without change streams
	mu      sync.Mutex
	finds   map[string]int // by collection
}

func (p *proxy) serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return // the test has ended
		}
		go func() {
			defer func() { _ = c.Close() }()
			_ = p.pass(c) // whatever it was, the client sees its connection end
		}()
	}
}

// pass serves one client until either side hangs up.
func (p *proxy) pass(client net.Conn) error {
	server, err := net.Dial("unix", p.socket)
	if err != nil {
		return err
	}
	defer func() { _ = server.Close() }()
	for {
		msg, err := readMessage(client)
		if err != nil {
			return err
		}
		if p.streams != nil {
			if done, err := p.streams.try(client, msg); err != nil {
				return err
			} else if done {
				continue
			}
		}
		reply, err := p.call(server, msg)
		if err != nil {
			return err
		}
		if _, err := client.Write(reply); err != nil {
			return err
		}
	}
}

func (p *proxy) call(server net.Conn, msg []byte) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := server.Write(msg); err != nil {
		return nil, err
	}
	if wantsNoReply(msg) {
		return nil, nil
	}
	answer, err := readMessage(server)
	if cmd, bad := command(msg); err == nil && bad == nil {
		if cmd.Index(0).Key() == "find" {
			p.finds[cmd.Index(0).Value().StringValue()]++
		}
		if p.streams != nil {
			p.streams.inserted(cmd)
		}
	}
	return answer, err
}

const (
	headerSize = 16 // length, request id, response to, operation
	maxMessage = 48 << 20
	opMsg      = 2013
	moreToCome = 1 << 1 // a flag of opMsg
)

var errTooLong = errors.New("message too long")

// readMessage reads a message, its header included.
func readMessage(r io.Reader) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(size[:])
	if n < headerSize || n > maxMessage {
		return nil, errTooLong
	}
	msg := make([]byte, n)
	copy(msg, size[:])
	_, err := io.ReadFull(r, msg[4:])
	return msg, err
}

// wantsNoReply tells whether a message is a fire-and-forget write.
func wantsNoReply(msg []byte) bool {
	return len(msg) >= headerSize+4 && binary.LittleEndian.Uint32(msg[12:]) == opMsg &&
		binary.LittleEndian.Uint32(msg[headerSize:])&moreToCome != 0
}
