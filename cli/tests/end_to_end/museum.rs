//! The hunt for wrong nodes, which the tests' build includes.

use crate::glomers::Glomers;

#[test]
fn a_wrong_node_is_caught_and_the_right_one_is_not() {
    let args = ["museum", "broadcast-forgets-to-retry", "--seeds", "3", "--format", "json"];
    let caught = Glomers::new(&args).end().exits(0).json();
    assert_eq!(caught[0]["seed"], 0);
    assert_eq!(caught[0]["right_runs"], 3);
    assert_eq!(caught[0]["right_failures"].as_array().map(Vec::len), Some(0));
    let operations = caught[0]["operations"].as_u64().unwrap();
    assert!((1..=10).contains(&operations) && caught[0]["faults"] == 1, "{caught}");
}

#[test]
fn what_is_not_caught_is_said() {
    // The first seeds do not reveal the bug.
    Glomers::new(&["museum", "broadcast-numbers-from-one-again", "--seeds", "1"])
        .end()
        .exits(1)
        .says(&["not caught", "0 of 1 wrong nodes were caught"]);
    Glomers::new(&["museum", "nobody"]).end().exits(254).says(&["there is no nobody"]);
}
