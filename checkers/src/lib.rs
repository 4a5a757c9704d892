//! Judges a history: pure functions from operations to verdicts.
//!
//! Verdicts and their keys are the reference's. Findings that the reference misses (duplicated
//! elements, nodes that never talk to each other) are reported as a [`Warning`] next to the
//! verdict, and never change it; why a verdict is not valid is an [`Explanation`]. Nothing here
//! reads files or prints.

mod availability;
mod bifurcan_order;
mod check;
mod checker_error;
mod clojure_order;
mod counter;
mod criteria;
mod duplicates;
mod echo;
mod enum_set;
mod examples;
mod exceptions;
mod excerpt;
mod explanation;
mod failure;
mod graph;
mod guess;
mod independent;
mod interner;
mod java_hash;
mod kafka;
mod linearizability;
mod malformed;
mod moment;
mod net;
mod number;
mod plural;
mod quantiles;
mod result_map;
#[cfg(test)]
mod sample;
mod set_full;
mod stats;
mod streamed;
mod transactions;
mod unique_ids;
mod value_order;
mod warning;
mod workloads;

pub use availability::{AvailabilityResult, availability};
pub use check::{Checked, Findings, check, judge};
pub use checker_error::CheckerError;
pub use counter::{
    BoundedCounter, BoundedRead, Counter, NodeAdds, Shares, WrongSum, bounded_counter, counter,
};
pub use criteria::{Criteria, Referee};
pub use duplicates::{Duplicate, duplicates};
pub use echo::{Echo, EchoMismatch, echo};
pub use exceptions::{ExceptionGroup, Exceptions, exceptions};
pub use excerpt::json;
pub use explanation::{Explanation, LostExample, RepeatedId};
pub use failure::Failure;
pub use guess::{OtherTest, guess_workload, other_test};
pub use independent::has_independent_keys;
pub use kafka::{Kafka, KafkaAnomaly, KafkaError, KafkaProblem, KafkaStray, Lag, kafka};
pub use linearizability::{
    Configuration, Conflict, ConflictingCall, KeyVerdict, Linearizability, Nonlinearizable, Origin,
    PendingCall, Registers, linearizable_registers, linearizable_registers_within,
};
pub use malformed::{Malformed, has_operation_of};
pub use moment::Moment;
pub use net::{Net, net};
pub use plural::plural;
pub use quantiles::Quantiles;
pub use set_full::{LostElement, SetFull, StaleElement, set_full};
pub use stats::{Counts, Stats, stats};
pub use streamed::{Streamed, judge_transactions};
pub use transactions::{Datatype, Entries, TransactionHistory, TransactionResult};
pub use unique_ids::{UniqueIds, unique_ids};
pub use warning::Warning;
pub use workloads::ShownPart;
