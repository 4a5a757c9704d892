//! Tracks how each type of request is answered, to end a run early when it can no longer produce a
//! useful result.

use super::Core;
use crate::event::{Event, Failure};
use crate::message::NodeIndex;
use crate::rpc::Rpc;
use crate::time::Time;
use std::time::Duration;

/// Number of unusable answers to a type of request, without a usable one, after which a run is
/// ended.
const HOPELESS_ANSWERS: u64 = 20;
/// Time after the first answer that looks intended but does not match, after which a run is ended
/// if no usable answer arrived.
const HOPELESS_TIME: Duration = Duration::from_secs(2);

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It does not fit the schema of its request.
    Misshapen,
    /// It is a reply, but not to the open request. Reported by its own event.
    Unmatched,
    /// A message of another type that answers no request. Reported by its own event.
    Stray,
    /// A `not-supported` error, or an error whose code is not an integer.
    Error,
}

/// The first unusable answer to a type of request.
#[derive(Debug)]
struct FirstFlaw {
    node: NodeIndex,
    text: String,
}

/// How one type of request was answered.
#[derive(Debug)]
struct RequestAnswers {
    rpc: &'static Rpc,
    /// Answers that the client could use, including errors.
    usable: u64,
    unusable: u64,
    timed_out: u64,
    first_flaw: Option<FirstFlaw>,
    /// When the first answer arrived that was intended but can never match, and neither can later
    /// answers of the same program.
    first_misfit: Option<Time>,
    /// The first node that did not answer a request in time, and a summary of what it had printed.
    first_silent: Option<(NodeIndex, String)>,
    /// By node: the amount of output when it first received such a request.
    first_asked: Vec<Option<Output>>,
}

/// Amount of a node's output.
#[derive(Debug, Clone, Copy, Default)]
struct Output {
    lines: u64,
    /// Usable answers among the lines.
    answers: u64,
}

/// A node's output while some type of request has no usable answer.
#[derive(Debug, Default)]
struct Printed {
    output: Output,
    last: String,
}

/// How each type of request was answered.
#[derive(Debug)]
pub(super) struct Answers {
    requests: Vec<RequestAnswers>,
    /// Whether some type of request was sent and has no usable answer yet.
    is_watching: bool,
    printed: Vec<Printed>,
}

impl Answers {
    pub(super) fn new(nodes: usize) -> Self {
        Self {
            requests: Vec::new(),
            is_watching: false,
            printed: (0..nodes).map(|_| Printed::default()).collect(),
        }
    }

    fn of(&mut self, rpc: &'static Rpc) -> &mut RequestAnswers {
        let index = self.requests.iter().position(|known| known.rpc == rpc).unwrap_or_else(|| {
            self.requests.push(RequestAnswers {
                rpc,
                usable: 0,
                unusable: 0,
                timed_out: 0,
                first_flaw: None,
                first_misfit: None,
                first_silent: None,
                first_asked: vec![None; self.printed.len()],
            });
            self.is_watching = true;
            self.requests.len() - 1
        });
        &mut self.requests[index]
    }

    /// Records that a request was sent to a node.
    pub(super) fn asked(&mut self, node: NodeIndex, rpc: &'static Rpc) {
        let output = self.printed[node].output;
        self.of(rpc).first_asked[node].get_or_insert(output);
    }

    /// The amount of output since the node first received such a request.
    fn since_asked(&self, node: NodeIndex, rpc: &'static Rpc) -> Output {
        let Output { lines, answers } = self.printed[node].output;
        let of_rpc = self.requests.iter().find(|known| known.rpc == rpc);
        let before = of_rpc.and_then(|known| known.first_asked[node]).unwrap_or_default();
        Output { lines: lines - before.lines, answers: answers - before.answers }
    }

    /// Records that a node answered a request in a form that its client can use.
    pub(super) fn usable(&mut self, node: NodeIndex, rpc: &'static Rpc) {
        self.printed[node].output.answers += 1;
        let answers = self.of(rpc);
        answers.usable += 1;
        if answers.usable == 1 {
            self.is_watching = self.requests.iter().any(|answers| answers.usable == 0);
        }
    }

    /// Records that a node printed a line.
    pub(super) fn printed(&mut self, node: NodeIndex, line: &[u8]) {
        if self.is_watching {
            let printed = &mut self.printed[node];
            printed.output.lines += 1;
            printed.last.clear();
            printed.last.push_str(&super::excerpt(line));
        }
    }

