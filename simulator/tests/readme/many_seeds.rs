use glomers_simulator::{Fault, Simulation};
use glomers_solutions::Broadcast as MyNode; // yours

#[test]
fn every_value_arrives() {
    Simulation::of("broadcast-c")
        .faults([Fault::Partition, Fault::Loss])
        .seeds(0..20)
        .node::<MyNode>()
        .assert_valid();
}
