//! Kafka with nodes that keep their logs in memory, in virtual time.

use super::recorded::{recorded_shapes, shapes};
use super::*;
use std::collections::{BTreeMap, BTreeSet};

/// Logs that are shared by all nodes.
#[derive(Default)]
struct Logs {
    messages: BTreeMap<String, Vec<Json>>,
    committed: BTreeMap<String, i64>,
    /// Number of messages at the end of each log that polls do not return.
    hidden: usize,
}

impl Logs {
    fn answer(&mut self, body: &Json) -> Json {
        match body["type"].as_str().unwrap() {
            "send" => {
                let log =
                    self.messages.entry(body["key"].as_str().unwrap().to_owned()).or_default();
                log.push(body["msg"].clone());
                json!({"type": "send_ok", "offset": log.len() - 1})
            }
            "poll" => {
                let mut messages = BTreeMap::new();
                for (key, from) in body["offsets"].as_object().unwrap() {
                    let log = self.messages.get(key).map(Vec::as_slice).unwrap_or_default();
                    let shown = log.len().saturating_sub(self.hidden);
                    let from = usize::try_from(from.as_i64().unwrap()).unwrap();
                    let found = (from..shown).map(|offset| json!([offset, log[offset]]));
                    messages.insert(key.clone(), found.collect::<Vec<_>>());
                }
                json!({"type": "poll_ok", "msgs": messages})
            }
            "commit_offsets" => {
                for (key, offset) in body["offsets"].as_object().unwrap() {
                    self.committed.insert(key.clone(), offset.as_i64().unwrap());
                }
                json!({"type": "commit_offsets_ok"})
            }
            "list_committed_offsets" => {
                let keys = body["keys"].as_array().unwrap().iter().map(|key| key.as_str().unwrap());
                let offsets: BTreeMap<_, _> =
                    keys.filter_map(|key| Some((key, self.committed.get(key)?))).collect();
                json!({"type": "list_committed_offsets_ok", "offsets": offsets})
            }
            other => panic!("{other}"),
        }
    }

    /// Node 0 keeps the logs; all other nodes forward requests to it.
    fn node(&mut self, node: NodeIndex, message: &Json) -> Vec<(String, Json)> {
        if let Some(answer) = answer_init(message) {
            return answer;
        }
        let body = &message["body"];
        match body["type"].as_str().unwrap() {
            "forwarded" => {
                vec![(body["to"].as_str().unwrap().to_owned(), body["body"].clone())]
            }
            "forward" => {
                let (to, answer) = reply(&body["message"], self.answer(&body["message"]["body"]));
                let body = json!({"type": "forwarded", "to": to, "body": answer});
                vec![(message["src"].as_str().unwrap().to_owned(), body)]
            }
            _ if node == 0 => vec![reply(message, self.answer(body))],
            _ => vec![("n0".to_owned(), json!({"type": "forward", "message": message}))],
        }
    }
}

fn faulty() -> Parameters {
    Parameters {
        rate: Some(100.0),
        latency: Some(10),
        nemesis: "partition".parse().ok(),
        nemesis_interval: Some(4.0),
        ..Parameters::default()
    }
}

/// Key, offset and message of everything that a poll or send in the history shows.
fn offsets_of(operation: &Operation) -> Vec<(String, i64, i64)> {
    let text = |value: &Value| match value {
        Value::Str(text) => text.to_string(),
        other => panic!("{other:?}"),
    };
    let pair = |key: &Value, pair: &Value| {
        let [offset, message] = pair.elements().unwrap() else { panic!("{pair:?}") };
        (text(key), offset.as_int().unwrap(), message.as_int().unwrap())
    };
    let mut offsets_of = Vec::new();
    for micro in operation.value.elements().unwrap_or_default() {
        match micro.elements().unwrap_or_default() {
            [_, Value::Map(entries)] => {
                offsets_of.extend(entries.iter().flat_map(|(key, pairs)| {
                    pairs.elements().unwrap().iter().map(move |found| pair(key, found))
                }));
            }
            [_, key, sent @ Value::Vector(_)] => offsets_of.push(pair(key, sent)),
            _ => {}
        }
    }
    offsets_of
}

