//! The services compared with models that keep every state.

use super::*;
use glomers_history::json::read_body;
use proptest::prelude::*;
use std::collections::BTreeMap;

const KEYS: i64 = 2;
const VALUES: i64 = 3;
const CLIENTS: usize = 3;

/// A request to a key-value store.
#[derive(Debug, Clone)]
enum Ask {
    Read(i64),
    Write(i64, i64),
    Cas(i64, i64, i64, bool),
}

impl Ask {
    fn body(&self) -> Value {
        let text = match self {
            Self::Read(key) => format!(r#"{{"type":"read","key":{key}}}"#),
            Self::Write(key, value) => format!(r#"{{"type":"write","key":{key},"value":{value}}}"#),
            Self::Cas(key, from, to, create) => format!(
                r#"{{"type":"cas","key":{key},"from":{from},"to":{to},"create_if_not_exists":{create}}}"#
            ),
        };
        read_body(&text).unwrap()
    }
}

fn asks() -> impl Strategy<Value = Vec<(usize, Ask)>> {
    let (key, value) = (0..KEYS, 0..VALUES);
    let ask = prop_oneof![
        key.clone().prop_map(Ask::Read),
        (key.clone(), value.clone()).prop_map(|(key, value)| Ask::Write(key, value)),
        (key, value.clone(), value, any::<bool>())
            .prop_map(|(key, from, to, create)| Ask::Cas(key, from, to, create)),
    ];
    prop::collection::vec((0..CLIENTS, ask), 0..300)
}

type State = BTreeMap<i64, i64>;

/// A reply of a store: the value of a read, or the code of an error.
#[derive(Debug, PartialEq)]
enum Said {
    Value(i64),
    Done,
    Error(i64),
}

fn said(reply: &Reply) -> Said {
    let field = |name: &str| reply.iter().find(|(key, _)| *key == name).map(|(_, value)| value);
    match (field("value"), field("code")) {
        (Some(value), _) => Said::Value(value.as_int().unwrap()),
        (_, Some(code)) => Said::Error(code.as_int().unwrap()),
        _ => Said::Done,
    }
}

/// The next state and the reply.
fn model(state: &State, ask: &Ask) -> (State, Said) {
    let mut next = state.clone();
    let said = match *ask {
        Ask::Read(key) => state.get(&key).map_or(Said::Error(20), |value| Said::Value(*value)),
        Ask::Write(key, value) => {
            next.insert(key, value);
            Said::Done
        }
        Ask::Cas(key, from, to, create) => match state.get(&key) {
            Some(value) if *value != from => Said::Error(22),
            None if !create => Said::Error(20),
            _ => {
                next.insert(key, to);
                Said::Done
            }
        },
    };
    (next, said)
}

fn random(seed: u64) -> Random {
    Random::stream(seed, "services")
}

fn ask(service: &mut dyn Service, client: usize, ask: &Ask, random: &mut Random) -> Said {
    said(&service.handle(Address::Node(client), &ask.body(), random).unwrap())
}

proptest! {
    #[test]
    fn lin_kv_is_one_map(asks in asks()) {
        let (mut kv, mut random) = (lin_kv::LinKv::default(), random(0));
        let mut state = State::new();
        for (client, request) in asks {
            let (next, expected) = model(&state, &request);
            prop_assert_eq!(ask(&mut kv, client, &request, &mut random), expected);
            state = next;
        }
    }

    /// Compares with a model of the reference's algorithm that keeps every state; picks beyond the
    /// last 32 states wrap around.
    #[test]
    fn seq_kv_meets_the_states_that_it_should(
        asks in asks(),
        seed: u64,
        documented: bool,
    ) {
        let behaviour = if documented { Services::Documented } else { Services::Reference };
        let mut kv = seq_kv::SeqKv::new(behaviour);
        // Two equal streams: service and model draw the same numbers.
        let (mut theirs, mut ours) = (random(seed), random(seed));
        let mut states = vec![State::new()];
        let mut met = [0; CLIENTS];
        for (client, request) in asks {
            let newest = states.len() - 1;
            let oldest = if documented { newest.saturating_sub(31) } else { 0 };
            let first = oldest.max(met[client]);
            let picked = first + ours.index(newest - first + 1);
            let shown = newest - (newest - picked) % 32;
            let (next, mut expected) = model(&states[shown], &request);
            met[client] = picked;
            if next != states[shown] {
                let (next, now_expected) = model(&states[newest], &request);
                states.push(next);
                expected = now_expected;
                met[client] = newest + 1;
            }
            prop_assert_eq!(ask(&mut kv, client, &request, &mut theirs), expected);
        }
    }
}

/// A writer counts up, and a reader reads after every `writes_between` writes. Returns whether the
/// reader ever sees a smaller value than before.
fn goes_back(behaviour: Services, writes_between: i64) -> bool {
    let mut kv = seq_kv::SeqKv::new(behaviour);
    let mut random = random(3);
    let (mut written, mut seen) = (0, 0);
    for _ in 0..1000 {
        for _ in 0..writes_between {
            written += 1;
            ask(&mut kv, 0, &Ask::Write(0, written), &mut random);
            // The writer sees its writes immediately.
            let own = ask(&mut kv, 0, &Ask::Read(0), &mut random);
            assert_eq!(own, Said::Value(written));
        }
        for _ in 0..3 {
            let now = match ask(&mut kv, 1, &Ask::Read(0), &mut random) {
                Said::Value(value) => value,
                _ => 0,
            };
            if now < seen {
                return true;
            }
            seen = now;
        }
    }
    false
}

#[test]
fn seq_kv_goes_back_only_where_the_reference_does() {
    // The number of states to pick from is within what the reference keeps, or exceeds it.
    assert!(!goes_back(Services::Documented, 1));
    assert!(!goes_back(Services::Documented, 100));
    assert!(goes_back(Services::Reference, 100));
}

#[test]
fn seq_kv_shows_a_newcomer_any_of_the_states_alike() {
    let mut random = random(5);
    let mut counts = [0; 4];
    for _ in 0..4000 {
        let mut kv = seq_kv::SeqKv::new(Services::Reference);
        for value in 1..=3 {
            ask(&mut kv, 0, &Ask::Write(0, value), &mut random);
        }
        match ask(&mut kv, 1, &Ask::Read(0), &mut random) {
            Said::Value(value) => counts[usize::try_from(value).unwrap()] += 1,
            _ => counts[0] += 1,
        }
    }
    assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
}

/// How many of 1000 reads see a write, after `before` other writes.
fn reads_that_see(service: &mut dyn Service, before: usize, random: &mut Random) -> usize {
    assert_eq!(ask(service, 0, &Ask::Write(0, 1), random), Said::Done);
    let mut read = || ask(service, 1, &Ask::Read(0), random) == Said::Value(1);
    for _ in 0..before {
        read();
    }
    (0..1000).filter(|_| read()).count()
}

#[test]
fn lww_kv_never_agrees_unless_it_is_as_documented() {
    let mut random = random(9);
    let seen = reads_that_see(&mut lww_kv::Apart::default(), 1000, &mut random);
    assert!((420..580).contains(&seen), "{seen}");
    let at_first = reads_that_see(&mut lww_kv::Merging::default(), 0, &mut random);
    assert!(at_first < 1000);
    let seen = reads_that_see(&mut lww_kv::Merging::default(), 1000, &mut random);
    assert_eq!(seen, 1000);
}

#[test]
fn lww_kv_creates_by_cas_only_as_documented() {
    let mut random = random(9);
    let create = Ask::Cas(0, 1, 2, true);
    assert_eq!(ask(&mut lww_kv::Apart::default(), 0, &create, &mut random), Said::Error(20));
    assert_eq!(ask(&mut lww_kv::Merging::default(), 0, &create, &mut random), Said::Done);
    // The text of a failed comparison shows the expected string without its quotes.
    let mut kv = lww_kv::Apart::default();
    let mut reply = |body: &str| {
        let body = read_body(body).unwrap();
        kv.handle(Address::Node(0), &body, &mut random).unwrap()
    };
    for _ in 0..20 {
        reply(r#"{"type":"write","key":"a","value":"b"}"#);
    }
    let text = &reply(r#"{"type":"cas","key":"a","from":"c","to":1}"#)[2].1;
    assert_eq!(*text, Value::str(r#"current value "b" is not c"#));
}

proptest! {
    /// All replicas converge to one value for each key, which is the last write of some replica.
    #[test]
    fn documented_lww_kv_agrees_in_the_end(asks in asks(), seed: u64) {
        let (mut kv, mut random) = (lww_kv::Merging::default(), random(seed));
        for (client, request) in asks {
            ask(&mut kv, client, &request, &mut random);
        }
        for _ in 0..1000 {
            ask(&mut kv, 0, &Ask::Read(0), &mut random);
        }
        for key in 0..KEYS {
            let first = ask(&mut kv, 0, &Ask::Read(key), &mut random);
            for _ in 0..50 {
                prop_assert_eq!(&ask(&mut kv, 0, &Ask::Read(key), &mut random), &first);
            }
        }
    }
}