    /// The first type of request with unusable answers only, if there are too many or they took too
    /// long.
    fn hopeless(&self, now: Time) -> Option<&RequestAnswers> {
        self.requests.iter().find(|answers| {
            let is_late =
                answers.first_misfit.is_some_and(|first| now.since(first) >= HOPELESS_TIME);
            answers.usable == 0 && (answers.unusable >= HOPELESS_ANSWERS || is_late)
        })
    }
}

/// A type of request that got no usable answer, and sometimes no answer at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// The first node that did not answer.
    pub node: NodeIndex,
    /// Type of the request.
    pub request: &'static str,
    /// Number of requests without an answer in time.
    pub count: u64,
    /// The expected answer, and what the node printed instead.
    pub text: String,
}

impl Core {
    /// Types of request that were left unanswered and got no usable answer.
    #[must_use]
    pub fn unanswered(&self) -> Vec<Unanswered> {
        let silent = self.answers.requests.iter().filter(|answers| answers.usable == 0);
        silent
            .filter_map(|answers| {
                let (node, text) = answers.first_silent.as_ref()?;
                Some(Unanswered {
                    node: *node,
                    request: answers.rpc.request,
                    count: answers.timed_out,
                    text: text.clone(),
                })
            })
            .collect()
    }

    /// Records an answer that its client cannot use. The first for each type of request is reported
    /// immediately.
    pub(super) fn unusable(
        &mut self,
        now: Time,
        node: NodeIndex,
        rpc: &'static Rpc,
        flaw: Flaw,
        text: impl FnOnce() -> String,
    ) {
        let answers = self.answers.of(rpc);
        answers.unusable += 1;
        if matches!(flaw, Flaw::Misshapen | Flaw::Unmatched) {
            answers.first_misfit.get_or_insert(now);
        }
        if answers.usable == 0 && answers.first_flaw.is_none() {
            let text = text();
            answers.first_flaw = Some(FirstFlaw { node, text: text.clone() });
            if matches!(flaw, Flaw::Misshapen | Flaw::Error) {
                let node = self.plan.nodes[node].clone();
                self.events.push((now, Event::Notice { node, text }));
            }
        }
    }

    /// Records that a request was not answered in time. The first for each type of request is
    /// reported immediately, unless such a request was answered before.
    pub(super) fn unanswered_in_time(&mut self, now: Time, node: NodeIndex, rpc: &'static Rpc) {
        let waited = self.plan.rpc_timeout.as_millis();
        let last = &self.answers.printed[node].last;
        let Output { lines, answers } = self.answers.since_asked(node, rpc);
        let meanwhile = match (lines, answers) {
            (0, _) => "it printed nothing on stdout meanwhile: does it handle this type, and is \
                       stdout flushed behind each message?"
                .to_owned(),
            (_, 1..) => {
                "it answered other requests meanwhile: does it handle this type?".to_owned()
            }
            (1, 0) => format!("it printed this instead: {last}"),
            (lines, 0) => format!("it printed {lines} lines meanwhile, the last of them: {last}"),
        };
        let answers = self.answers.of(rpc);
        answers.timed_out += 1;
        if answers.usable > 0 || answers.first_silent.is_some() {
            return;
        }
        let text = format!(
            "did not answer \"{}\" in {waited} ms; the answer it wants is {}; {meanwhile}",
            rpc.request,
            rpc.expected()
        );
        answers.first_silent = Some((node, text.clone()));
        let node = self.plan.nodes[node].clone();
        self.events.push((now, Event::Notice { node, text }));
    }

    /// Ends a run that can no longer produce a useful result because all answers to some type of
    /// request are unusable, unless the plan says to keep going. Meant for drivers that would
    /// otherwise wait for the end in real time.
    pub fn give_up_if_hopeless(&mut self, now: Time) {
        if self.plan.keep_going {
            return;
        }
        let misplaced = |(node, first): (NodeIndex, &Option<(Time, String)>)| {
            let (at, text) = first.as_ref()?;
            (now.since(*at) >= HOPELESS_TIME).then(|| (node, text.clone()))
        };
        let init = self.unmatched_init.iter().enumerate().find_map(misplaced);
        if let Some((node, text)) = init {
            return self.fail(now, Failure::InitUnmatched { node, problem: text });
        }
        if let Some(answers) = self.answers.hopeless(now)
            && let Some(FirstFlaw { node, text }) = &answers.first_flaw
        {
            let failure = Failure::Hopeless {
                node: *node,
                request: answers.rpc.request,
                answers: answers.unusable,
                problem: text.clone(),
            };
            self.fail(now, failure);
        }
    }
}
