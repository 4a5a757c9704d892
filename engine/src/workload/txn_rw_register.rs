//! txn-rw-register: transactions that read and write registers.

use super::definition::{Client, Generator, Protocol, Workload};
use super::transactions::{TransactionClient, TransactionGenerator};
use crate::Random;
use crate::rpc::{Field, Rpc, Shape};
use glomers_config::Plan;

const READ_REQUEST: Shape = Shape::Tuple(&[Shape::Word("r"), Shape::Any, Shape::Null]);
/// The value of a register that was never written is null.
const READ_REPLY: Shape = Shape::Tuple(&[Shape::Word("r"), Shape::Any, Shape::Any]);
const WRITE: Shape = Shape::Tuple(&[Shape::Word("w"), Shape::Any, Shape::Any]);

pub(super) static TXN: Rpc = Rpc {
    request: "txn",
    request_fields: &[Field {
        name: "txn",
        shape: Shape::ListOf(&Shape::Either(&[READ_REQUEST, WRITE])),
    }],
    reply: "txn_ok",
    reply_fields: &[Field {
        name: "txn",
        shape: Shape::ListOf(&Shape::Either(&[READ_REPLY, WRITE])),
    }],
};

/// The requests that a node must support.
pub(super) static PROTOCOL: Protocol = Protocol {
    about: "Transactions of reads and writes over registers. Each operation is [f, key, value]; the reply has the same operations, with the values that the reads saw.",
    rpcs: &[&TXN],
};

pub(super) struct TxnRwRegister {
    plan: Plan,
}

impl TxnRwRegister {
    pub(super) fn new(plan: &Plan) -> Self {
        Self { plan: plan.clone() }
    }
}

impl Workload for TxnRwRegister {
    fn generator(&self, _random: &mut Random) -> Box<dyn Generator> {
        Box::new(TransactionGenerator::new(&self.plan, "w"))
    }

    fn client(&self) -> Box<dyn Client> {
        Box::new(TransactionClient { rpc: &TXN })
    }

    fn keeps_client(&self) -> bool {
        true
    }
}