fn worker(operation: &Operation, workers: u64) -> u64 {
    let Process::Client(process) = operation.process else { panic!("a nemesis") };
    process % workers
}

#[test]
fn every_worker_sees_every_message_in_the_end() {
    let mut logs = Logs::default();
    let (core, _) = run(plan("kafka-c", faulty()), &mut |node, message| logs.node(node, message));
    let operations = core.history().operations();
    let healed = operations.iter().rposition(|op| op.process == Process::Nemesis).unwrap();
    let (load, last) = operations.split_at(healed + 1);
    assert_eq!(last[0].time - load[healed].time, 10_000_000_000);

    let ok = |operation: &&Operation| operation.kind == Kind::Ok;
    let sent: BTreeSet<_> =
        load.iter().filter(|op| op.f == Function::Send).filter(ok).flat_map(offsets_of).collect();
    assert!(sent.len() > 200, "{}", sent.len());
    for number in 0..4 {
        let own: Vec<&Operation> = last.iter().filter(|op| worker(op, 4) == number).collect();
        let begun: Vec<_> =
            own.iter().filter(|op| op.kind == Kind::Invoke).map(|op| &op.f).collect();
        assert_eq!(begun[..3], [&Function::Crash, &Function::Assign, &Function::Poll]);
        // Everything is returned by the first poll.
        assert_eq!(begun.len(), 3);
        let seen: BTreeSet<_> = own
            .into_iter()
            .filter(|op| op.f == Function::Poll)
            .filter(ok)
            .flat_map(offsets_of)
            .collect();
        assert!(sent.is_subset(&seen));
    }

    // The partition isolated node 1, so requests of its clients timed out.
    let timed_out: Vec<&Operation> =
        load.iter().filter(|op| op.error() == Some(&Value::keyword("net-timeout"))).collect();
    assert!(!timed_out.is_empty());
    assert!(timed_out.iter().all(|op| worker(op, 4) % 2 == 1));
}

#[test]
fn a_crash_costs_no_message_and_makes_a_new_process_and_client() {
    let (mut logs, mut last_client) = (Logs::default(), String::new());
    let mut clients = Vec::new();
    let given = Parameters { concurrency: "1n".parse().ok(), ..Parameters::default() };
    let given = Parameters { time_limit: Some(60.0), rate: Some(20.0), ..given };
    let (mut core, _) = run(plan("kafka-a", given), &mut |node, message| {
        let client = message["src"].as_str().unwrap();
        if client != last_client {
            client.clone_into(&mut last_client);
            clients.push(client.to_owned());
        }
        logs.node(node, message)
    });
    let operations = core.history().operations();
    let mut process = 0;
    for pair in operations.chunks(2) {
        let [invoked, completed] = pair else { panic!("one worker, one operation at a time") };
        assert_eq!(invoked.process, Process::Client(process));
        if invoked.f == Function::Crash {
            assert_eq!((completed.kind, &completed.detail), (Kind::Info, &None));
            assert_eq!(completed.time, invoked.time);
            process += 1;
        } else {
            assert_eq!(completed.kind, Kind::Ok);
        }
    }
    assert!(process >= 3, "{process}");
    // One client for init, one for set-up (which sends nothing), and one for each process that sent
    // a request.
    assert!(clients.len() as u64 <= process + 2 && clients.len() as u64 >= process, "{clients:?}");
    let polled_anything = |op: &&Operation| {
        op.kind == Kind::Ok && op.f == Function::Poll && !offsets_of(op).is_empty()
    };
    let count = |f: &Function| operations.iter().filter(|op| op.f == *f).count() as u64 / 2;
    let commits = operations.iter().filter(polled_anything).count() as u64;
    let seeks = 1;
    let calls =
        count(&Function::Send) + count(&Function::Poll) + count(&Function::Assign) + commits;
    assert_eq!(core.journal().traffic().clients.sent, 2 * (calls - seeks + 1));
}

