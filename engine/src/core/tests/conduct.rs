//! Nodes whose replies answer no request, are repeated, late, sent to the wrong client, or
//! malformed.

use super::*;
use crate::{DeafCause, Deafness, UnmatchedKind};
use glomers_config::Concurrency;

/// Runs echo with replies from the given function.
fn run_echo(
    given: Parameters,
    answer: impl Fn(&Json) -> Vec<(String, Json)>,
) -> (Core, Vec<Event>) {
    run(plan("echo", given), &mut |_, message| {
        answer_init(message).unwrap_or_else(|| answer(message))
    })
}

fn short() -> Parameters {
    Parameters { time_limit: Some(3.0), ..Parameters::default() }
}

/// The notices among the events.
fn notices(events: &[Event]) -> Vec<&str> {
    let mut texts = Vec::new();
    for event in events {
        if let Event::Notice { text, .. } = event {
            texts.push(text.as_str());
        }
    }
    texts
}

/// Advances a core with its first node until a request of that type reaches the node, and returns
/// it.
fn until_request(core: &mut Core, now: &mut Time, kind: &str) -> Json {
    loop {
        core.advance(*now);
        let lines = std::mem::take(&mut core.outgoing(0).lines);
        for line in String::from_utf8(lines).unwrap().lines() {
            let message: Json = serde_json::from_str(line).unwrap();
            if message["body"]["type"] == kind {
                return message;
            }
        }
        *now = core.next_deadline().unwrap().max(*now);
    }
}

fn say(core: &mut Core, now: Time, (dest, body): (String, Json)) {
    let line = json!({"src": "n0", "dest": dest, "body": body}).to_string();
    core.line(now, 0, line.as_bytes());
}

#[test]
fn an_answer_without_in_reply_to_is_reported_with_what_it_lacks() {
    let (core, events) = run_echo(short(), |message| {
        let client = message["src"].as_str().unwrap().to_owned();
        vec![(client, json!({"type": "echo_ok", "echo": message["body"]["echo"]}))]
    });
    let ((node, kind), count) = core.unmatched_replies().first_key_value().unwrap();
    assert_eq!((*node, *kind, count.count), (0, UnmatchedKind::Missing, 1));
    let text = notices(&events)[0];
    assert!(text.contains("so the answer needs \"in_reply_to\": 1"), "{text}");
    assert!(text.contains("\"echo\"") && text.contains("{\"type\":\"echo_ok\""), "{text}");
    assert_eq!(core.unanswered()[0].request, "echo");
}

#[test]
fn a_second_answer_is_counted_and_not_reported_at_once() {
    let (core, events) = run_echo(short(), |message| [echo(message), echo(message)].concat());
    let kinds: Vec<_> = core.unmatched_replies().keys().copied().collect();
    assert_eq!(kinds, [(0, UnmatchedKind::AnsweredBefore)]);
    assert_eq!(notices(&events), Vec::<&str>::new());
    assert_eq!(core.unanswered(), []);
    // The reference ignores it, too.
    assert_eq!(core.deafness(), []);
}

#[test]
fn a_second_init_ok_deafens_the_reference() {
    for strict in [false, true] {
        let given = Parameters { strict: Some(strict), ..short() };
        let (core, events) = run(plan("echo", given), &mut |_, message| {
            if message["body"]["type"] == "init" {
                return vec![reply(message, json!({"type": "init_ok"})); 2];
            }
            echo(message)
        });
        let [deafness] = core.deafness() else { panic!("{:?}", core.deafness()) };
        assert_eq!((deafness.node, &deafness.cause), (0, &DeafCause::SecondInitAnswer));
        assert!(notices(&events)[0].contains("answered init twice"), "{events:?}");
        let ok = kinds(&core, Kind::Ok).len() as u64;
        assert_eq!(deafness.answers, ok);
        assert_eq!(ok == 0, strict);
        assert!(deafness.lines > 0);
    }
}

