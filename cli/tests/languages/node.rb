#!/usr/bin/env ruby
# A broadcast node with a thread that sends all values to everyone now and then.
require "json"

$stdout.sync = true
$lock = Mutex.new
$values = {}
$node = nil

def send_to(dest, body)
  $lock.synchronize { puts JSON.generate({src: $node, dest: dest, body: body}) }
end

while (line = $stdin.gets)
  message = JSON.parse(line)
  body = message["body"]
  reply = {type: "#{body["type"]}_ok", in_reply_to: body["msg_id"]}
  case body["type"]
  when "gossip"
    $lock.synchronize { body["values"].each { |value| $values[value] = true } }
    next
  when "init"
    $node = body["node_id"]
    others = body["node_ids"] - [$node]
    Thread.new do
      loop do
        sleep(0.2 + rand / 10)
        known = $lock.synchronize { $values.keys }
        others.each { |other| send_to(other, {type: "gossip", values: known}) }
      end
    end
  when "broadcast"
    $lock.synchronize { $values[body["message"]] = true }
  when "read"
    reply[:messages] = $lock.synchronize { $values.keys }
  end
  send_to(message["src"], reply)
end
