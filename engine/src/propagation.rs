//! Measures how long a broadcast value takes from the first node that has it to the last.
//!
//! The engine sees every delivery, but does not know the meaning of messages between nodes. So each
//! path of keys in their bodies is assumed to contain values until that is refuted: by an integer
//! that was never broadcast, or by a read that lacks a value which the node had received at that
//! path.

mod dropped;
mod spread;

use crate::Time;
use crate::message::NodeIndex;
use crate::time::NANOS_PER_MS;
use crate::{PropagationTimes, ValuesPassedOn};
use dropped::DroppedMessages;
use glomers_history::{Value, quantile_index};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use spread::Spread;
use std::fmt;

pub(crate) use dropped::{DropCause, Dropped};

/// Number of recent values that are checked at each read: enough to refute a path, and cheap.
const CHECKED_VALUES: usize = 256;
/// A read only refutes a path if the value arrived this much earlier; an answer that was already in
/// transit proves nothing.
const SLACK_NANOS: u64 = 50 * NANOS_PER_MS;
/// Maximum number of paths that are followed. Bodies that keep adding new keys have no stable
/// paths.
const MOST_PATHS: usize = 64;

/// When each value arrived at each node: one row of times per value.
type Arrivals = Vec<Option<Time>>;

/// Follows broadcast values between nodes.
#[derive(Debug)]
pub(crate) struct Propagation {
    nodes: usize,
    /// Number of values that were broadcast: 0, 1, 2, ...
    values: usize,
    /// Values in transit to a node, by the client that sent them. Only used for lookups.
    sent: FxHashMap<u32, usize>,
    /// Arrivals that clients caused or observed: their broadcasts and their reads.
    certain: Arrivals,
    /// Arrivals by path in server messages.
    paths: IndexMap<String, BodyPath, FxBuildHasher>,
    /// The last body of a server message, and its numbers, each with the index of its path. Cached
    /// because many nodes receive the same body.
    last_body: String,
    last_numbers: Vec<(usize, i64)>,
    /// By value: how often a message between nodes delivered it to a node.
    deliveries: Vec<u64>,
    /// Which nodes passed the first values on to which.
    spread: Spread,
    /// Messages with values that were dropped.
    dropped: DroppedMessages,
}

/// What is known of a path in the bodies of server messages.
#[derive(Debug)]
enum BodyPath {
    /// Nothing refutes that it contains values.
    Believed(Arrivals),
    /// A node received a value there and later read without it: either the path contains something
    /// else, or the node ignored the message.
    Doubted(Arrivals),
    /// It contains something else.
    Wrong,
}

impl BodyPath {
    fn believed(&self) -> Option<&Arrivals> {
        if let Self::Believed(arrivals) = self { Some(arrivals) } else { None }
    }

    /// The arrivals, even if a read contradicts them.
    fn possible(&self) -> Option<&Arrivals> {
        match self {
            Self::Believed(arrivals) | Self::Doubted(arrivals) => Some(arrivals),
            Self::Wrong => None,
        }
    }
}

/// Whether a path has the name that clients' own requests or replies use: then it certainly
/// contains values.
fn is_named_as_values(path: &str) -> bool {
    path.ends_with("/message") || path.ends_with("/messages")
}

/// What is known of one value.
pub(crate) struct Trace {
    /// By node: when it first had the value.
    pub(crate) arrivals: Vec<Option<Time>>,
    /// By node that never showed the value in a read: when another node's message delivered it.
    pub(crate) unshown: Vec<Option<Time>>,
    /// By node that never had the value: the messages with it that were dropped.
    pub(crate) dropped: Vec<Option<Dropped>>,
    /// Whether each node except the first got it in a message whose content is understood.
    pub(crate) is_traced: bool,
}

impl Propagation {
    pub(crate) fn new(nodes: usize) -> Self {
        Self {
            nodes,
            values: 0,
            sent: FxHashMap::default(),
            certain: Vec::new(),
            paths: IndexMap::default(),
            last_body: String::new(),
            last_numbers: Vec::new(),
            deliveries: Vec::new(),
            spread: Spread::default(),
            dropped: DroppedMessages::default(),
        }
    }

    /// Records that a client sends a value to a node.
    pub(crate) fn broadcast(&mut self, client: u32, element: i64) {
        let Ok(element) = usize::try_from(element) else { return };
        self.values = self.values.max(element + 1);
        self.sent.insert(client, element);
    }

    /// Records that a client's message arrives at a node.
    pub(crate) fn client_message(&mut self, now: Time, node: NodeIndex, client: u32) {
        if let Some(element) = self.sent.remove(&client) {
            arrive(&mut self.certain, self.nodes, node, element, now);
        }
    }

