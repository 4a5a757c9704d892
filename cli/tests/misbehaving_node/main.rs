//! A node that does one thing wrong, chosen by its first argument, and everything else right.
//!
//! It implements the protocol without the SDK, so that no glomers code can hide its faults.

mod lines;
mod services;

use serde_json::{Value, json};
use std::io::{self, BufRead, Write};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, exit};
use std::thread;
use std::time::Duration;

/// Longer than any test waits.
const FOR_EVER: Duration = Duration::from_mins(10);

fn main() {
    let fault = std::env::args().nth(1).unwrap_or_default();
    before_start(&fault);
    let mut answered = 0;
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let Ok(message) = serde_json::from_str::<Value>(&line) else { break };
        if let Some(question) = services::question(&fault, &message) {
            print_raw(format!("{question}\n").as_bytes());
        }
        let body = &message["body"];
        if body["in_reply_to"].is_i64() {
            continue;
        }
        if body["type"] == "init" {
            init(&fault, &message);
            continue;
        }
        answered += 1;
        request(&fault, &message, answered);
    }
    if fault == "outlives-stdin" {
        thread::sleep(FOR_EVER);
    }
}

/// Faults before the first message is read.
fn before_start(fault: &str) {
    match fault {
        "exits-at-start" => {
            println!("about to fail");
            eprintln!("no configuration found");
            exit(3);
        }
        "never-answers" => thread::sleep(FOR_EVER),
        "prints-debug" => println!("listening on stdin"),
        "forks" => {
            // A child that would outlive the node, and inherits its stdout.
            let _ = Command::new("sh").args(["-c", "sleep 597 & echo child $! >&2"]).status();
        }
        "blank-lines" => println!("\n"),
        "removes-its-folder" => {
            let folder = std::env::current_dir().expect("a folder");
            let _ = std::fs::remove_dir_all(folder.parent().expect("the node's own folder"));
        }
        "shows-its-limits" => {
            let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
            eprint!("{limits}");
        }
        "stops-the-watchdog" => signal_watchdog("STOP"),
        "kills-the-watchdog" => signal_watchdog("KILL"),
        _ => {}
    }
}

/// Sends a signal to glomers' watchdog, another child of this node's parent.
fn signal_watchdog(signal: &str) {
    let script = format!(
        "for process in $(ps -o pid= --ppid $(ps -o ppid= -p $PPID)); do \
         ps -o args= -p $process | grep -q ' watchdog$' && kill -{signal} $process; done"
    );
    let _ = Command::new("sh").args(["-c", &script]).status();
}

fn init(fault: &str, message: &Value) {
    match fault {
        "init-error" => {
            send_reply(message, json!({"type": "error", "code": 13, "text": "no disk"}));
        }
        "init-other" => send_reply(message, json!({"type": "hello"})),
        "init-twice" => {
            send_reply(message, json!({"type": "init_ok"}));
            send_reply(message, json!({"type": "init_ok"}));
        }
        "init-unmatched" => send_unmatched(message, &json!({"type": "init_ok"})),
        _ => send_reply(message, json!({"type": "init_ok"})),
    }
}

