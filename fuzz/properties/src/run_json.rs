//! `run.json`, as `replay` and `report` read it: the record, the plan in it, and its scenario. What is
//! written of one that could be read is read again.

use glomers_config::{Challenge, Parameters, Plan};
use glomers_engine::Scenario;
use glomers_results::{RunRecord, plan_json, plan_parameters};

/// Reads the bytes as a `run.json`, and plans the run again.
///
/// # Panics
///
/// If something that must hold does not.
pub fn run_json(bytes: &[u8]) {
    let Ok(record) = serde_json::from_slice::<RunRecord>(bytes) else { return };
    let written = write(&record);
    let again: RunRecord = serde_json::from_slice(&written).expect("what is written can be read");
    assert_eq!(write(&again), written);

    if let Some(scenario) = &record.scenario {
        let _ = serde_json::from_value::<Scenario>(scenario.clone());
    }
    let Ok(parameters) = plan_parameters(&record.plan) else { return };
    let challenge = Challenge {
        name: record.challenge,
        alias: "",
        parameters,
        order: &[],
        targets: record.targets.iter().map(|outcome| outcome.target).collect(),
    };
    let seed = record.seed.unwrap_or_default();
    let Ok(plan) = Plan::resolve(&challenge, Parameters::default(), seed) else { return };
    plan_parameters(&plan_json(&plan)).expect("a plan that was written can be read");
}

fn write(record: &RunRecord) -> Vec<u8> {
    serde_json::to_vec(record).expect("a record is JSON")
}
