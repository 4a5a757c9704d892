#!/usr/bin/env python3
"""A broadcast node with a thread that sends all values to everyone now and then."""
import json
import random
import sys
import threading
import time

lock = threading.Lock()
values = set()
node = None
others = []


def send(dest, body):
    with lock:
        print(json.dumps({"src": node, "dest": dest, "body": body}), flush=True)


def gossip():
    while True:
        time.sleep(0.2 + random.random() / 10)
        with lock:
            known = sorted(values)
        for other in others:
            send(other, {"type": "gossip", "values": known})


for line in sys.stdin:
    message = json.loads(line)
    body = message["body"]
    kind = body["type"]
    reply = {"type": kind + "_ok", "in_reply_to": body.get("msg_id")}
    if kind == "gossip":
        with lock:
            values.update(body["values"])
        continue
    if kind == "init":
        node = body["node_id"]
        others = [other for other in body["node_ids"] if other != node]
        threading.Thread(target=gossip, daemon=True).start()
    elif kind == "broadcast":
        with lock:
            values.add(body["message"])
    elif kind == "read":
        with lock:
            reply["messages"] = list(values)
    send(message["src"], reply)
