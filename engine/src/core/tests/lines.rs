//! Odd and wrong lines: what is accepted, what is rejected, and what is reported once.

use super::*;
use crate::{BadLine, LineCount, NotJson, NotMessage, OddLine};
use glomers_config::Workload;

/// Runs the workload on one node that prints the lines of the script unchanged.
fn run_raw(workload: Workload, script: &mut dyn FnMut(&Json) -> Vec<Vec<u8>>) -> Core {
    let given = Parameters {
        workload: Some(workload),
        node_count: Some(1),
        time_limit: Some(1.0),
        rate: Some(20.0),
        ..Parameters::default()
    };
    let mut core = Core::new(plan("echo", given)).unwrap();
    let mut now = Time::default();
    while core.phase() != Phase::Done {
        core.advance(now);
        let lines = std::mem::take(&mut core.outgoing(0).lines);
        if lines.is_empty() {
            now = now.max(core.next_deadline().unwrap_or(now));
        }
        for line in String::from_utf8(lines).unwrap().lines() {
            for printed in script(&serde_json::from_str(line).unwrap()) {
                core.line(now, 0, &printed);
            }
        }
    }
    core
}

/// The correct reply line for a request.
fn right(message: &Json) -> String {
    let request = &message["body"];
    let mut body = json!({"type": format!("{}_ok", request["type"].as_str().unwrap())});
    body["in_reply_to"] = request["msg_id"].clone();
    match request["type"].as_str().unwrap() {
        "echo" => body["echo"] = request["echo"].clone(),
        "read" => body["value"] = json!(0),
        _ => {}
    }
    json!({"src": "n0", "dest": message["src"], "body": body}).to_string()
}

/// Runs echo with modified reply lines.
fn run_changed(change: &dyn Fn(String) -> Vec<u8>) -> Core {
    run_raw(Workload::Echo, &mut |message| vec![change(right(message))])
}