    /// Records the values that a node returned from a read.
    pub(crate) fn read(&mut self, now: Time, node: NodeIndex, elements: &[Value]) {
        let oldest = self.values.saturating_sub(CHECKED_VALUES);
        let mut shown = vec![false; self.values - oldest];
        for element in elements.iter().filter_map(Value::as_int) {
            let Ok(element) = usize::try_from(element) else { continue };
            if element < self.values {
                arrive(&mut self.certain, self.nodes, node, element, now);
                if element >= oldest {
                    shown[element - oldest] = true;
                }
            }
        }
        for path in self.paths.values_mut() {
            let BodyPath::Believed(arrivals) = path else { continue };
            let is_wrong = (oldest..self.values).any(|element| {
                let arrival = arrivals.get(element * self.nodes + node).copied().flatten();
                arrival.is_some_and(|arrival| arrival.plus_nanos(SLACK_NANOS) < now)
                    && !shown[element - oldest]
            });
            if is_wrong {
                *path = BodyPath::Doubted(std::mem::take(arrivals));
            }
        }
    }

    /// Records that a message of another node, or of a service, arrives at a node.
    pub(crate) fn server_message(
        &mut self,
        now: Time,
        src: Option<NodeIndex>,
        node: NodeIndex,
        body: &str,
    ) {
        if self.values == 0 {
            return;
        }
        self.read_numbers(body);
        for (path, number) in &self.last_numbers {
            let path = &mut self.paths[*path];
            match usize::try_from(*number) {
                Ok(element) if element < self.values => {
                    if let BodyPath::Believed(arrivals) | BodyPath::Doubted(arrivals) = path {
                        if self.deliveries.len() <= element {
                            self.deliveries.resize(element + 1, 0);
                        }
                        self.deliveries[element] += 1;
                        if let Some(src) = src {
                            self.spread.add(element, src, node);
                        }
                        arrive(arrivals, self.nodes, node, element, now);
                    }
                }
                _ => *path = BodyPath::Wrong,
            }
        }
    }

    /// Records that a message between nodes was dropped.
    pub(crate) fn message_dropped(
        &mut self,
        now: Time,
        src: NodeIndex,
        dest: NodeIndex,
        id: u64,
        body: &str,
        cause: DropCause,
    ) {
        if self.values == 0 {
            return;
        }
        self.read_numbers(body);
        let Self { paths, certain, last_numbers, dropped, nodes, values, .. } = self;
        let has = |element: usize, node: NodeIndex| {
            let cell = element * *nodes + node;
            let mut everywhere = paths.values().filter_map(BodyPath::possible).chain([&*certain]);
            everywhere.any(|arrivals| arrivals.get(cell).is_some_and(Option::is_some))
        };
        for (path, number) in last_numbers {
            let Ok(element) = usize::try_from(*number) else { continue };
            if element < *values && paths[*path].possible().is_some() && !has(element, dest) {
                let one =
                    Dropped { position: *path, src, id, first: now, last: now, count: 1, cause };
                dropped.add(element, dest, one, has);
            }
        }
    }

    /// How often nodes were sent the same value: minimum and maximum over the values that were
    /// passed on at all.
    pub(crate) fn deliveries(&self) -> Option<(u64, u64)> {
        let passed_on = || self.deliveries.iter().copied().filter(|count| *count > 0);
        Some((passed_on().min()?, passed_on().max()?))
    }

    /// How nodes passed on the first values; `None` if they passed on none.
    pub(crate) fn passed_on(&self) -> Option<ValuesPassedOn> {
        self.spread.passed_on()
    }

    /// What is known of a value; `None` if it was never broadcast.
    pub(crate) fn trace(&self, element: i64) -> Option<Trace> {
        let element = usize::try_from(element).ok().filter(|element| *element < self.values)?;
        let at = |arrivals: &Arrivals, node| arrivals.get(element * self.nodes + node).copied()?;
        let by_message = |node| self.believed().filter_map(|arrivals| at(arrivals, node)).min();
        let arrivals: Vec<Option<Time>> = (0..self.nodes)
            .map(|node| [by_message(node), at(&self.certain, node)].into_iter().flatten().min())
            .collect();
        let first = arrivals.iter().flatten().min();
        let is_understood = |node: NodeIndex, arrival: &Option<Time>| {
            arrival.is_none() || arrival.as_ref() == first || by_message(node).is_some()
        };
        let is_traced = self.believed().next().is_some()
            && arrivals.iter().enumerate().all(|(node, arrival)| is_understood(node, arrival));
        let dropped = arrivals.iter().enumerate().map(|(node, arrival)| {
            let dropped = self.dropped.get(element, node).filter(|_| arrival.is_none())?;
            self.paths.get_index(dropped.position)?.1.possible().map(|_| dropped)
        });
        let dropped = dropped.collect();
        let doubted = |node: NodeIndex| {
            let named = self.paths.iter().filter(|(path, _)| is_named_as_values(path));
            named.filter_map(|(_, path)| at(path.possible()?, node)).min()
        };
        let unshown = arrivals.iter().enumerate().map(|(node, arrival)| match arrival {
            Some(_) => None,
            None => doubted(node),
        });
        let unshown = unshown.collect();
        Some(Trace { arrivals, unshown, dropped, is_traced })
    }

