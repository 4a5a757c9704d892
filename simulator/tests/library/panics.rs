//! A panic of a node is a crash of that node, and of no other.

use glomers_node::{Caller, Ctx, Json, Node, RpcError};
use glomers_simulator::{Exit, Failure, Phase, Simulation};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::time::Duration;

/// Where it panics.
const IN_INIT: u8 = 0;
const IN_A_HANDLER: u8 = 1;
const IN_A_TASK: u8 = 2;

/// An echo node that panics.
struct Fragile<const WHERE: u8>;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    Echo { echo: Json },
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    EchoOk { echo: Json },
}

impl<const WHERE: u8> Node for Fragile<WHERE> {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        assert!(WHERE != IN_INIT || &**ctx.id() != "n1", "no luck in init");
        Ok(Self)
    }

    fn started(self: Rc<Self>, ctx: &Ctx) {
        let mine = ctx.clone();
        ctx.spawn(async move {
            mine.sleep(Duration::from_secs(1)).await;
            assert!(WHERE != IN_A_TASK || &**mine.id() != "n1", "no luck in a task");
        });
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        assert!(WHERE != IN_A_HANDLER || &**ctx.id() != "n1", "no luck in a handler");
        let Request::Echo { echo } = request;
        ctx.reply(caller, &Reply::EchoOk { echo });
        Ok(())
    }
}

#[test]
fn it_is_reported_with_its_message_and_its_place() {
    let simulation = || Simulation::of("echo").nodes(3);
    for (outcome, phase, position) in [
        (simulation().node::<Fragile<IN_INIT>>().run(), Phase::Start, "init"),
        (simulation().node::<Fragile<IN_A_HANDLER>>().run(), Phase::Load, "a handler"),
        (simulation().node::<Fragile<IN_A_TASK>>().run(), Phase::Load, "a task"),
    ] {
        assert!(outcome.is_invalid());
        let crash = Failure::NodeExited { node: 1, exit: Exit::Panicked, phase };
        assert_eq!(outcome.failure(), Some(&crash));
        let [reason] = outcome.reasons() else { panic!("{outcome}") };
        assert!(reason.starts_with("node n1 panicked"), "{reason}");
        assert!(reason.contains(&format!("no luck in {position}")), "{reason}");
        assert!(reason.contains("tests/library/panics.rs:"), "{reason}");
        // The others logged nothing.
        let logs: Vec<bool> = outcome.node_logs().iter().map(String::is_empty).collect();
        assert_eq!(logs, [true, false, true]);
    }
}
