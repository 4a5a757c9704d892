//! The g-counter workload: judged like pn-counter, though its clients never subtract.

use super::Rules;
use super::pn_counter::PnCounter;
use crate::{Cluster, Criteria, Explanation, Warning};
use glomers_history::{History, Traffic, Verdict};

pub(super) struct GCounter;

impl Rules for GCounter {
    fn check(&self, history: &History, criteria: &Criteria) -> Verdict {
        PnCounter.check(history, criteria)
    }

    fn explain(&self, history: &History, criteria: &Criteria) -> Vec<Explanation> {
        PnCounter.explain(history, criteria)
    }

    fn warn(
        &self,
        history: &History,
        traffic: Option<&Traffic>,
        cluster: &Cluster,
    ) -> Vec<Warning> {
        PnCounter.warn(history, traffic, cluster)
    }
}