fn request(fault: &str, message: &Value, answered: u64) {
    let echo = json!({"type": "echo_ok", "echo": message["body"]["echo"]});
    match fault {
        "exits-later" if answered > 2 => {
            eprintln!("panicked at the third request");
            exit(4);
        }
        "killed-later" if answered > 2 => {
            let _ = Command::new("sh").args(["-c", "kill -ABRT $PPID"]).status();
            thread::sleep(FOR_EVER);
        }
        "not-json" => print_raw(b"got a request\n"),
        "not-message" => print_raw(b"{\"hello\":1}\n"),
        "bad-utf8" => print_raw(b"\xff\xfe\n"),
        "wrong-source" => {
            print_raw(b"{\"src\":\"n99\",\"dest\":\"c2\",\"body\":{\"type\":\"x\"}}\n");
        }
        "unknown-dest" => {
            print_raw(b"{\"src\":\"n0\",\"dest\":\"n99\",\"body\":{\"type\":\"x\"}}\n");
        }
        "long-line" if answered == 1 => {
            let chunk = vec![b'x'; 1024 * 1024];
            for _ in 0..100 {
                print_raw(&chunk);
            }
            print_raw(b"\n");
        }
        "endless-line" if answered == 1 => {
            let chunk = vec![b'x'; 1024 * 1024];
            while io::stdout().write_all(&chunk).is_ok() {}
        }
        "endless-lines" if answered == 1 => {
            while io::stdout().write_all(b"{\"type\":\"noise\"}\n").is_ok() {}
        }
        "nests-deep" => {
            let (id, levels) = (&message["body"]["msg_id"], 100_000);
            let (open, close) = ("[".repeat(levels), "]".repeat(levels));
            let body =
                format!("{{\"type\":\"echo_ok\",\"in_reply_to\":{id},\"echo\":{open}{close}}}");
            let dest = &message["src"];
            print_raw(format!("{{\"src\":\"n0\",\"dest\":{dest},\"body\":{body}}}\n").as_bytes());
        }
        "escapes" => {
            eprintln!("\u{1b}]0;title\u{7}\u{1b}[2Jon stderr\r");
            print_raw("\u{1b}[31mno JSON\u{7}\u{202e}\n".as_bytes());
            let text = "\u{1b}[31mred\u{7}\u{1b}]0;title\u{7}\r\nwarning: forged\u{202e}";
            let reply = if answered == 1 {
                json!({"type": "error", "code": 11, "text": text})
            } else {
                json!({"type": "echo_ok", "echo": text})
            };
            return send_reply(message, reply);
        }
        "breaks-schema" => {
            return send_reply(message, json!({"type": "echo_ok", "ehco": "x"}));
        }
        "stops-reading" if answered > 1 => {
            send_reply(message, echo.clone());
            thread::sleep(FOR_EVER);
        }
        "closes-stdout" if answered > 1 => close_stdout(),
        "stops-its-group" if answered > 5 => {
            send_reply(message, echo.clone());
            let _ = Command::new("sh").args(["-c", "kill -STOP 0"]).status();
        }
        "refuses" => {
            eprintln!("the disk is on fire");
            let error = json!({"type": "error", "code": 11, "text": "not today"});
            return send_reply(message, error);
        }
        "no-in-reply-to" => return send_unmatched(message, &echo),
        "answers-late" if answered == 3 => {
            let message = message.clone();
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(500));
                send_reply(&message, echo);
            });
            return;
        }
        "ignores-broadcast" if message["body"]["type"] == "broadcast" => {
            let pondering = json!({"type": "pondering"});
            return send(&message["dest"], &message["dest"], &pondering);
        }
        "duplicates" => return duplicates(message),
        "same-id" => return send_reply(message, json!({"type": "generate_ok", "id": 7})),
        _ => {}
    }
    if message["body"]["type"] == "echo" {
        send_reply(message, echo);
    } else {
        broadcast(message);
    }
}

/// A broadcast node that answers all requests and stores no value.
fn broadcast(message: &Value) {
    let kind = message["body"]["type"].as_str().unwrap_or_default();
    let mut body = json!({"type": format!("{kind}_ok")});
    if kind == "read" {
        body["messages"] = json!([]);
    }
    send_reply(message, body);
}

/// A broadcast node that returns every value twice.
fn duplicates(message: &Value) {
    use std::sync::Mutex;
    static VALUES: Mutex<Vec<Value>> = Mutex::new(Vec::new());
    let mut values = VALUES.lock().expect("one thread");
    if message["body"]["type"] == "read" {
        return send_reply(message, json!({"type": "read_ok", "messages": *values}));
    }
    if message["body"]["type"] == "broadcast" {
        let value = message["body"]["message"].clone();
        values.extend([value.clone(), value]);
    }
    broadcast(message);
}

fn send_reply(message: &Value, mut body: Value) {
    body["in_reply_to"] = message["body"]["msg_id"].clone();
    send_unmatched(message, &body);
}

/// Sends a body unchanged to the sender of a message.
fn send_unmatched(message: &Value, body: &Value) {
    send(&message["dest"], &message["src"], body);
}

fn send(src: &Value, dest: &Value, body: &Value) {
    let message = json!({"src": src, "dest": dest, "body": body});
    let fault = std::env::args().nth(1).unwrap_or_default();
    print_raw(&lines::changed(&fault, &message.to_string()));
}

/// Prints bytes unchanged; a closed stdout ends the node, as it ends most programs.
fn print_raw(bytes: &[u8]) {
    let mut stdout = io::stdout().lock();
    if stdout.write_all(bytes).and_then(|()| stdout.flush()).is_err() {
        exit(0);
    }
}

/// Closes stdout and keeps running.
fn close_stdout() -> ! {
    let error = Command::new("sh").args(["-c", "exec >&-; exec sleep 596"]).exec();
    eprintln!("{error}");
    exit(9);
}
