//! Operations from invocation to completion, with Jepsen's rules for crashed processes.

use super::Core;
use super::clients::Purpose;
use super::observed::answers::Flaw;
use super::observed::excerpt::excerpt;
use super::workers::Connection;
use crate::rpc::{Rpc, RpcError};
use crate::time::Time;
use crate::unmatched::json_text;
use crate::workload::{Completion, EXCEPTION_INFO, Invocation, Step};
use glomers_history::{Kind, Value};

impl Core {
    /// Begins an operation of a free worker.
    pub(super) fn invoke(&mut self, now: Time, worker: u32, invocation: Invocation) {
        let keeps_client = self.workload.keeps_client();
        let state = self.workers.get(worker);
        let process = state.process;
        let fits = |connection: &Connection| connection.process == process || keeps_client;
        let connection = match state.connection.take() {
            Some(connection) if fits(&connection) => connection,
            old => {
                // A new process gets a new client. As in the reference, the old client is only
                // closed now.
                if let Some(old) = old {
                    self.clients.close_replaced(old.client);
                }
                let client = self.clients.open(state.node);
                Connection { client, protocol: self.workload.client(), process }
            }
        };
        self.record.invoked(self.times.moment(now), process, &invocation);
        let step = state.connection.insert(connection).protocol.invoke(&invocation);
        self.workers.begin(worker, invocation);
        self.follow(now, worker, None, step);
    }

    /// Executes the client's next step, after a reply to that RPC.
    fn follow(&mut self, now: Time, worker: u32, rpc: Option<&'static Rpc>, step: Step) {
        match step {
            Step::Complete(completion) => self.complete(now, worker, completion),
            Step::Malformed { problem, reply } => {
                let node = self.workers.get(worker).node;
                let text = malformed_text(rpc, &problem, &reply);
                if let Some(rpc) = rpc {
                    self.observed.unusable(now, node, rpc, Flaw::Misshapen, || text.clone());
                }
                let text = format!("{} {text}", self.messages.directory().node(node));
                self.complete(now, worker, malformed(&text, reply));
            }
            Step::Call(request) => {
                let state = self.workers.get(worker);
                let Some(connection) = &state.connection else { return };
                let client = connection.client;
                let caller = (worker, client, state.node);
                self.observed.requested(caller, state.current.as_ref(), &request);
                self.call_rpc(now, client, Purpose::Operation(worker), request);
            }
        }
    }

    /// Handles the node's answer.
    pub(super) fn operation_answered(
        &mut self,
        now: Time,
        worker: u32,
        rpc: Option<&'static Rpc>,
        reply: Value,
    ) {
        let state = self.workers.get(worker);
        let node = state.node;
        let (Some(connection), Some(invocation)) = (&mut state.connection, &state.current) else {
            return;
        };
        let error = RpcError::from_body(&reply);
        let refusal = error.as_ref().and_then(RpcError::flaw);
        let step = if let Some(error) = &error {
            Step::Complete(connection.protocol.refused(invocation, error))
        } else if let Some(problem) = rpc.and_then(|rpc| rpc.mismatch(&reply)) {
            Step::Malformed { problem, reply }
        } else {
            if let Some(rpc) = rpc {
                self.observed.replied(self.times.moment(now), (worker, node), rpc, &reply);
            }
            connection.protocol.reply(invocation, reply)
        };
        match (rpc, refusal) {
            (Some(rpc), Some(flaw)) => {
                let body = error.map_or_else(String::new, |error| json_text(&error.body));
                let text = || format!("answered \"{}\" with {body}: {flaw}", rpc.request);
                self.observed.unusable(now, node, rpc, Flaw::Error, text);
            }
            // Reported when the step is executed.
            _ if matches!(step, Step::Malformed { .. }) => {}
            (Some(rpc), None) => self.observed.usable(node, rpc),
            (None, _) => {}
        }
        self.follow(now, worker, rpc, step);
    }

    /// Handles a timeout of the node's answer.
    pub(super) fn operation_timed_out(
        &mut self,
        now: Time,
        worker: u32,
        rpc: Option<&'static Rpc>,
    ) {
        let state = self.workers.get(worker);
        // A killed node is not to blame for its silence.
        if let Some(rpc) = rpc.filter(|_| self.cluster.is_running(state.node)) {
            let waited = self.plan.rpc_timeout;
            self.observed.unanswered_in_time(now, state.node, rpc, waited);
        }
        let (Some(connection), Some(invocation)) = (&state.connection, &state.current) else {
            return;
        };
        let completion = connection.protocol.timed_out(invocation);
        self.complete(now, worker, completion);
    }

    fn complete(&mut self, now: Time, worker: u32, completion: Completion) {
        let Some(invocation) = self.workers.end(worker) else { return };
        self.source.operation_ended(worker, &invocation, &completion);
        let workers = self.workers.count() as u64;
        let state = self.workers.get(worker);
        let (node, process) = (state.node, state.process);
        if completion.kind == Kind::Info {
            // Its outcome is unknown: the worker continues under another process number.
            state.process += workers;
        }
        self.observed.resulted(now, node, completion.value.as_ref());
        self.record.completed(self.times.moment(now), process, &invocation, completion);
    }
}

/// Describes a reply that violates its schema: a sentence whose subject is the node.
fn malformed_text(rpc: Option<&Rpc>, problem: &str, reply: &Value) -> String {
    format!(
        "answered \"{}\" with {}, which does not fit {}: {problem}",
        rpc.map_or("", |rpc| rpc.request),
        excerpt(json_text(reply).as_bytes()),
        rpc.map_or_else(String::new, Rpc::expected)
    )
}

/// The completion for a reply that violates its schema: an exception in the client, so the outcome
/// is unknown.
fn malformed(message: &str, reply: Value) -> Completion {
    let data = Value::Map(vec![
        (Value::keyword("type"), Value::keyword("malformed-rpc-response")),
        (Value::keyword("body"), reply),
    ]);
    Completion::thrown(EXCEPTION_INFO, message, Some(data))
}