#[test]
fn polls_go_on_where_the_last_ended_and_new_keys_start_at_0() {
    let mut logs = Logs::default();
    let (mut next, mut commits, mut from_0) = (BTreeMap::new(), BTreeMap::new(), 0);
    let given = Parameters { rate: Some(200.0), ..Parameters::default() };
    run(plan("kafka-a", given), &mut |node, message| {
        let body = &message["body"];
        let client = message["src"].as_str().unwrap().to_owned();
        let answer = logs.node(node, message);
        match body["type"].as_str().unwrap() {
            "poll" => {
                assert!(!commits.contains_key(&client), "polled again before committing");
                let own: &mut BTreeMap<String, u64> = next.entry(client.clone()).or_default();
                let asked = body["offsets"].as_object().unwrap();
                for (key, offset) in asked {
                    let expected = own.get(key).copied().unwrap_or(0);
                    // A newly assigned key starts at 0, even if another client committed an offset.
                    assert!(*offset == expected || *offset == 0);
                    from_0 += u64::from(*offset == 0 && logs.committed.contains_key(key));
                }
                own.retain(|key, _| asked.contains_key(key));
                let mut highest = BTreeMap::new();
                for (key, found) in answer[0].1["msgs"].as_object().unwrap() {
                    let end =
                        found.as_array().unwrap().last().map(|last| last[0].as_u64().unwrap());
                    let from = asked[key].as_u64().unwrap();
                    own.insert(key.clone(), end.map_or(from, |end| end + 1));
                    highest.extend(end.map(|end| (key.clone(), json!(end))));
                }
                if !highest.is_empty() {
                    commits.insert(client, highest);
                }
            }
            "commit_offsets" => {
                let asked = body["offsets"].as_object().unwrap();
                let asked: BTreeMap<_, _> = asked.clone().into_iter().collect();
                assert_eq!(Some(asked), commits.remove(&client));
            }
            _ => {}
        }
        answer
    });
    assert!(commits.is_empty() && from_0 > 10, "{from_0}");
}

#[test]
fn nobody_waits_longer_than_10_seconds_for_messages_that_are_lost() {
    let mut logs = Logs { hidden: 1, ..Logs::default() };
    let given = Parameters { rate: Some(50.0), time_limit: Some(5.0), ..Parameters::default() };
    let (core, _) = run(plan("kafka-a", given), &mut |node, message| logs.node(node, message));
    let operations = core.history().operations();
    let first_crash = operations.iter().position(|op| op.time > 14_000_000_000).unwrap();
    let last = &operations[first_crash..];
    let end = last[0].time + 10_000_000_000;
    for number in 0..2 {
        let polls: Vec<i64> = last
            .iter()
            .filter(|op| op.kind == Kind::Invoke && op.f == Function::Poll)
            .filter(|op| worker(op, 2) == number)
            .map(|op| op.time)
            .collect();
        // Gaps of 0.2 s on average, 0.4 s at most, for 10 s.
        assert!((38..=64).contains(&polls.len()), "{}", polls.len());
        assert!(polls.windows(2).all(|pair| pair[1] - pair[0] < 400_000_000));
        assert!(polls.iter().all(|time| *time < end));
        assert!(end - polls.last().unwrap() < 400_000_000);
    }
}