    fn believed(&self) -> impl Iterator<Item = &Arrivals> {
        self.paths.values().filter_map(BodyPath::believed)
    }

    /// Reads the numbers of a body, each with its path.
    fn read_numbers(&mut self, body: &str) {
        if self.last_body != body {
            body.clone_into(&mut self.last_body);
            self.last_numbers.clear();
            let mut path = String::new();
            let scan = Scan { propagation: self, path: &mut path };
            // The text was checked on arrival; numbers that do not fit are not broadcast values.
            let _ = scan.deserialize(&mut serde_json::Deserializer::from_str(body));
        }
    }

    /// Records a number in the last body, and its path.
    fn found(&mut self, path: &str, number: i64) {
        let position = match self.paths.get_index_of(path) {
            Some(position) => position,
            None if self.paths.len() == MOST_PATHS => return,
            None => self.paths.insert_full(path.to_owned(), BodyPath::Believed(Vec::new())).0,
        };
        self.last_numbers.push((position, number));
    }

    /// Median and maximum over the values that every node has.
    pub(crate) fn times(&self) -> Option<PropagationTimes> {
        if self.nodes < 2 {
            return None;
        }
        let mut spreads: Vec<u64> =
            (0..self.values).filter_map(|element| self.spread(element)).collect();
        spreads.sort_unstable();
        let ms = |nanos: u64| nanos as f64 / NANOS_PER_MS as f64;
        let median = spreads[quantile_index(spreads.len(), 0.5)?];
        Some(PropagationTimes { median_ms: ms(median), max_ms: ms(*spreads.last()?) })
    }

    /// Nanoseconds from the first node to the last; `None` if a node never had the value.
    fn spread(&self, element: usize) -> Option<u64> {
        let mut first = Time::from_nanos(u64::MAX);
        let mut last = Time::default();
        for node in 0..self.nodes {
            let cell = element * self.nodes + node;
            let everywhere = self.believed().chain([&self.certain]);
            let arrival = everywhere.filter_map(|arrivals| *arrivals.get(cell)?).min()?;
            first = first.min(arrival);
            last = last.max(arrival);
        }
        u64::try_from(last.since(first).as_nanos()).ok()
    }
}

/// Records an arrival, unless there was an earlier one.
fn arrive(arrivals: &mut Arrivals, nodes: usize, node: NodeIndex, element: usize, now: Time) {
    let row_end = (element + 1) * nodes;
    if arrivals.len() < row_end {
        arrivals.resize(row_end, None);
    }
    arrivals[element * nodes + node].get_or_insert(now);
}

/// Walks a body and records every integer with its path.
struct Scan<'a> {
    propagation: &'a mut Propagation,
    path: &'a mut String,
}

impl Scan<'_> {
    fn inner(&mut self) -> Scan<'_> {
        Scan { propagation: &mut *self.propagation, path: &mut *self.path }
    }

    fn found(self, number: i64) {
        self.propagation.found(self.path, number);
    }
}

