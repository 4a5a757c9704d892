//! Draws what a fault does in its turn.

use crate::message::NodeIndex;
use crate::network::draw_grudge;
use crate::random::Random;
use crate::scenario::InjectedFault;
use glomers_config::{Fault, KillTarget, Plan};

/// A fault of this kind, for each affected node; empty if there is no running node to affect.
pub(super) fn draw_fault(
    fault: Fault,
    plan: &Plan,
    running: &[NodeIndex],
    random: &mut Random,
) -> Vec<InjectedFault> {
    vec![match fault {
        Fault::Partition => {
            let shapes = plan.partition_shapes.as_slice();
            let shape = shapes[random.index(shapes.len())];
            let cut = draw_grudge(shape, plan.nodes.len(), random);
            InjectedFault::Partition { shape, cut }
        }
        Fault::Loss => InjectedFault::Loss { probability: plan.loss },
        Fault::Duplicate => InjectedFault::Duplicate { probability: plan.duplicate },
        Fault::Reorder => InjectedFault::Reorder { mean_ms: plan.reorder_ms },
        Fault::Slow => InjectedFault::Slow { factor: plan.slow },
        Fault::Kill => {
            let nodes = draw_targets(plan, running, random);
            return nodes.into_iter().map(|node| InjectedFault::Kill { node }).collect();
        }
        Fault::Pause => {
            let nodes = draw_targets(plan, running, random);
            return nodes.into_iter().map(|node| InjectedFault::Pause { node }).collect();
        }
        Fault::Skew => {
            let Some(node) = draw_one(running, random) else { return Vec::new() };
            let rate = 1.0 + plan.skew * (2.0 * random.unit() - 1.0);
            InjectedFault::Skew { node, rate }
        }
    }]
}

/// A random running node; `None` if there is none.
fn draw_one(running: &[NodeIndex], random: &mut Random) -> Option<NodeIndex> {
    (!running.is_empty()).then(|| running[random.index(running.len())])
}

/// The nodes that a kill or a pause hits, in the order of the plan.
fn draw_targets(plan: &Plan, running: &[NodeIndex], random: &mut Random) -> Vec<NodeIndex> {
    let targets = plan.kill_targets.as_slice();
    // With a single choice nothing is drawn, so that seeds from before there were other choices
    // give the same runs.
    let target = targets[if targets.len() == 1 { 0 } else { random.index(targets.len()) }];
    if target == KillTarget::One {
        return draw_one(running, random).into_iter().collect();
    }
    let mut nodes: Vec<NodeIndex> = (0..plan.nodes.len()).collect();
    random.shuffle(&mut nodes);
    let count = target.count(nodes.len()).unwrap_or_else(|| 1 + random.index(nodes.len()));
    nodes.truncate(count);
    nodes.retain(|node| running.contains(node));
    nodes.sort_unstable();
    nodes
}
