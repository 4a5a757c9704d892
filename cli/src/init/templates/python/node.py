#!/usr/bin/env python3
"""A node for the challenges echo and broadcast-a.

It reads messages from stdin and writes messages to stdout, each a line of JSON. Print everything
else to stderr.
"""

import json
import sys

node_id = None  # our name
node_ids = []  # the names of all nodes, with ours
values = set()  # the values of broadcast that we know


def send(dest, body):
    """Sends a message to a client or to another node."""
    message = {"src": node_id, "dest": dest, "body": body}
    print(json.dumps(message), flush=True)  # else it stays in a buffer


def reply(request, body):
    """Answers a request, which the answer names by its number."""
    send(request["src"], {**body, "in_reply_to": request["body"]["msg_id"]})


def handle(request):
    global node_id, node_ids
    body = request["body"]
    kind = body["type"]
    if kind == "init":
        node_id = body["node_id"]
        node_ids = body["node_ids"]
        reply(request, {"type": "init_ok"})
    elif kind == "echo":
        reply(request, {"type": "echo_ok", "echo": body["echo"]})
    elif kind == "topology":
        # body["topology"] suggests neighbours for each node. You may use them, or not.
        reply(request, {"type": "topology_ok"})
    elif kind == "broadcast":
        values.add(body["message"])
        # Next: broadcast-b has five nodes, and each must learn every value. Send new values on.
        reply(request, {"type": "broadcast_ok"})
    elif kind == "read":
        reply(request, {"type": "read_ok", "messages": sorted(values)})
    else:
        sys.exit(f"unknown message: {request}")


# To do something later (broadcast-c sends values again): threading.Timer(0.5, function).start(). A
# threading.Lock then keeps send and handle apart.
for line in sys.stdin:
    handle(json.loads(line))