#[test]
fn nothing_is_polled_at_the_end_when_nothing_was_seen() {
    let given = Parameters { time_limit: Some(1_000.0), ..Parameters::default() };
    let (core, _) =
        run(plan("kafka-a", given), &mut |_, message| answer_init(message).unwrap_or_default());
    let operations = core.history().operations();
    assert!(operations.iter().all(|op| op.time <= 1_005_000_000_000));
    // Without an answer, an assignment counts as failed, and every other operation has an unknown
    // outcome.
    let mut seen = BTreeSet::new();
    for operation in operations.iter().filter(|op| op.kind != Kind::Invoke) {
        let expected = match operation.f {
            Function::Assign => (Kind::Fail, Some(Value::keyword("net-timeout"))),
            Function::Crash => (Kind::Info, None),
            _ => (Kind::Info, Some(Value::keyword("net-timeout"))),
        };
        assert_eq!((operation.kind, operation.error().cloned()), expected);
        seen.insert(operation.f.clone());
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
}

#[test]
fn a_poll_whose_commit_is_refused_fails_with_its_own_value() {
    let mut logs = Logs::default();
    let given = Parameters { time_limit: Some(2.0), ..Parameters::default() };
    let (core, _) = run(plan("kafka-a", given), &mut |node, message| {
        if message["body"]["type"] == "commit_offsets" {
            let error = json!({"type": "error", "code": 11, "text": "later"});
            return vec![reply(message, error)];
        }
        logs.node(node, message)
    });
    let failed = kinds(&core, Kind::Fail);
    assert!(!failed.is_empty());
    let poll = Value::Vector(vec![Value::Vector(vec![Value::keyword("poll")])]);
    let error = Value::Vector(vec![Value::keyword("temporarily-unavailable"), Value::str("later")]);
    for operation in failed {
        assert_eq!((&operation.f, &operation.value), (&Function::Poll, &poll));
        assert_eq!(operation.error(), Some(&error));
    }
}

#[test]
fn answers_of_other_shapes_are_exceptions() {
    let of = |kind: &str, body: &Json| {
        let mut logs = Logs::default();
        let given = Parameters { time_limit: Some(5.0), ..Parameters::default() };
        let (core, _) = run(plan("kafka-a", given), &mut |node, message| {
            if message["body"]["type"] == kind {
                return vec![reply(message, body.clone())];
            }
            logs.node(node, message)
        });
        let infos = kinds(&core, Kind::Info);
        let info = infos.iter().find(|op| op.exception().is_some()).expect("an exception");
        let Some(Value::Str(error)) = info.error() else { panic!("{info:?}") };
        error.rsplit_once(": ").unwrap().1.to_owned()
    };
    assert_eq!(
        of("poll", &json!({"type": "poll_ok", "msgs": {"1": [[0, 1, 2]]}})),
        "msgs is not an object, each value an array, each element [an integer, anything]"
    );
    assert_eq!(of("send", &json!({"type": "send_ok", "offset": "0"})), "offset is not an integer");
    assert_eq!(
        of("poll", &json!({"type": "poll_ok", "msgs": {"1": [[u64::MAX, 1]]}})),
        "an offset is beyond 64 bits"
    );
}

#[test]
fn entries_have_the_shape_of_the_recorded_ones() {
    let cases = ["xs-kafka-ok", "xs-kafka-lose", "x-kafka-lose", "xs-kafka-partition"];
    let Some(recorded) = recorded_shapes(&cases) else { return };
    let mut logs = Logs { hidden: 1, ..Logs::default() };
    let given = Parameters { rate: Some(300.0), ..Parameters::default() };
    let (core, _) = run(plan("kafka-a", given), &mut |node, message| logs.node(node, message));
    let ours = shapes(&core);
    assert!(recorded.is_subset(&ours), "{:?}", recorded.difference(&ours));
    if glomers_recordings::recordings().is_whole {
        assert_eq!(ours, recorded);
    }
}

#[test]
fn the_same_seed_gives_the_same_kafka_run() {
    let history = |seed| {
        let mut logs = Logs::default();
        let given = Parameters { seed: Some(seed), ..faulty() };
        let (core, _) = run(plan("kafka-c", given), &mut |node, message| logs.node(node, message));
        core.history().operations().to_vec()
    };
    assert_eq!(history(1), history(1));
    assert_ne!(history(1), history(2));
}
