//! The txn-rw-register workload.

use super::{Rules, transactions};
use crate::{Cluster, Criteria, Datatype, Explanation, Warning};
use glomers_history::{History, Traffic, Verdict};

pub(super) struct TxnRwRegister;

impl Rules for TxnRwRegister {
    fn check(&self, history: &History, criteria: &Criteria) -> Verdict {
        transactions::check(history, criteria, Datatype::Register)
    }

    fn explain(&self, history: &History, criteria: &Criteria) -> Vec<Explanation> {
        transactions::explain(history, criteria, Datatype::Register)
    }

    fn warn(
        &self,
        history: &History,
        traffic: Option<&Traffic>,
        cluster: &Cluster,
    ) -> Vec<Warning> {
        transactions::warn(history, traffic, cluster, Datatype::Register)
    }
}
