//! Transactions over registers (challenge 6). There are no exhibits with lost updates, read skew
//! and similar anomalies: both read uncommitted and read committed allow these.

mod aborts_what_it_wrote;
mod messages;
mod refuses_unknown_keys;
mod registers;
mod replicates_each_write;
mod runs_again_after_a_timeout;
mod runs_op_by_op;
mod waits_for_the_others;

pub(super) use aborts_what_it_wrote::EXHIBIT as ABORTS_WHAT_IT_WROTE;
pub(super) use refuses_unknown_keys::EXHIBIT as REFUSES_UNKNOWN_KEYS;
pub(super) use replicates_each_write::EXHIBIT as REPLICATES_EACH_WRITE;
pub(super) use runs_again_after_a_timeout::EXHIBIT as RUNS_AGAIN_AFTER_A_TIMEOUT;
pub(super) use runs_op_by_op::EXHIBIT as RUNS_OP_BY_OP;
pub(super) use waits_for_the_others::EXHIBIT as WAITS_FOR_THE_OTHERS;
