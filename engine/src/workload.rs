//! The workloads: which operations clients run, and how each becomes requests and an outcome.
//!
//! Each workload has one module, and one line in [`workload`]. Histories are judged by the
//! checkers, not here.

mod broadcast;
mod definition;
mod echo;
mod elements;
mod exception;
mod g_counter;
mod g_set;
mod kafka;
mod key_pool;
mod last_read;
mod lin_kv;
mod pn_counter;
mod protocol;
mod script;
#[cfg(test)]
pub(crate) mod testing;
mod topology;
mod transactions;
mod txn_list_append;
mod txn_rw_register;
mod unique_ids;

use crate::EngineError;
use glomers_config::{Plan, Workload as Name};

pub use definition::Protocol;
pub(crate) use definition::{
    Client, ClientRequest, Completion, FreeWorker, Generator, Invocation, Next, Step, Workload,
};
pub(crate) use exception::EXCEPTION_INFO;
pub use protocol::protocol;
pub(crate) use script::Script;
pub use topology::neighbours;

/// Checks whether the workload can be run as planned; the reference crashes on plans that are
/// rejected here.
pub fn check_plan(plan: &Plan) -> Result<(), EngineError> {
    workload(plan).check()
}

/// The workload of the plan.
pub(crate) fn workload(plan: &Plan) -> Box<dyn Workload> {
    match plan.workload {
        Name::Broadcast => Box::new(broadcast::Broadcast::new(plan)),
        Name::Echo => Box::new(echo::Echo),
        Name::UniqueIds => Box::new(unique_ids::UniqueIds),
        Name::Kafka => Box::new(kafka::Kafka::new(plan)),
        Name::TxnListAppend => Box::new(txn_list_append::TxnListAppend::new(plan)),
        Name::TxnRwRegister => Box::new(txn_rw_register::TxnRwRegister::new(plan)),
        Name::GCounter => Box::new(g_counter::GCounter),
        Name::GSet => Box::new(g_set::GSet),
        Name::LinKv => Box::new(lin_kv::LinKv::new(plan)),
        Name::PnCounter => Box::new(pn_counter::PnCounter),
    }
}