#[test]
fn an_answer_to_the_client_of_init_is_no_second_init_ok() {
    let mut first = None;
    let (core, events) = run(plan("echo", short()), &mut |_, message| {
        if message["body"]["type"] == "init" {
            first = Some(message.clone());
            return vec![reply(message, json!({"type": "init_ok"}))];
        }
        let client = first.as_ref().expect("init comes first");
        vec![reply(client, json!({"type": "echo_ok", "echo": message["body"]["echo"]}))]
    });
    let [deafness] = core.deafness() else { panic!("{:?}", core.deafness()) };
    assert!(matches!(&deafness.cause, DeafCause::InitClient { client } if client == "c0"));
    assert!(notices(&events)[0].contains("send each answer to the src of its request"));
}

#[test]
fn a_request_without_answer_is_described_by_what_came_since() {
    let text = |answers_read: bool| {
        let given = Parameters {
            rpc_timeout: Some(100),
            concurrency: Some(Concurrency::PerNode(4)),
            rate: Some(200.0),
            ..short()
        };
        let mut node = |_, message: &serde_json::Value| match message["body"]["type"].as_str() {
            Some("init") => vec![reply(message, json!({"type": "init_ok"}))],
            Some("read") if answers_read => {
                vec![reply(message, json!({"type": "read_ok", "value": 0}))]
            }
            _ => Vec::new(),
        };
        let (core, _) = run(plan("g-counter", given), &mut node);
        let unanswered = core.unanswered();
        let add = unanswered.iter().find(|it| it.request == "add").expect("no answer to add");
        add.text.clone()
    };
    assert!(
        text(true).ends_with("it answered other requests meanwhile: does it handle this type?")
    );
    assert!(text(false).contains("; it printed nothing on stdout meanwhile: does it handle this"));
}

#[test]
fn an_answer_after_the_time_of_its_client_deafens_the_reference() {
    for strict in [false, true] {
        let given = Parameters {
            time_limit: Some(20.0),
            strict: Some(strict),
            rpc_timeout: Some(1000),
            ..Parameters::default()
        };
        let mut core = Core::new(plan("echo", given)).unwrap();
        let mut now = Time::default();
        let init = until_request(&mut core, &mut now, "init");
        say(&mut core, now, reply(&init, json!({"type": "init_ok"})));
        let first = until_request(&mut core, &mut now, "echo");
        // The client times out, and is replaced by another one with the next operation.
        let second = until_request(&mut core, &mut now, "echo");
        assert_ne!(first["src"], second["src"]);
        let late = echo(&first).remove(0);
        let client = late.0.clone();
        say(&mut core, now, late);
        let [deafness] = core.deafness() else { panic!("{:?}", core.deafness()) };
        assert_eq!(deafness.cause, DeafCause::LateAnswer { client });
        say(&mut core, now, echo(&second).remove(0));
        assert_eq!(kinds(&core, Kind::Ok).is_empty(), strict);
        assert_eq!(core.deafness()[0].lines, 1);
        assert_eq!(core.deafness()[0].answers, u64::from(!strict));
    }
}

#[test]
fn a_line_that_is_no_message_deafens_the_reference_until_the_node_is_started_again() {
    let given = Parameters { strict: Some(true), ..short() };
    let mut core = Core::new(plan("echo", given)).unwrap();
    let mut now = Time::default();
    let init = until_request(&mut core, &mut now, "init");
    core.line(now, 0, b"starting");
    say(&mut core, now, reply(&init, json!({"type": "init_ok"})));
    assert!(matches!(core.deafness(), [Deafness { cause: DeafCause::BadLine(_), lines: 1, .. }]));
    core.restart(now, 0);
    core.line(now, 0, b"starting again");
    assert_eq!(core.deafness().len(), 2);
}

