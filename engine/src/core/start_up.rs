//! How a node gets ready, at first and after a restart: it answers `init`, then the workload's set-up
//! request, if there is one.

use super::Core;
use super::clients::Purpose;
use super::observed::excerpt::excerpt;
use crate::event::{Failure, Phase};
use crate::message::NodeIndex;
use crate::rpc::Rpc;
use crate::time::Time;
use crate::unmatched::json_text;
use glomers_history::Value;

impl Core {
    /// Sends `init` to one node.
    pub(super) fn call_init(&mut self, now: Time, node: NodeIndex, client: u32) {
        let names = self.plan.nodes.iter().map(|name| Value::str(name)).collect();
        let fields = vec![
            ("type", Value::str("init")),
            ("node_id", Value::str(&self.plan.nodes[node])),
            ("node_ids", Value::Vector(names)),
        ];
        self.call(now, client, Purpose::Init(node), None, fields);
    }

    pub(super) fn init_answered(&mut self, now: Time, node: NodeIndex, client: u32, reply: &Value) {
        // As in the reference, only the type is checked.
        if !matches!(reply.get("type"), Some(Value::Str(kind)) if kind == "init_ok") {
            return self.fail(now, Failure::InitRefused { node, answer: json_text(reply) });
        }
        self.clients.close_initialised(client);
        if !self.stage.count_initialised() {
            self.cluster.initialised(node);
            let client = self.clients.open(node);
            self.call_set_up(now, node, client);
        }
    }

    /// Sends one node the workload's set-up request, if it has one.
    pub(super) fn call_set_up(&mut self, now: Time, node: NodeIndex, client: u32) {
        if let Some(request) = self.workload.set_up() {
            self.call_rpc(now, client, Purpose::SetUp(node), request);
        } else {
            self.clients.retire(client);
            self.node_is_ready(now, node);
        }
    }

    pub(super) fn set_up_answered(
        &mut self,
        now: Time,
        node: NodeIndex,
        rpc: Option<&'static Rpc>,
        reply: &Value,
    ) {
        if let Some(problem) = rpc.and_then(|rpc| rpc.mismatch(reply)) {
            let wanted = rpc.map_or_else(String::new, Rpc::expected);
            let reply = excerpt(json_text(reply).as_bytes());
            let problem = format!("the answer {reply} does not fit {wanted}: {problem}");
            return self.set_up_failed(now, node, rpc, problem);
        }
        if let Some(rpc) = rpc {
            self.observed.usable(node, rpc);
        }
        self.node_is_ready(now, node);
    }

    fn set_up_failed(
        &mut self,
        now: Time,
        node: NodeIndex,
        rpc: Option<&'static Rpc>,
        problem: String,
    ) {
        let is_needed = self.stage.phase() == Phase::SetUp || self.cluster.is_setting_up(node);
        if is_needed {
            let request = rpc.map_or("", |rpc| rpc.request);
            self.fail(now, Failure::SetUpFailed { node, request, problem });
        }
    }

    fn node_is_ready(&mut self, now: Time, node: NodeIndex) {
        if self.stage.count_set_up() {
            return;
        }
        self.cluster.set_up(node);
        if self.cluster.all_run() {
            self.nemesis.nodes_are_back(now);
        }
    }

    /// Handles a timeout of the node's answer to `init`.
    pub(super) fn init_timed_out(&mut self, now: Time, node: NodeIndex) {
        let waited = self.plan.init_timeout;
        let unmatched = self.observed.sent_instead_of_init(node);
        self.fail(now, Failure::InitTimeout { node, waited, unmatched });
    }

    /// Handles a timeout of the node's answer to the set-up request.
    pub(super) fn set_up_timed_out(
        &mut self,
        now: Time,
        node: NodeIndex,
        rpc: Option<&'static Rpc>,
    ) {
        let timeout = self.plan.rpc_timeout.as_millis();
        let expected = rpc.map_or_else(String::new, Rpc::expected);
        let problem = format!("no answer in {timeout} ms, and it wants {expected}");
        self.set_up_failed(now, node, rpc, problem);
    }
}
