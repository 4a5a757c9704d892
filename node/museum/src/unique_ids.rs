//! Unique ids (challenge 2).

mod asks_the_first_node;
mod counts_from_zero_again;
mod draws_blocks_without_cas;
mod draws_too_few_bits;
mod messages;
mod takes_the_clock;

pub(super) use asks_the_first_node::EXHIBIT as ASKS_THE_FIRST_NODE;
pub(super) use counts_from_zero_again::EXHIBIT as COUNTS_FROM_ZERO_AGAIN;
pub(super) use draws_blocks_without_cas::EXHIBIT as DRAWS_BLOCKS_WITHOUT_CAS;
pub(super) use draws_too_few_bits::EXHIBIT as DRAWS_TOO_FEW_BITS;
pub(super) use takes_the_clock::EXHIBIT as TAKES_THE_CLOCK;
