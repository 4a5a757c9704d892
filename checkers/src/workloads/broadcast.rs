//! The broadcast workload: set-full, with `broadcast` as the name of adds.

mod late;

use super::Rules;
use super::final_reads::missing_final_reads;
use super::set_explanation::explain_set;
use super::strays;
use crate::checker_error::verdict_of;
use crate::{Cluster, Criteria, Explanation, Warning, duplicates, set_full};
use glomers_history::{Function, History, Traffic, Verdict};

pub(super) struct Broadcast;

impl Rules for Broadcast {
    fn check(&self, history: &History, _: &Criteria) -> Verdict {
        verdict_of(set_full(history, &Function::Broadcast))
    }

    fn explain(&self, history: &History, _: &Criteria) -> Vec<Explanation> {
        explain_set(history, &Function::Broadcast)
    }

    fn warn(
        &self,
        history: &History,
        traffic: Option<&Traffic>,
        cluster: &Cluster,
    ) -> Vec<Warning> {
        let mut warnings = Warning::unsuccessful(history);
        warnings.extend(missing_final_reads(history));
        warnings.extend(Warning::duplicated(duplicates(history)));
        warnings.extend(strays::warnings(history, &Function::Broadcast));
        warnings.extend(Warning::silent(traffic, cluster));
        warnings.extend(late::warning(history));
        warnings
    }
}
