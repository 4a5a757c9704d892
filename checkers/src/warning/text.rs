//! The texts of warnings: what is odd, and what to do about it.

use super::Warning;
use crate::excerpt::json;
use crate::plural::plural;
use glomers_history::Function;
use std::fmt;

/// Advice on how to make replicas agree.
const REPEAT: &str = "Pass on to every node what each node got until it is acknowledged, and take it only once there.";

impl fmt::Display for Warning {
    #[expect(clippy::too_many_lines, reason = "one arm for each warning")]
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoOperations => write!(
                out,
                "No operation was run, so the verdict says nothing about the node: raise --rate \
                 or --time-limit."
            ),
            Self::Unsuccessful { f, counts, first } => write!(
                out,
                "Not every {f} operation succeeded ({counts}), and the verdict asks for one only: \
                 pass --availability total to ask for all. The first: {first}."
            ),
            Self::MissingFinalReads { missing, total } => write!(
                out,
                "{missing} of {total} final reads did not succeed, so what those nodes have in the end \
                 is not shown: make every node answer `read`, also after a partition."
            ),
            Self::DuplicatedElements { count, worst } => write!(
                out,
                "{} shown more than once by a single read, for example {} ({} times by {}): keep \
                 messages in a set, or pass --fail-on-duplicates to make this fail.",
                plural(*count, "value was", "values were"),
                json(&worst.element),
                worst.multiplicity,
                worst.read
            ),
            Self::UnknownValues { f, count, element, read, meant: Some(meant) } => write!(
                out,
                "{} read that no client {done}, for example {} by {read}, while {} was {done}: \
                 keep each {payload} as the JSON value that it came as.",
                plural(*count, "value was", "values were"),
                json(element),
                json(meant),
                done = done(f),
                payload = payload(f)
            ),
            Self::UnknownValues { f, count, element, read, meant: None } => write!(
                out,
                "{} read that no client {}, for example {} by {read}: answer `read` with \
                 nothing but the `{}` of {f}s.",
                plural(*count, "value was", "values were"),
                done(f),
                json(element),
                payload(f)
            ),
            Self::ReadTooEarly { f, count, element, read, invocation } => write!(
                out,
                "{} read before anyone {done} it, for example {} by {read}, though first \
                 {done} by {invocation}: look for a list that does not start empty, or a \
                 file from an earlier run.",
                plural(*count, "value was", "values were"),
                json(element),
                done = done(f)
            ),
            Self::ImpossibleSums { count, value, read, least, greatest } => write!(
                out,
                "{} a sum that the adds until then cannot have, for example {} by {read}, while \
                 {} to {} was possible; the verdict looks at final reads only: look for an \
                 add that counts twice, or a counter that does not start at 0.",
                plural(*count, "read showed", "reads showed"),
                json(value),
                json(least),
                json(greatest)
            ),
            Self::ReplicasDisagree { first: (value, read), other: (other, by) } => write!(
                out,
                "The nodes do not agree in the end: {} was read by {read}, {} by {by}. {REPEAT}",
                json(value),
                json(other)
            ),
            Self::ElementMissing { count, element, with, without } => write!(
                out,
                "The nodes do not agree in the end: {} in one last read and not in another, for \
                 example {}, which {with} shows and {without} does not. {REPEAT}",
                plural(*count, "element is", "elements are"),
                json(element)
            ),
            Self::NullReads { count, total, read } => write!(
                out,
                "{count} of {total} successful reads returned null, which the verdict accepts \
                 whatever was written, first {read}: answer with the value, or with error 20 when \
                 the key does not exist."
            ),
            Self::StrayRead { count, key, value, read, written: None } => write!(
                out,
                "{} read by transactions that no transaction wrote, for example {} from key {} by \
                 {read}: answer reads with nothing but what was written to that key.",
                plural(*count, "value was", "values were"),
                json(value),
                json(key)
            ),
            Self::StrayRead { count, key, value, read, written: Some(written) } => write!(
                out,
                "{} read by transactions before any transaction wrote it, for example {} from key \
                 {} by {read}, though first written by {written}: look for data from an earlier run.",
                plural(*count, "value was", "values were"),
                json(value),
                json(key)
            ),
            Self::OfKey { key, warning, more: 0 } => write!(out, "Key {}: {warning}", json(key)),
            Self::OfKey { key, warning, more } => write!(
                out,
                "Key {}: {warning} ({} about other keys)",
                json(key),
                plural(*more, "more warning is", "more warnings are")
            ),
            Self::NothingRead { reads, written, write, read } => write!(
                out,
                "No transaction read what another one had written: {} nothing although the key had \
                 been written, the first by {read}, after {} by {write}. Nothing then \
                 depends on anything, so the verdict says nothing: apply the writes of each \
                 transaction, and answer its reads with what is stored.",
                plural(*reads, "read showed", "reads showed"),
                json(written)
            ),
            Self::NothingPolled { sent, polls, first } => write!(
                out,
                "No poll returned a message, though {} acknowledged, the first by {first}, and {} \
                 succeeded: answer `poll` with the messages from each given offset on, as \
                 [[offset, message], ...] for each key.",
                plural(*sent, "send was", "sends were"),
                plural(*polls, "poll", "polls")
            ),
            Self::MostlyRefused { count, total, ok, first } => write!(
                out,
                "{count} of {total} operations did not succeed, and not for what they asked (a cas \
                 from another value, a key that does not exist); {ok} succeeded. The verdict is \
                 about those only, so it says little: pass --availability 0.5 or more to ask for \
                 others. The first: {first}."
            ),
            Self::Kafka(stray) => write!(out, "{stray}"),
            Self::Malformed(malformed) => write!(out, "{malformed}"),
            Self::NoServerMessages { node_count } => write!(
                out,
                "The {node_count} nodes sent each other no message: pass values on to other nodes, \
                 by lines on stdout with their names as `dest`; what goes by a file or a socket \
                 meets neither latency nor partitions."
            ),
            Self::AcknowledgedSlowly { broadcast, read } => write!(
                out,
                "Broadcasts are acknowledged slowly: the quickest took {} ms, the quickest read {} \
                 ms, and messages wait behind both. Answer `broadcast_ok` at once, and do what \
                 takes time, or waits for other nodes, beside it.",
                broadcast.as_millis(),
                read.as_millis()
            ),
            Self::AcknowledgedLate { broadcast, read } => write!(
                out,
                "The median broadcast was acknowledged after {} ms, the median read after {} ms, \
                 and stable latencies only count from the acknowledgement: answer `broadcast_ok` \
                 before waiting for other nodes, or judge by propagation-p50.",
                broadcast.as_millis(),
                read.as_millis()
            ),
        }
    }
}

/// The past participle of a function in messages.
fn done(f: &Function) -> &str {
    if *f == Function::Add { "added" } else { f.name() }
}

/// The field of the request that has the value.
fn payload(f: &Function) -> &'static str {
    if *f == Function::Add { "element" } else { "message" }
}
