//! Logs (challenge 5, kafka). There are no exhibits with wrong commits: as in Maelstrom, the test's
//! clients ask for committed offsets, but ignore the reply.

mod appends_again_after_a_timeout;
mod appends_without_cas;
mod commits;
mod counts_per_node;
mod messages;
mod polls_after_the_offset;
mod polls_over_gaps;
mod polls_over_holes;
mod refuses_what_it_appended;
mod reuses_offsets_after_a_crash;
mod trusts_the_order_of_arrival;

pub(super) use appends_again_after_a_timeout::EXHIBIT as APPENDS_AGAIN_AFTER_A_TIMEOUT;
pub(super) use appends_without_cas::EXHIBIT as APPENDS_WITHOUT_CAS;
pub(super) use counts_per_node::EXHIBIT as COUNTS_PER_NODE;
pub(super) use polls_after_the_offset::EXHIBIT as POLLS_AFTER_THE_OFFSET;
pub(super) use polls_over_gaps::EXHIBIT as POLLS_OVER_GAPS;
pub(super) use polls_over_holes::EXHIBIT as POLLS_OVER_HOLES;
pub(super) use refuses_what_it_appended::EXHIBIT as REFUSES_WHAT_IT_APPENDED;
pub(super) use reuses_offsets_after_a_crash::EXHIBIT as REUSES_OFFSETS_AFTER_A_CRASH;
pub(super) use trusts_the_order_of_arrival::EXHIBIT as TRUSTS_THE_ORDER_OF_ARRIVAL;
