// A broadcast node with a goroutine that sends all values to everyone now and then, and one for each
// request.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"sync"
	"time"
)

type body struct {
	Type      string   `json:"type"`
	MsgID     int      `json:"msg_id,omitempty"`
	InReplyTo int      `json:"in_reply_to,omitempty"`
	NodeID    string   `json:"node_id,omitempty"`
	NodeIDs   []string `json:"node_ids,omitempty"`
	Message   *int     `json:"message,omitempty"`
	Messages  *[]int   `json:"messages,omitempty"`
	Values    []int    `json:"values,omitempty"`
}

type message struct {
	Src  string `json:"src"`
	Dest string `json:"dest"`
	Body body   `json:"body"`
}

var (
	mutex  sync.Mutex
	output sync.Mutex
	values = map[int]bool{}
	node   string
)

func send(dest string, b body) {
	text, _ := json.Marshal(message{node, dest, b})
	output.Lock()
	defer output.Unlock()
	fmt.Println(string(text))
}

func known() []int {
	mutex.Lock()
	defer mutex.Unlock()
	all := []int{}
	for value := range values {
		all = append(all, value)
	}
	return all
}

func handle(m message) {
	reply := body{Type: m.Body.Type + "_ok", InReplyTo: m.Body.MsgID}
	switch m.Body.Type {
	case "gossip":
		mutex.Lock()
		for _, value := range m.Body.Values {
			values[value] = true
		}
		mutex.Unlock()
		return
	case "init":
		node = m.Body.NodeID
		go func() {
			for {
				time.Sleep(200*time.Millisecond + time.Duration(rand.Intn(100))*time.Millisecond)
				for _, other := range m.Body.NodeIDs {
					if other != node {
						send(other, body{Type: "gossip", Values: known()})
					}
				}
			}
		}()
	case "broadcast":
		mutex.Lock()
		values[*m.Body.Message] = true
		mutex.Unlock()
	case "read":
		all := known()
		reply.Messages = &all
	}
	send(m.Src, reply)
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(make([]byte, 1<<20), 1<<26)
	for input.Scan() {
		var m message
		if err := json.Unmarshal(input.Bytes(), &m); err != nil {
			panic(err)
		}
		if m.Body.Type == "init" {
			handle(m)
			continue
		}
		go handle(m)
	}
}