#[test]
fn a_run_whose_answers_all_misfit_is_given_up() {
    let answers = [
        json!({"type": "echo", "echo": 1}),
        json!({"type": "error", "code": 10, "text": "what?"}),
        json!({"type": "error", "code": "11"}),
    ];
    for answer in answers {
        for keep_going in [false, true] {
            let given = Parameters {
                keep_going: Some(keep_going),
                rate: Some(100.0),
                time_limit: Some(3.0),
                ..Parameters::default()
            };
            let mut core = Core::new(plan("echo", given)).unwrap();
            let mut now = Time::default();
            let init = until_request(&mut core, &mut now, "init");
            say(&mut core, now, reply(&init, json!({"type": "init_ok"})));
            for number in 1..=20 {
                assert_eq!(core.failure(), None);
                let request = until_request(&mut core, &mut now, "echo");
                say(&mut core, now, reply(&request, answer.clone()));
                core.give_up_if_hopeless(now);
                assert_eq!(core.failure().is_some(), number == 20 && !keep_going, "{number}");
            }
            let failure = core.failure().cloned();
            let Some(Failure::Hopeless { request, answers, problem, .. }) = failure else {
                assert!(keep_going);
                continue;
            };
            assert_eq!((request, answers), ("echo", 20));
            assert!(problem.contains("answered \"echo\" with {"), "{problem}");
        }
    }
}

#[test]
fn one_usable_answer_is_hope_enough() {
    let given = Parameters { rate: Some(100.0), ..Parameters::default() };
    let mut core = Core::new(plan("echo", given)).unwrap();
    let mut now = Time::default();
    let init = until_request(&mut core, &mut now, "init");
    say(&mut core, now, reply(&init, json!({"type": "init_ok"})));
    // Error 11 (temporarily unavailable) counts as a usable answer.
    let request = until_request(&mut core, &mut now, "echo");
    say(&mut core, now, reply(&request, json!({"type": "error", "code": 11, "text": "later"})));
    for _ in 0..40 {
        let request = until_request(&mut core, &mut now, "echo");
        say(&mut core, now, reply(&request, json!({"type": "echo"})));
        core.give_up_if_hopeless(now);
    }
    assert_eq!(core.failure(), None);
}

#[test]
fn an_init_answer_that_answers_nothing_is_named() {
    let mut core = Core::new(plan("echo", Parameters::default())).unwrap();
    let mut now = Time::default();
    let init = until_request(&mut core, &mut now, "init");
    let client = init["src"].as_str().unwrap().to_owned();
    say(&mut core, now, (client, json!({"type": "init_ok"})));
    core.give_up_if_hopeless(now);
    assert_eq!(core.failure(), None);
    core.give_up_if_hopeless(now + Duration::from_secs(2));
    let Some(Failure::InitUnmatched { node: 0, problem }) = core.failure() else {
        panic!("{:?}", core.failure())
    };
    assert!(problem.contains("its open request \"init\" has \"msg_id\": 1"), "{problem}");
}

#[test]
fn a_request_that_is_never_answered_is_reported_with_what_came_instead() {
    let given = Parameters { node_count: Some(1), time_limit: Some(7.0), ..Parameters::default() };
    let (core, events) = run(plan("broadcast-b", given), &mut |_, message| {
        answer_init(message).unwrap_or_else(|| match message["body"]["type"].as_str().unwrap() {
            "topology" => vec![reply(message, json!({"type": "topology_ok"}))],
            "read" => vec![reply(message, json!({"type": "read_ok", "messages": []}))],
            "broadcast" => vec![("n0".to_owned(), json!({"type": "gossip"}))],
            _ => Vec::new(),
        })
    });
    let [unanswered] = &core.unanswered()[..] else { panic!("{:?}", core.unanswered()) };
    assert_eq!((unanswered.node, unanswered.request), (0, "broadcast"));
    assert!(unanswered.count > 0);
    let text = notices(&events)[0];
    assert!(text.contains("{\"type\":\"broadcast_ok\",\"in_reply_to\":"), "{text}");
    assert!(text.contains("gossip"), "{text}");
}
