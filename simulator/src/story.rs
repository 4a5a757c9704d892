//! The story of a run in memory.

#[cfg(test)]
mod tests;

use crate::Trial;
use glomers_config::Plan;
use glomers_history::Cluster;
use glomers_timeline::{Choice, Heading, Timeline};

/// The story of a run whose plan enables the journal; `node` describes its nodes.
#[must_use]
pub fn story(trial: &mut Trial, node: &str) -> String {
    let journal = std::mem::take(trial.simulated.core.journal().lines());
    let core = &trial.simulated.core;
    let plan = core.plan();
    let cluster = Cluster::new(plan.nodes.clone(), plan.workers.into());
    let timeline = Timeline::new(&cluster, core.history(), &journal);
    let heading = heading(plan, node);
    let reasons = &trial.assessment.reasons;
    let text = glomers_timeline::story(&timeline, &heading, &Choice::default(), reasons);
    *trial.simulated.core.journal().lines() = journal;
    text
}

/// What the story of a run of this plan says first; `node` describes its nodes.
#[must_use]
pub fn heading(plan: &Plan, node: &str) -> Heading {
    Heading {
        workload: plan.workload.to_string(),
        node: node.to_owned(),
        latency: Some((plan.latency_ms, plan.latency_distribution.name().to_owned())),
        seed: Some(plan.seed),
    }
}
