//! Operations from invocation to completion, with Jepsen's rules for crashed processes.

use super::Core;
use super::answers::Flaw;
use super::calls::Purpose;
use super::workers::Connection;
use crate::rpc::{Rpc, RpcError};
use crate::time::Time;
use crate::unmatched::json_text;
use crate::workload::{Completion, EXCEPTION_INFO, Invocation, Step};
use glomers_history::{Detail, Function, Kind, Operation, Process, Value};

impl Core {
    /// Begins an operation of a free worker.
    pub(super) fn invoke(&mut self, now: Time, worker: u32, invocation: Invocation) {
        let keeps_client = self.workload.keeps_client();
        let worker_state = self.workers.get(worker);
        let (node, process) = (worker_state.node, worker_state.process);
        let fits = |connection: &Connection| connection.process == process || keeps_client;
        if !worker_state.connection.as_ref().is_some_and(fits) {
            // A new process gets a new client. As in the reference, the old client is only closed
            // now.
            if let Some(old) = worker_state.connection.take() {
                self.calls.close_replaced(old.client);
            }
            let client = self.calls.open(node);
            let protocol = self.workload.client();
            self.workers.get(worker).connection = Some(Connection { client, protocol, process });
        }
        self.invocations += 1;
        self.record(
            now,
            Kind::Invoke,
            Process::Client(process),
            &invocation,
            invocation.value.clone(),
            None,
        );
        let step = self
            .workers
            .get(worker)
            .connection
            .as_mut()
            .map(|connection| connection.protocol.invoke(&invocation));
        self.workers.begin(worker, invocation);
        if let Some(step) = step {
            self.follow(now, worker, None, step);
        }
    }

    /// Executes the client's next step, after a reply to that RPC.
    fn follow(&mut self, now: Time, worker: u32, rpc: Option<&'static Rpc>, step: Step) {
        match step {
            Step::Complete(completion) => self.complete(now, worker, completion),
            Step::Malformed { problem, reply } => {
                let node = self.workers.get(worker).node;
                let text = malformed_text(rpc, &problem, &reply);
                if let Some(rpc) = rpc {
                    self.unusable(now, node, rpc, Flaw::Misshapen, || text.clone());
                }
                let text = format!("{} {text}", self.directory.node(node));
                self.complete(now, worker, malformed(&text, reply));
            }
            Step::Call(request) => {
                let state = self.workers.get(worker);
                let Some(connection) = &state.connection else { return };
                let client = connection.client;
                if let (Some(propagation), Some(invocation)) =
                    (&mut self.propagation, &state.current)
                    && let (Function::Broadcast, Value::Int(element)) =
                        (&invocation.f, &invocation.value)
                {
                    propagation.broadcast(client, *element);
                }
                if let Some(commits) = &mut self.commits {
                    match request.fields.as_slice() {
                        [("keys", keys)] => commits.asks(worker, state.node, keys),
                        [("offsets", offsets)] if request.rpc.request == "commit_offsets" => {
                            commits.committing(worker, offsets);
                        }
                        _ => {}
                    }
                }
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
            if let (Some(commits), Some(rpc)) = (&mut self.commits, rpc) {
                match (rpc.request, reply.get("offsets")) {
                    ("commit_offsets", _) => commits.committed(worker, state.node),
                    ("list_committed_offsets", Some(offsets)) => {
                        commits.listed(self.schedule.test_time(now), worker, state.node, offsets);
                    }
                    _ => {}
                }
            }
            connection.protocol.reply(invocation, reply)
        };
        match (rpc, refusal) {
            (Some(rpc), Some(flaw)) => {
                let node = self.workers.get(worker).node;
                let body = error.map_or_else(String::new, |error| json_text(&error.body));
                let text = || format!("answered \"{}\" with {body}: {flaw}", rpc.request);
                self.unusable(now, node, rpc, Flaw::Error, text);
            }
            // Reported when the step is executed.
            _ if matches!(step, Step::Malformed { .. }) => {}
            (Some(rpc), None) => self.answers.usable(self.workers.get(worker).node, rpc),
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
        if let Some(rpc) = rpc {
            let node = self.workers.get(worker).node;
            self.unanswered_in_time(now, node, rpc);
        }
        let state = self.workers.get(worker);
        let (Some(connection), Some(invocation)) = (&state.connection, &state.current) else {
            return;
        };
        let completion = connection.protocol.timed_out(invocation);
        self.complete(now, worker, completion);
    }

    fn complete(&mut self, now: Time, worker: u32, completion: Completion) {
        let Some(invocation) = self.workers.end(worker) else { return };
        self.schedule.operation_ended(worker, &invocation, &completion);
        let workers = self.workers.count() as u64;
        let state = self.workers.get(worker);
        let (node, process) = (state.node, state.process);
        if completion.kind == Kind::Info {
            // Its outcome is unknown: the worker continues under another process number.
            state.process += workers;
        }
        match completion.kind {
            Kind::Ok => self.progress.ok += 1,
            Kind::Fail => self.progress.fail += 1,
            Kind::Info | Kind::Invoke => self.progress.info += 1,
        }
        let Completion { kind, value, error, exception } = completion;
        if let (Some(propagation), Some(Value::Vector(elements))) = (&mut self.propagation, &value)
        {
            propagation.read(now, node, elements);
        }
        let detail = (error.is_some() || exception.is_some())
            .then(|| Box::new(Detail { error, exception, other: Vec::new() }));
        let value = value.unwrap_or_else(|| invocation.value.clone());
        self.record(now, kind, Process::Client(process), &invocation, value, detail);
    }

    /// Adds an entry to the history.
    pub(super) fn record(
        &mut self,
        now: Time,
        kind: Kind,
        process: Process,
        invocation: &Invocation,
        value: Value,
        mut detail: Option<Box<Detail>>,
    ) {
        if !invocation.other.is_empty() {
            detail.get_or_insert_default().other.clone_from(&invocation.other);
        }
        self.history.push(Operation {
            index: self.history.len() as u64,
            time: self.schedule.test_time(now),
            kind,
            process,
            f: invocation.f.clone(),
            value,
            is_final: invocation.is_final,
            detail,
        });
    }
}

/// Describes a reply that violates its schema: a sentence whose subject is the node.
fn malformed_text(rpc: Option<&Rpc>, problem: &str, reply: &Value) -> String {
    format!(
        "answered \"{}\" with {}, which does not fit {}: {problem}",
        rpc.map_or("", |rpc| rpc.request),
        super::excerpt(json_text(reply).as_bytes()),
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
