//! Sends values to neighbours, which do not forward them.
//!
//! **Wrong:** a node sends its clients' values to its neighbours, but does not forward values from
//! neighbours.
//! **Seen:** values reach only the neighbours of the node that a client sent them to; without any
//! fault.
//! **Fix:** forward new values to all neighbours except the sender.

use super::messages::{Reply, Request};
use crate::Exhibit;
use crate::delivery::send_news;
use glomers_node::{Caller, Ctx, Node, NodeId, Program, RpcError};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "broadcast-passes-nothing-on",
    challenge: "broadcast-b",
    bug: "tells its neighbours what clients said, but not what other neighbours did",
    hunt: &[],
    durable: false,
    program: Program::of::<PassesNothingOn>(),
};

struct PassesNothingOn {
    messages: RefCell<BTreeSet<u64>>,
    neighbours: RefCell<Vec<NodeId>>,
}

impl Node for PassesNothingOn {
    type Request = Request;

    async fn init(_: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { messages: RefCell::default(), neighbours: RefCell::default() })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Topology { mut topology } => {
                self.neighbours.replace(topology.remove(ctx.id()).unwrap_or_default());
                ctx.reply(caller, &Reply::TopologyOk);
            }
            Request::Broadcast { message } => {
                self.messages.borrow_mut().insert(message);
                ctx.reply(caller, &Reply::BroadcastOk);
                for neighbour in self.neighbours.borrow().iter() {
                    send_news(ctx, neighbour, &Request::Gossip { messages: vec![message] });
                }
            }
            Request::Gossip { messages } => {
                self.messages.borrow_mut().extend(messages);
                ctx.reply(caller, &Reply::GossipOk);
            }
            Request::Read => {
                ctx.reply(caller, &Reply::ReadOk { messages: &self.messages.borrow() });
            }
        }
        Ok(())
    }
}
