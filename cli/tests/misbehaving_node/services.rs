//! A node that sends a request to lin-kv before it answers its first request, and logs the reply.

use serde_json::{Value, json};

/// The message to lin-kv after this message, if the node has this fault.
pub(crate) fn question(fault: &str, message: &Value) -> Option<Value> {
    let (body, is_init) = (&message["body"], message["body"]["type"] == "init");
    if message["src"] == "lin-kv" {
        eprintln!("lin-kv says {body}");
    }
    let value = &body["value"];
    let asked = match (fault, body["in_reply_to"].as_i64()) {
        ("asks-unknown", _) if is_init => json!({"type": "get", "key": "sum", "msg_id": 101}),
        ("adds-doubles", _) if is_init => {
            json!({"type": "write", "key": "sum", "value": 2.0, "msg_id": 101})
        }
        ("adds-doubles", Some(101)) => json!({"type": "read", "key": "sum", "msg_id": 102}),
        ("adds-doubles", Some(102)) => {
            let sum = value.as_f64().unwrap_or_default() + 1.0;
            json!({"type": "cas", "key": "sum", "from": value, "to": sum, "msg_id": 103})
        }
        _ => return None,
    };
    Some(json!({"src": "n0", "dest": "lin-kv", "body": asked}))
}
