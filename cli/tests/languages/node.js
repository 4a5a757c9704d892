#!/usr/bin/env node
// A broadcast node with a timer that sends all values to everyone now and then.
const values = new Set();
let node = null;
let others = [];

function send(dest, body) {
  process.stdout.write(JSON.stringify({ src: node, dest, body }) + "\n");
}

function gossip() {
  for (const other of others) send(other, { type: "gossip", values: [...values] });
  setTimeout(gossip, 200 + Math.random() * 100);
}

require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { src, body } = JSON.parse(line);
  const reply = { type: body.type + "_ok", in_reply_to: body.msg_id };
  if (body.type === "gossip") return body.values.forEach((value) => values.add(value));
  if (body.type === "init") {
    node = body.node_id;
    others = body.node_ids.filter((other) => other !== node);
    gossip();
  }
  if (body.type === "broadcast") values.add(body.message);
  if (body.type === "read") reply.messages = [...values];
  send(src, reply);
});
