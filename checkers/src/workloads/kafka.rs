//! The kafka workload.

use super::{WorkloadFindings, WorkloadResult, not_judged};
use crate::kafka::{CheckedLogs, check_logs};
use crate::{CheckerError, Criteria, Explanation, Kafka, KafkaStray, Stats, Warning};
use glomers_history::{History, Kind, Traffic, Value, Verdict};

#[derive(Debug)]
struct KafkaFindings<'h> {
    history: &'h History,
    criteria: &'h Criteria,
    kafka: Result<Kafka<'h>, CheckerError>,
    strays: Vec<KafkaStray>,
}

/// Runs the checker.
pub(super) fn check<'h>(history: &'h History, criteria: &'h Criteria) -> WorkloadResult<'h> {
    let CheckedLogs { kafka, strays } = check_logs(history);
    let verdict = match &kafka {
        Ok(kafka) => Verdict::from(kafka),
        Err(error) => error.clone().into(),
    };
    WorkloadResult::new(verdict, KafkaFindings { history, criteria, kafka, strays })
}

impl WorkloadFindings for KafkaFindings<'_> {
    fn explanations(&self) -> Vec<Explanation> {
        match &self.kafka {
            Ok(kafka) => kafka.problems().into_iter().map(Explanation::Kafka).collect(),
            Err(error) => not_judged(error),
        }
    }

    fn warnings(&self, stats: &Stats, traffic: Option<&Traffic>) -> Vec<Warning> {
        let mut warnings = Warning::unsuccessful(self.history, stats);
        warnings.extend(self.strays.iter().cloned().map(Warning::Kafka));
        warnings.extend(nothing_polled(self.history));
        warnings.extend(Warning::silent(traffic, &self.criteria.cluster));
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