#[test]
fn what_the_reference_takes_is_taken_and_reported_once() {
    type Change = fn(String) -> Vec<u8>;
    let cases: [(OddLine, Change); 7] = [
        (OddLine::TextBehind, |line| (line + ";").into()),
        (OddLine::TextBehind, |line| (line + "\0").into()),
        (OddLine::SecondMessage, |line| (line.clone() + &line).into()),
        (OddLine::DuplicateKey("id"), |line| line.replacen('{', r#"{"id":1,"id":2,"#, 1).into()),
        (OddLine::ControlCharacter, |line| line.replace("Please ", "Please\t").into()),
        (OddLine::CarriageReturn, |line| (line + "\r{}\r").into()),
        (OddLine::ForeignSource, |line| line.replace(r#""src":"n0""#, r#""src":"lin-kv""#).into()),
    ];
    for (kind, change) in cases {
        let core = run_changed(&change);
        assert!(core.failure().is_none(), "{kind}");
        assert!(kinds(&core, Kind::Ok).len() > 5, "{kind}");
        let LineCount { count, excerpt } = &core.odd_lines()[&(0, kind)];
        assert!(*count >= kinds(&core, Kind::Ok).len() as u64 && !excerpt.is_empty(), "{kind}");
        assert_eq!(core.odd_lines().len(), 1, "{kind}");
    }
}

#[test]
fn what_is_refused_is_counted_by_what_it_is() {
    type Change = fn(&str) -> Vec<u8>;
    let cases: [(BadLine, Change); 4] = [
        (BadLine::NotJson(NotJson::ByteOrderMark), |line| format!("\u{feff}{line}").into()),
        (BadLine::NotJson(NotJson::TrailingComma), |line| line.replace("}}", "},}").into()),
        (BadLine::NotMessage(NotMessage::WrongCase("dest")), |line| {
            line.replace("\"dest\"", "\"Dest\"").into()
        }),
        (BadLine::NotMessage(NotMessage::BadId), |line| {
            line.replacen('{', r#"{"id":null,"#, 1).into()
        }),
    ];
    for (kind, change) in cases {
        let core = run_raw(Workload::Echo, &mut |message| {
            let line = right(message);
            // Like a debug line of an otherwise correct node.
            vec![change(&line), line.into()]
        });
        let ok = kinds(&core, Kind::Ok).len() as u64;
        assert!(ok > 5);
        assert_eq!(core.bad_lines().len(), 1);
        assert_eq!(core.bad_lines()[&(0, kind)].count, ok + 1, "{kind}");
    }
}

#[test]
fn a_minus_before_zero_is_no_double() {
    let core = run_raw(Workload::GCounter, &mut |message| {
        vec![right(message).replace("\"value\":0", "\"value\":-0").into()]
    });
    let reads: Vec<&Operation> = kinds(&core, Kind::Ok)
        .into_iter()
        .filter(|operation| operation.f == Function::Read)
        .collect();
    assert!(!reads.is_empty() && kinds(&core, Kind::Info).is_empty());
    assert!(reads.iter().all(|operation| matches!(operation.value, Value::Int(0))));
}

/// Runs echo with a node that sends these requests to a service one after the other at its start;
/// returns the core and the service's replies.
fn ask(service: &str, requests: &[&str]) -> (Core, Vec<String>) {
    let mut answers = Vec::new();
    let core = run_raw(Workload::Echo, &mut |message| {
        if message["src"] == service {
            answers.push(message["body"].to_string());
            return Vec::new();
        }
        let mut lines = vec![right(message).into_bytes()];
        if message["body"]["type"] == "init" {
            lines.extend(requests.iter().map(|request| {
                format!(r#"{{"src":"n0","dest":"{service}","body":{request}}}"#).into_bytes()
            }));
        }
        lines
    });
    (core, answers)
}

#[test]
fn services_keep_doubles_as_they_are() {
    let write = r#"{"type":"write","key":"f","value":2.0,"msg_id":1}"#;
    let read = r#"{"type":"read","key":"f","msg_id":2}"#;
    for service in ["lin-kv", "seq-kv"] {
        let (core, answers) = ask(
            service,
            &[
                write,
                r#"{"type":"cas","key":"f","from":2.0,"to":[1e21,{"a":-0.0}],"msg_id":3}"#,
                r#"{"type":"cas","key":"f","from":[1.0E21,{"a":0.0}],"to":3,"msg_id":4}"#,
                r#"{"type":"cas","key":"f","from":3.0,"to":4,"msg_id":5}"#,
            ],
        );
        let kinds: Vec<bool> = answers.iter().map(|answer| answer.contains("error")).collect();
        assert_eq!(kinds, [false, false, false, true], "{answers:?}");
        assert!(answers[3].contains("current value 3 is not 3.0"), "{answers:?}");
        assert!(core.odd_lines().is_empty());
    }
    let mut text = String::new();
    run_raw(Workload::Echo, &mut |message| {
        text += &message.to_string();
        let mut lines = vec![right(message).into_bytes()];
        if message["src"] == "lin-kv" {
            lines.clear();
        } else if message["body"]["type"] == "init" {
            lines.extend([write, read].map(|request| {
                format!(r#"{{"src":"n0","dest":"lin-kv","body":{request}}}"#).into_bytes()
            }));
        }
        lines
    });
    assert!(text.contains(r#""value":2.0"#), "{text}");
}

#[test]
fn requests_that_a_service_does_not_understand_are_reported() {
    for (service, requests, understood) in [
        (
            "lin-kv",
            [r#"{"type":"get","key":"a","msg_id":1}"#, r#"{"key":"a","msg_id":2}"#],
            "read (key), write (key, value) or cas (key, from, to)",
        ),
        ("lin-tso", [r#"{"type":"read","msg_id":1}"#, r#"{"type":7}"#], "ts"),
    ] {
        let (core, answers) = ask(service, &requests);
        assert!(answers.is_empty());
        let kind = OddLine::UnknownRequest { service, requests: understood };
        let expected = LineCount { count: 2, excerpt: requests[0].to_owned() };
        assert_eq!(core.odd_lines()[&(0, kind)], expected);
        assert!(kind.to_string().contains(understood) && core.odd_lines().len() == 1);
    }
}

#[test]
fn requests_that_lack_a_field_are_answered_and_reported() {
    let (core, answers) = ask(
        "seq-kv",
        &[
            r#"{"type":"write","key":"a"}"#,
            r#"{"type":"cas","key":"a","from":null,"msg_id":2}"#,
            r#"{"type":"read","msg_id":3}"#,
        ],
    );
    assert_eq!(answers.len(), 3);
    let fields: Vec<&str> = core
        .odd_lines()
        .keys()
        .map(|(_, kind)| match kind {
            OddLine::MissingField { service: "seq-kv", field } => *field,
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(fields, ["key", "msg_id", "to", "value"]);
}

#[test]
fn text_without_a_newline_is_reported() {
    let mut core = Core::new(plan("echo", Parameters::default())).unwrap();
    core.advance(Time::default());
    core.unfinished(Time::default(), 0, b"{\"src\":");
    let (_, event) = core.take_events().pop().unwrap();
    let expected = Event::OddLine {
        node: "n0".to_owned(),
        kind: OddLine::Unfinished,
        excerpt: "{\"src\":".to_owned(),
    };
    assert_eq!(event, expected);
}
