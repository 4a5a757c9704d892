use glomers_node::solutions::Broadcast as MyNode; // yours
use glomers_simulator::{Fault, Simulation};

#[test]
fn every_value_arrives() {
    Simulation::of("broadcast-c")
        .faults([Fault::Partition, Fault::Loss])
        .seeds(0..20)
        .node::<MyNode>()
        .assert_valid();
}
