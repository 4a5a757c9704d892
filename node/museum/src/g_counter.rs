//! Grow-only counters (challenge 4). Some keep one sum in `seq-kv`, as the challenge suggests; the
//! others keep a sum for each node, and send these to each other.

mod counts_again_after_a_timeout;
mod counts_repetitions;
mod forgets_its_own_sum;
mod ignores_a_failed_cas;
mod messages;
mod reads_stale;
mod reads_then_writes;
mod sum;
mod takes_over_older_sums;

pub(super) use counts_again_after_a_timeout::EXHIBIT as COUNTS_AGAIN_AFTER_A_TIMEOUT;
pub(super) use counts_repetitions::EXHIBIT as COUNTS_REPETITIONS;
pub(super) use forgets_its_own_sum::EXHIBIT as FORGETS_ITS_OWN_SUM;
pub(super) use ignores_a_failed_cas::EXHIBIT as IGNORES_A_FAILED_CAS;
pub(super) use reads_stale::EXHIBIT as READS_STALE;
pub(super) use reads_then_writes::EXHIBIT as READS_THEN_WRITES;
pub(super) use takes_over_older_sums::EXHIBIT as TAKES_OVER_OLDER_SUMS;
