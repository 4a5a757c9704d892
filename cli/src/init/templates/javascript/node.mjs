#!/usr/bin/env node
// A node for the challenges echo and broadcast-a.
//
// It reads messages from stdin and writes messages to stdout, each a line of JSON. Print everything
// else to stderr (console.error).

import { createInterface } from "node:readline";

let nodeId = null; // our name
let nodeIds = []; // the names of all nodes, with ours
const values = new Set(); // the values of broadcast that we know

// Sends a message to a client or to another node.
function send(dest, body) {
  process.stdout.write(JSON.stringify({ src: nodeId, dest, body }) + "\n");
}

// Answers a request, which the answer names by its number.
function reply(request, body) {
  send(request.src, { ...body, in_reply_to: request.body.msg_id });
}

function handle(request) {
  const body = request.body;
  switch (body.type) {
    case "init":
      nodeId = body.node_id;
      nodeIds = body.node_ids;
      return reply(request, { type: "init_ok" });
    case "echo":
      return reply(request, { type: "echo_ok", echo: body.echo });
    case "topology":
      // body.topology suggests neighbours for each node. You may use them, or not.
      return reply(request, { type: "topology_ok" });
    case "broadcast":
      values.add(body.message);
      // Next: broadcast-b has five nodes, and each must learn every value. Send new values on.
      return reply(request, { type: "broadcast_ok" });
    case "read":
      return reply(request, { type: "read_ok", messages: [...values] });
    default:
      throw new Error(`unknown message: ${JSON.stringify(request)}`);
  }
}

// To do something later (broadcast-c sends values again): setTimeout(callback, 500).
for await (const line of createInterface({ input: process.stdin })) handle(JSON.parse(line));
