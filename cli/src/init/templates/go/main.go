// A node for the challenges echo and broadcast-a.
//
// It reads messages from stdin and writes messages to stdout, each a line of JSON. Print everything
// else to stderr.
package main

import (
	"encoding/json"
	"io"
	"log"
	"os"
)

// message is a request of a client, or a message of another node.
type message struct {
	Src  string `json:"src"`
	Body struct {
		Type    string          `json:"type"`
		MsgID   int             `json:"msg_id"`
		NodeID  string          `json:"node_id"`
		NodeIDs []string        `json:"node_ids"`
		Echo    json.RawMessage `json:"echo"`
		Message int             `json:"message"`
	} `json:"body"`
}

// body is what a message that we send says.
type body map[string]any

type node struct {
	id     string       // our name
	ids    []string     // the names of all nodes, with ours
	values map[int]bool // the values of broadcast that we know
	output *json.Encoder
}

// send sends a message to a client or to another node. The encoder has no buffer to flush.
func (n *node) send(dest string, b body) {
	m := map[string]any{"src": n.id, "dest": dest, "body": b}
	if err := n.output.Encode(m); err != nil {
		log.Fatal(err)
	}
}

// reply answers a request, which the answer names by its number.
func (n *node) reply(request message, b body) {
	b["in_reply_to"] = request.Body.MsgID
	n.send(request.Src, b)
}

func (n *node) handle(m message) {
	switch m.Body.Type {
	case "init":
		n.id = m.Body.NodeID
		n.ids = m.Body.NodeIDs
		n.reply(m, body{"type": "init_ok"})
	case "echo":
		n.reply(m, body{"type": "echo_ok", "echo": m.Body.Echo})
	case "topology":
		// The request suggests neighbours for each node. You may use them, or not.
		n.reply(m, body{"type": "topology_ok"})
	case "broadcast":
		n.values[m.Body.Message] = true
		// Next: broadcast-b has five nodes, and each must learn every value. Send new values on.
		n.reply(m, body{"type": "broadcast_ok"})
	case "read":
		known := []int{}
		for value := range n.values {
			known = append(known, value)
		}
		n.reply(m, body{"type": "read_ok", "messages": known})
	default:
		log.Fatalf("unknown message: %+v", m)
	}
}

func main() {
	n := &node{values: map[int]bool{}, output: json.NewEncoder(os.Stdout)}
	input := json.NewDecoder(os.Stdin)
	for {
		var m message
		err := input.Decode(&m)
		if err == io.EOF {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		// To do something later (broadcast-c sends values again): time.AfterFunc(500*time.Millisecond,
		// function). A sync.Mutex then keeps it and handle apart.
		n.handle(m)
	}
}
