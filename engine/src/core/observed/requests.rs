//! Observes the requests of clients, and their answers.

use super::super::clients::{OpenCall, Purpose};
use super::super::run_times::Moment;
use super::Observations;
use super::answers::{Flaw, HOPELESS_TIME, Unanswered};
use super::commits::ForgottenCommits;
use super::excerpt::excerpt;
use super::unmatched::Mistake;
use crate::event::Failure;
use crate::message::{Address, NodeIndex};
use crate::rpc::Rpc;
use crate::time::Time;
use crate::unmatched::{OpenRequest, UnmatchedCount, UnmatchedKind, UnmatchedReply, json_text};
use crate::workload::{ClientRequest, Invocation};
use glomers_history::{Function, Value};
use std::collections::BTreeMap;
use std::time::Duration;

impl Observations {
    /// Records that a client sends a request to a node.
    pub(in crate::core) fn asked(&mut self, node: NodeIndex, rpc: &'static Rpc) {
        self.answers.asked(node, rpc);
    }

    /// Records what a worker's request shows of its operation.
    pub(in crate::core) fn requested(
        &mut self,
        (worker, client, node): (u32, u32, NodeIndex),
        invocation: Option<&Invocation>,
        request: &ClientRequest,
    ) {
        if let (Some(propagation), Some(invocation)) = (&mut self.propagation, invocation)
            && let (Function::Broadcast, Value::Int(element)) = (&invocation.f, &invocation.value)
        {
            propagation.broadcast(client, *element);
        }
        if let Some(commits) = &mut self.commits {
            match request.fields.as_slice() {
                [("keys", keys)] => commits.asks(worker, node, keys),
                [("offsets", offsets)] if request.rpc.request == "commit_offsets" => {
                    commits.committing(worker, offsets);
                }
                _ => {}
            }
        }
    }

    /// Records a reply to a worker that matches the schema of its request.
    pub(in crate::core) fn replied(
        &mut self,
        at: Moment,
        (worker, node): (u32, NodeIndex),
        rpc: &Rpc,
        reply: &Value,
    ) {
        let Some(commits) = &mut self.commits else { return };
        match (rpc.request, reply.get("offsets")) {
            ("commit_offsets", _) => commits.committed(worker, node),
            ("list_committed_offsets", Some(offsets)) => {
                commits.listed(at.in_test, worker, node, offsets);
            }
            _ => {}
        }
    }

    /// Records the result of an operation at a node.
    pub(in crate::core) fn resulted(
        &mut self,
        time: Time,
        node: NodeIndex,
        result: Option<&Value>,
    ) {
        if let (Some(propagation), Some(Value::Vector(elements))) = (&mut self.propagation, result)
        {
            propagation.read(time, node, elements);
        }
    }

    /// Records that a node answered an operation.
    pub(in crate::core) fn answered(&mut self, src: Address) {
        if let Address::Node(node) = src {
            self.deaf_nodes.answered(node);
        }
    }

    /// Records that a node answered a request in a form that its client can use.
    pub(in crate::core) fn usable(&mut self, node: NodeIndex, rpc: &'static Rpc) {
        self.answers.usable(node, rpc);
    }

    /// Records an answer that its client cannot use.
    pub(in crate::core) fn unusable(
        &mut self,
        time: Time,
        node: NodeIndex,
        rpc: &'static Rpc,
        flaw: Flaw,
        text: impl FnOnce() -> String,
    ) {
        self.answers.unusable(time, node, rpc, flaw, text, &mut self.events);
    }

    /// Records that a request was not answered in time.
    pub(in crate::core) fn unanswered_in_time(
        &mut self,
        time: Time,
        node: NodeIndex,
        rpc: &'static Rpc,
        waited: Duration,
    ) {
        self.answers.unanswered_in_time(time, node, rpc, waited, &mut self.events);
    }

    /// Records a message of a node that does not answer the open call of its receiver.
    pub(in crate::core) fn unmatched(
        &mut self,
        time: Time,
        node: NodeIndex,
        client: &str,
        call: OpenCall,
        (kind, found): (UnmatchedKind, String),
        body: &Value,
    ) {
        let OpenCall { msg_id, purpose, rpc } = call;
        let mistake = self.unmatched.add(node, kind, || {
            let open = Some(OpenRequest { request: rpc.map_or("init", |rpc| rpc.request), msg_id });
            let body = excerpt(json_text(body).as_bytes());
            UnmatchedReply { kind, client: client.to_owned(), found, open, body }
        });
        let Some(Mistake { text, is_first_of_kind }) = mistake else { return };
        if is_first_of_kind {
            self.events.notice(time, node, text.clone());
        }
        match (purpose, rpc) {
            (Purpose::Init(node), _) => self.unmatched.instead_of_init(time, node, text),
            (_, Some(rpc)) => {
                let is_the_answer =
                    matches!(body.get("type"), Some(Value::Str(kind)) if kind == rpc.reply);
                let flaw = if is_the_answer { Flaw::Unmatched } else { Flaw::Stray };
                self.unusable(time, node, rpc, flaw, || text);
            }
            (_, None) => {}
        }
    }

    /// What the node first sent instead of the answer to `init`.
    pub(in crate::core) fn sent_instead_of_init(&self, node: NodeIndex) -> Option<String> {
        self.unmatched.sent_to_init(node).map(str::to_owned)
    }

    /// Why the run can no longer produce a useful result, if so.
    pub(in crate::core) fn hopeless(&self, now: Time) -> Option<Failure> {
        let init = self.unmatched.misanswered_init(now, HOPELESS_TIME);
        init.map(|(node, text)| Failure::InitUnmatched { node, problem: text.to_owned() })
            .or_else(|| self.answers.hopeless(now))
    }

    pub(in crate::core) fn unanswered(&self) -> Vec<Unanswered> {
        self.answers.unanswered()
    }

    pub(in crate::core) fn unmatched_replies(
        &self,
    ) -> &BTreeMap<(NodeIndex, UnmatchedKind), UnmatchedCount> {
        self.unmatched.counts()
    }

    pub(in crate::core) fn forgotten_commits(&self) -> Option<ForgottenCommits> {
        self.commits.as_ref()?.forgotten()
    }
}
