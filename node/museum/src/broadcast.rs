//! Broadcast (challenge 3). All nodes talk to each other directly; the suggested topology is used
//! only by bugs that need it.

mod acknowledges_before_it_stores;
mod clears_what_came_meanwhile;
mod forgets_to_retry;
mod gives_up;
mod messages;
mod numbers_from_one_again;
mod passes_nothing_on;
mod repairs_one_way;
mod retries_without_dedupe;
mod starts_empty_after_a_crash;
mod takes_one_ack_for_all;

pub(super) use acknowledges_before_it_stores::EXHIBIT as ACKNOWLEDGES_BEFORE_IT_STORES;
pub(super) use clears_what_came_meanwhile::EXHIBIT as CLEARS_WHAT_CAME_MEANWHILE;
pub(super) use forgets_to_retry::EXHIBIT as FORGETS_TO_RETRY;
pub(super) use gives_up::EXHIBIT as GIVES_UP;
pub(super) use numbers_from_one_again::EXHIBIT as NUMBERS_FROM_ONE_AGAIN;
pub(super) use passes_nothing_on::EXHIBIT as PASSES_NOTHING_ON;
pub(super) use repairs_one_way::EXHIBIT as REPAIRS_ONE_WAY;
pub(super) use retries_without_dedupe::EXHIBIT as RETRIES_WITHOUT_DEDUPE;
pub(super) use starts_empty_after_a_crash::EXHIBIT as STARTS_EMPTY_AFTER_A_CRASH;
pub(super) use takes_one_ack_for_all::EXHIBIT as TAKES_ONE_ACK_FOR_ALL;
