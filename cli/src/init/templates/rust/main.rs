//! A node for the challenges echo and broadcast-a.
//!
//! It reads messages from stdin and writes messages to stdout, each a line of JSON. Print everything
//! else to stderr.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::error::Error;
use std::io::{self, Write};

#[derive(Default)]
struct Node {
    /// Our name.
    id: String,
    /// The names of all nodes, with ours.
    ids: Vec<String>,
    /// The values of broadcast that we know.
    values: BTreeSet<i64>,
}

impl Node {
    /// Sends a message to a client or to another node.
    fn send(&self, dest: &Value, body: Value) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{}", json!({ "src": self.id, "dest": dest, "body": body }))?;
        stdout.flush()
    }

    /// Answers a request, which the answer names by its number.
    fn reply(&self, request: &Value, mut body: Value) -> io::Result<()> {
        body["in_reply_to"] = request["body"]["msg_id"].clone();
        self.send(&request["src"], body)
    }

    fn handle(&mut self, request: &Value) -> Result<(), Box<dyn Error>> {
        let body = &request["body"];
        let answer = match body["type"].as_str().unwrap_or_default() {
            "init" => {
                self.id = body["node_id"].as_str().ok_or("init without node_id")?.to_owned();
                self.ids = serde_json::from_value(body["node_ids"].clone())?;
                eprintln!("{} is one of {} nodes", self.id, self.ids.len());
                json!({ "type": "init_ok" })
            }
            "echo" => json!({ "type": "echo_ok", "echo": body["echo"] }),
            // body["topology"] suggests neighbours for each node. You may use them, or not.
            "topology" => json!({ "type": "topology_ok" }),
            "broadcast" => {
                self.values.insert(body["message"].as_i64().ok_or("broadcast without message")?);
                // Next: broadcast-b has five nodes, and each must learn every value. Send new
                // values on.
                json!({ "type": "broadcast_ok" })
            }
            "read" => json!({ "type": "read_ok", "messages": self.values }),
            _ => return Err(format!("unknown message: {request}").into()),
        };
        Ok(self.reply(request, answer)?)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut node = Node::default();
    // To do something later (broadcast-c sends values again): a std::thread that sleeps, with the node in
    // an Arc<Mutex<Node>>.
    for line in io::stdin().lines() {
        node.handle(&serde_json::from_str(&line?)?)?;
    }
    Ok(())
}
