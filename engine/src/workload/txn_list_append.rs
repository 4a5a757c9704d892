//! txn-list-append: transactions that read lists and append to them.

use super::definition::{Client, Generator, Protocol, Workload};
use super::transactions::{TransactionClient, TransactionGenerator};
use crate::Random;
use crate::rpc::{Field, Rpc, Shape};
use glomers_config::Plan;

const READ_REQUEST: Shape = Shape::Tuple(&[Shape::Word("r"), Shape::Any, Shape::Null]);
/// The value of a list without any appends may be null.
const READ_REPLY: Shape = Shape::Tuple(&[Shape::Word("r"), Shape::Any, Shape::ListOf(&Shape::Any)]);
const APPEND: Shape = Shape::Tuple(&[Shape::Word("append"), Shape::Any, Shape::Any]);

static TXN: Rpc = Rpc {
    request: "txn",
    request_fields: &[Field {
        name: "txn",
        shape: Shape::ListOf(&Shape::Either(&[READ_REQUEST, APPEND])),
    }],
    reply: "txn_ok",
    reply_fields: &[Field {
        name: "txn",
        shape: Shape::ListOf(&Shape::Either(&[READ_REPLY, APPEND])),
    }],
};

/// The requests that a node must support.
pub(super) static PROTOCOL: Protocol = Protocol {
    about: "Transactions of reads and appends over lists. Each operation is [f, key, value]; the reply has the same operations, with the lists that the reads saw.",
    rpcs: &[&TXN],
};

pub(super) struct TxnListAppend {
    plan: Plan,
}

impl TxnListAppend {
    pub(super) fn new(plan: &Plan) -> Self {
        Self { plan: plan.clone() }
    }
}

impl Workload for TxnListAppend {
    fn generator(&self, _random: &mut Random) -> Box<dyn Generator> {
        Box::new(TransactionGenerator::new(&self.plan, "append"))
    }

    fn client(&self) -> Box<dyn Client> {
        Box::new(TransactionClient { rpc: &TXN })
    }

    fn keeps_client(&self) -> bool {
        true
    }
}
