//! The story of a run that was shrunk, as people read it.

use super::story;
use crate::shrink::shrink;
use crate::{NodeSpec, Parameters, Plan};
use glomers_config::{challenges, find_challenge};
use glomers_museum::exhibit;
use std::ops::ControlFlow;

/// Shrinks the first failing run of a wrong node, and returns its story.
fn shrunk_story(name: &str, given: &Parameters) -> String {
    let exhibit = exhibit(name).unwrap();
    let challenges = challenges();
    let challenge = find_challenge(&challenges, exhibit.challenge).unwrap();
    let spec = NodeSpec::sdk(exhibit.program, exhibit.durable);
    let shrunk = (0..50).find_map(|seed| {
        let plan = Plan::resolve(challenge, given.clone(), seed).unwrap();
        shrink(&plan, &spec, None, 3000, &mut |_| ControlFlow::Continue(())).unwrap()
    });
    story(&mut shrunk.unwrap().trial, name)
}

#[test]
fn a_cut_that_no_one_mends() {
    let story = shrunk_story("broadcast-forgets-to-retry", &Parameters::default());
    insta::assert_snapshot!(story);
}

#[test]
fn a_message_that_was_only_late() {
    let given = Parameters {
        nemesis: "loss".parse().ok(),
        loss: Some(0.05),
        time_limit: Some(5.0),
        ..Parameters::default()
    };
    insta::assert_snapshot!(shrunk_story("kafka-appends-again-after-a-timeout", &given));
}

#[test]
fn a_node_that_was_killed() {
    let given = Parameters {
        nemesis: "kill".parse().ok(),
        nemesis_interval: Some(1.0),
        ..Parameters::default()
    };
    let story = shrunk_story("broadcast-acknowledges-before-it-stores", &given);
    insta::assert_snapshot!(story);
}
