//! All checkers of a run, in the reference's order.

use crate::result_map::{always_valid, result_map, valid_entry};
use crate::{availability, exceptions, net, stats, workloads};
use glomers_config::{Availability, Workload};
use glomers_history::{History, Judgement, Traffic, Validity, Verdict};

/// A workload that has no checker in this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("histories of the workload {0} cannot be judged yet: its checker is not built")]
pub struct NotBuilt(pub Workload);

/// Judges a history: the whole of results.edn.
///
/// Without `traffic` (a history alone does not have it) there is no `net` entry.
pub fn judge(
    workload: Workload,
    history: &History,
    traffic: Option<Traffic>,
    wanted: Option<Availability>,
) -> Result<Judgement, NotBuilt> {
    let rules = workloads::rules(workload).ok_or(NotBuilt(workload))?;
    let mut verdicts = vec![
        ("perf", perf()),
        ("timeline", always_valid()),
        ("exceptions", exceptions(history).into()),
        ("stats", stats(history).into()),
        ("availability", availability(history, wanted).into()),
    ];
    if let Some(traffic) = traffic {
        verdicts.push(("net", net(history, traffic).into()));
    }
    verdicts.push(("workload", rules.check(history)));
    Ok(Judgement { verdicts })
}

/// The reference draws graphs here, and says that it could.
fn perf() -> Verdict {
    let graph = || always_valid().map;
    let map = result_map([("latency-graph", graph()), ("rate-graph", graph()), valid_entry(true)]);
    Verdict { valid: Validity::Valid, map }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_workload_that_runs_can_be_judged() {
        for workload in Workload::ALL {
            let judgement = judge(workload, &History::new(), None, None);
            assert_eq!(judgement.is_ok(), workload.is_built(), "{workload}");
        }
    }
}
