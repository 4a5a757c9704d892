//! A plan as JSON: what a run was asked to do.

use crate::metrics::json_number;
use glomers_config::{ConsistencyModel, Plan, Recovery};
use indexmap::IndexMap;
use std::time::Duration;

/// A JSON object whose keys keep their order.
pub type JsonObject = IndexMap<String, serde_json::Value>;

/// Every setting of a plan under the long name of its flag, in the order of the plan.
#[must_use]
pub fn plan_json(plan: &Plan) -> JsonObject {
    let seconds = |duration: Duration| json_number(duration.as_secs_f64());
    let entries: [(&str, serde_json::Value); 33] = [
        ("workload", plan.workload.name().into()),
        ("node-count", plan.nodes.len().into()),
        ("nodes", plan.nodes.clone().into()),
        ("concurrency", plan.workers.into()),
        ("rate", json_number(plan.rate)),
        ("time-limit", seconds(plan.time_limit)),
        ("latency", plan.latency_ms.into()),
        ("latency-dist", plan.latency_distribution.name().into()),
        ("delivery", plan.delivery.name().into()),
        ("nemesis", plan.faults.to_string().into()),
        ("nemesis-interval", seconds(plan.nemesis_interval)),
        ("partition-shapes", plan.partition_shapes.to_string().into()),
        ("loss", json_number(plan.loss)),
        ("duplicate", json_number(plan.duplicate)),
        ("reorder", plan.reorder_ms.into()),
        ("slow", json_number(plan.slow)),
        ("skew", json_number(plan.skew)),
        ("topology", plan.topology.name().into()),
        ("availability", plan.availability.map(|availability| availability.to_string()).into()),
        ("consistency-models", ConsistencyModel::texts(&plan.consistency_models).into()),
        ("key-count", plan.key_count.into()),
        ("max-txn-length", plan.max_txn_length.into()),
        ("max-writes-per-key", plan.max_writes_per_key.into()),
        ("services", plan.services.name().into()),
        (
            "recovery",
            match plan.recovery {
                Recovery::Wait(wait) => seconds(wait),
                Recovery::Auto => "auto".into(),
            },
        ),
        ("init-timeout", seconds(plan.init_timeout)),
        ("rpc-timeout", json_number(plan.rpc_timeout.as_secs_f64() * 1000.0)),
        ("log-stderr", plan.log_stderr.into()),
        ("log-net-send", plan.log_net_send.into()),
        ("log-net-recv", plan.log_net_recv.into()),
        ("fail-on-duplicates", plan.fail_on_duplicates.into()),
        ("no-journal", (!plan.journal).into()),
        ("seed", plan.seed.into()),
    ];
    entries.into_iter().map(|(flag, value)| (flag.to_owned(), value)).collect()
}