impl<'de> DeserializeSeed<'de> for Scan<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Scan<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _value: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.found(number);
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.found(i64::try_from(number).unwrap_or(i64::MAX));
        Ok(())
    }

    fn visit_f64<E: Error>(self, _number: f64) -> Result<(), E> {
        self.found(-1);
        Ok(())
    }

    fn visit_str<E: Error>(self, _text: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        while elements.next_element_seed(self.inner())?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        let outer = self.path.len();
        while let Some(key) = entries.next_key::<std::borrow::Cow<'_, str>>()? {
            if outer == 0 && matches!(&*key, "msg_id" | "in_reply_to") {
                entries.next_value::<IgnoredAny>()?;
                continue;
            }
            self.path.push('/');
            // Values may be the keys of an object.
            if let Ok(number) = key.parse() {
                self.path.push('#');
                self.inner().found(number);
            } else {
                self.path.push_str(&key);
            }
            entries.next_value_seed(self.inner())?;
            self.path.truncate(outer);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Time {
        Time::from_nanos(ms * NANOS_PER_MS)
    }

    #[test]
    fn arrivals_come_from_deliveries_and_reads() {
        let mut propagation = Propagation::new(3);
        propagation.broadcast(0, 0);
        propagation.client_message(at(0), 0, 0);
        propagation.server_message(
            at(100),
            None,
            1,
            r#"{"type":"gossip","msg_id":7,"values":[0]}"#,
        );
        propagation.read(at(250), 2, &[Value::Int(0)]);
        let times = propagation.times().unwrap();
        assert!((times.max_ms - 250.0).abs() < 1e-9);
    }

    #[test]
    fn places_that_carry_something_else_are_not_believed() {
        let mut propagation = Propagation::new(2);
        propagation.broadcast(0, 0);
        propagation.client_message(at(0), 0, 0);
        // A counter that is 0 at first, and is refuted by a larger number.
        propagation.server_message(at(1), None, 1, r#"{"type":"ping","seq":0}"#);
        assert!(propagation.times().is_some());
        propagation.server_message(at(2), None, 1, r#"{"type":"ping","seq":9}"#);
        assert!(propagation.times().is_none());
        // A field that never leaves the range of values, and is refuted by a read.
        propagation.server_message(at(3), None, 1, r#"{"type":"ping","ttl":0}"#);
        assert!(propagation.times().is_some());
        propagation.read(at(100), 1, &[]);
        assert!(propagation.times().is_none());
    }

    #[test]
    fn a_dropped_message_is_known_until_its_value_arrives() {
        let mut propagation = Propagation::new(3);
        for (client, node) in [(0, 0), (1, 1)] {
            propagation.broadcast(client, client.into());
            propagation.client_message(at(0), node, client);
        }
        let body = r#"{"type":"gossip","value":0}"#;
        propagation.server_message(at(1), None, 1, body);
        for ms in [1, 5] {
            propagation.message_dropped(at(ms), 0, 2, ms, body, DropCause::Cut(4));
        }
        let trace = propagation.trace(0).unwrap();
        assert_eq!(trace.arrivals, [Some(at(0)), Some(at(1)), None]);
        let dropped = trace.dropped[2].unwrap();
        assert_eq!((dropped.src, dropped.id, dropped.count), (0, 1, 2));
        assert_eq!((dropped.first, dropped.last), (at(1), at(5)));
        assert!(trace.is_traced);
        assert!(propagation.trace(1).unwrap().dropped.iter().all(Option::is_none));
        assert!(propagation.trace(2).is_none());
        propagation.server_message(at(9), None, 2, body);
        assert!(propagation.trace(0).unwrap().dropped[2].is_none());
    }

    #[test]
    fn a_node_that_does_nothing_with_a_value_is_known() {
        let mut propagation = Propagation::new(2);
        propagation.broadcast(0, 0);
        propagation.client_message(at(0), 0, 0);
        propagation.server_message(at(1), None, 1, r#"{"type":"broadcast","message":0,"ttl":0}"#);
        propagation.read(at(100), 1, &[]);
        let trace = propagation.trace(0).unwrap();
        assert_eq!((trace.arrivals, trace.is_traced), (vec![Some(at(0)), None], false));
        assert_eq!(trace.unshown, [None, Some(at(1))]);
        propagation.read(at(200), 1, &[Value::Int(0)]);
        assert_eq!(propagation.trace(0).unwrap().unshown, [None, None]);
    }

    #[test]
    fn a_value_that_came_in_no_message_that_is_understood_is_not_traced() {
        let mut propagation = Propagation::new(2);
        propagation.broadcast(0, 0);
        propagation.client_message(at(0), 0, 0);
        propagation.server_message(at(1), None, 1, r#"{"type":"gossip","value":"x0"}"#);
        propagation.read(at(9), 1, &[Value::Int(0)]);
        assert!(!propagation.trace(0).unwrap().is_traced);
    }

    #[test]
    fn values_may_be_keys() {
        let mut propagation = Propagation::new(2);
        propagation.broadcast(0, 0);
        propagation.client_message(at(0), 0, 0);
        propagation.server_message(at(40), None, 1, r#"{"type":"sync","seen":{"0":true}}"#);
        assert!((propagation.times().unwrap().median_ms - 40.0).abs() < 1e-9);
    }
}
