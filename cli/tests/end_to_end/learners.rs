//! Mistakes that learners make: the output names the cause, and what to do.

use crate::glomers::Glomers;

#[test]
fn values_that_are_not_passed_on() {
    Glomers::learn("broadcast-b", "no-gossip").end().exits(1).says(&[
        "each is only on the node that a client gave it to: send every new value on",
        "; no other node ever had it",
        "known to n1 (process 1) at",
        "step by step: glomers story",
    ]);
}

#[test]
fn values_that_are_passed_on_once_only() {
    Glomers::learn("broadcast-b", "one-hop").with(&["--rate", "30"]).end().exits(1).says(&[
        "on its direct neighbours in the topology: a node that gets a new value from another node \
         must send it on, too",
        "; no message with it was sent to n",
    ]);
}

#[test]
fn values_that_are_not_sent_again_after_a_partition() {
    // The first partition of this seed begins at once and isolates a node.
    let cut = ["--rate", "40", "--partition-shapes", "one", "--nemesis-interval", "5"];
    Glomers::learn("broadcast-c", "sends-once").with(&cut).end().exits(1).says(&[
        "a message to a node that lacks it was dropped, and none after it arrived: send each value \
         again until the other node acknowledges it",
        "dropped by the partition (one, 0.0",
        "; no node sent it to n",
    ]);
}

#[test]
fn values_that_are_passed_on_for_ever() {
    Glomers::learn("broadcast-b", "storm")
        .with(&["--rpc-timeout", "500", "--no-journal"])
        .end()
        .says(&[
            "warning: A message storm: until 0.",
            "Pass a value on only when it is new to the node",
        ])
        .does_not_say("messages.jsonl");
}

#[test]
fn reads_that_show_the_newest_values_only() {
    Glomers::learn("broadcast-b", "truncates")
        .with(&["--rate", "40"])
        .end()
        .exits(1)
        .says(&["No read shows more than 3 values, and the final reads show only the newest"]);
}

#[test]
fn broadcasts_that_are_acknowledged_slowly() {
    Glomers::learn("broadcast-a", "slow")
        .with(&["--rate", "30", "--concurrency", "2"])
        .end()
        .says(&["acknowledged", "nswer `broadcast_ok`"]);
}

#[test]
fn sums_that_stay_on_their_node() {
    Glomers::learn("g-counter", "local-sum").with(&["--nemesis", "none"]).end().exits(1).says(&[
        "exactly the adds that n0 acknowledged; missing are those of n1 (",
        "Each node shows its own adds only",
    ]);
}

#[test]
fn sums_from_the_past_of_a_service() {
    let slow = ["--nemesis", "none", "--latency", "5"];
    Glomers::learn("g-counter", "stale").with(&slow).end().exits(1).says(&[
        "requests from a past state, as it may",
        "seq-kv had ",
        "for key \"sum\", and it got ",
        "but that is not why: seq-kv itself had only",
    ]);
    Glomers::new(&["run", "g-counter", "--sim", "--node", "g-counter-reads-stale", "--seed", "1"])
        .end()
        .exits(1)
        .says(&["write something new to seq-kv before a read"]);
}

#[test]
fn offsets_that_are_given_twice_and_commits_that_are_forgotten() {
    let kafka = |mistake| Glomers::learn("kafka-a", mistake).with(&["--rate", "1000"]);
    kafka("offset-zero").end().exits(1).says(&["offset 0 of key \"", "\" was given "]);
    // In 1 s, a busy machine makes 500 to 670 operations; with this seed, none of them shows it.
    kafka("forgets-commits").with(&["--time-limit", "3"]).end().exits(0).says(&[
        "Committed offsets are forgotten",
        "first n0 at ",
        "and listed nothing",
    ]);
}

#[test]
fn transactions_that_do_nothing() {
    Glomers::learn("txn-a", "does-nothing").end().exits(0).says(&[
        "warning: No transaction read what another one had written",
        "answer its reads with what is stored",
    ]);
}

#[test]
fn nodes_that_were_killed_are_named() {
    Glomers::new(&["run", "g-counter", "--sim", "--nemesis", "kill", "--seed", "1"])
        .end()
        .exits(1)
        .says(&["nodes were killed and started again: n", "what is not on its disk"]);
}
