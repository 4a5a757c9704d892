//! The kafka workload.

use super::Rules;
use crate::checker_error::verdict_of;
use crate::kafka::strays;
use crate::{Criteria, Explanation, Warning, kafka};
use glomers_history::{History, Traffic, Verdict};

pub(super) struct Kafka;

impl Rules for Kafka {
    fn check(&self, history: &History, _: &Criteria) -> Verdict {
        verdict_of(kafka(history))
    }

    fn explain(&self, history: &History, _: &Criteria) -> Vec<Explanation> {
        match kafka(history) {
            Ok(kafka) => kafka.problems().into_iter().map(Explanation::Kafka).collect(),
            Err(error) => vec![Explanation::NotJudged(error)],
        }
    }

    fn warn(
        &self,
        history: &History,
        traffic: Option<&Traffic>,
        node_count: usize,
    ) -> Vec<Warning> {
        let mut warnings = Warning::unsuccessful(history);
        warnings.extend(strays(history).into_iter().map(Warning::Kafka));
        warnings.extend(Warning::silent(traffic, node_count));
        warnings
    }
}
