//! The kafka workload.

use super::Rules;
use crate::checker_error::verdict_of;
use crate::kafka::strays;
use crate::{Cluster, Criteria, Explanation, Warning, kafka};
use glomers_history::{History, Kind, Traffic, Value, Verdict};

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
        cluster: &Cluster,
    ) -> Vec<Warning> {
        let mut warnings = Warning::unsuccessful(history);
        warnings.extend(strays(history).into_iter().map(Warning::Kafka));
        warnings.extend(nothing_polled(history));
        warnings.extend(Warning::silent(traffic, cluster));
        warnings
    }
}

/// Looks for nodes that acknowledge messages and never show any.
fn nothing_polled(history: &History) -> Option<Warning> {
    let (mut sent, mut polls, mut first) = (0, 0, None);
    for (_, operation) in history.client_operations() {
        if operation.kind != Kind::Ok {
            continue;
        }
        // An operation may be several: [[:send key [offset message]] [:poll {key messages}]].
        for part in operation.value.elements().unwrap_or_default() {
            match part.elements() {
                Some([Value::Keyword(name), Value::Map(messages)]) if name == "poll" => {
                    let is_empty =
                        |messages: &Value| messages.elements().is_none_or(<[Value]>::is_empty);
                    if !messages.iter().all(|(_, messages)| is_empty(messages)) {
                        return None;
                    }
                    polls += 1;
                }
                Some([Value::Keyword(name), ..]) if name == "send" => {
                    sent += 1;
                    first.get_or_insert(operation);
                }
                _ => {}
            }
        }
    }
    (polls > 0).then_some(())?;
    Some(Warning::NothingPolled { sent, polls, first: first?.into() })
}
