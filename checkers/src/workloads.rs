//! How each workload is judged: one file each, and one line in [`rules`].

mod broadcast;
mod echo;
mod final_reads;
mod g_counter;
mod g_set;
mod kafka;
mod lin_kv;
mod pn_counter;
mod set_explanation;
mod shown_part;
mod strays;
mod transactions;
mod txn_list_append;
mod txn_rw_register;
mod unique_ids;

pub use shown_part::ShownPart;

use crate::{Cluster, Criteria, Explanation, Warning};
use glomers_config::Workload;
use glomers_history::{History, Traffic, Verdict};

/// The rules for judging one workload.
pub(crate) trait Rules {
    /// The `:workload` result.
    fn check(&self, history: &History, criteria: &Criteria) -> Verdict;

    /// Why [`check`](Self::check) does not return valid; empty if it does.
    fn explain(&self, history: &History, criteria: &Criteria) -> Vec<Explanation>;

    /// Warnings, which do not affect the verdict. `traffic` is that of a run of these nodes.
    fn warn(&self, history: &History, traffic: Option<&Traffic>, cluster: &Cluster)
    -> Vec<Warning>;
}

/// The rules of a workload.
pub(crate) fn rules(workload: Workload) -> &'static dyn Rules {
    match workload {
        Workload::Broadcast => &broadcast::Broadcast,
        Workload::Echo => &echo::Echo,
        Workload::GCounter => &g_counter::GCounter,
        Workload::GSet => &g_set::GSet,
        Workload::Kafka => &kafka::Kafka,
        Workload::LinKv => &lin_kv::LinKv,
        Workload::PnCounter => &pn_counter::PnCounter,
        Workload::TxnListAppend => &txn_list_append::TxnListAppend,
        Workload::TxnRwRegister => &txn_rw_register::TxnRwRegister,
        Workload::UniqueIds => &unique_ids::UniqueIds,
    }
}
