//! Tracks how each type of request is answered, to end a run early when it can no longer produce a
//! useful result.

use super::events::Events;
use super::excerpt::excerpt;
use crate::event::Failure;
use crate::message::NodeIndex;
use crate::rpc::Rpc;
use crate::time::Time;
use std::time::Duration;

/// Number of unusable answers to a type of request, without a usable one, after which a run is
/// ended.
const HOPELESS_ANSWERS: u64 = 20;
/// Time after the first answer that looks intended but does not match, after which a run is ended
/// if no usable answer arrived.
pub(super) const HOPELESS_TIME: Duration = Duration::from_secs(2);

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::core) enum Flaw {
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
            printed.last.push_str(&excerpt(line));
        }
    }

    /// Types of request that were left unanswered and got no usable answer.
    pub(super) fn unanswered(&self) -> Vec<Unanswered> {
        let silent = self.requests.iter().filter(|answers| answers.usable == 0);
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
        time: Time,
        node: NodeIndex,
        rpc: &'static Rpc,
        flaw: Flaw,
        text: impl FnOnce() -> String,
        events: &mut Events,
    ) {
        let answers = self.of(rpc);
        answers.unusable += 1;
        if matches!(flaw, Flaw::Misshapen | Flaw::Unmatched) {
            answers.first_misfit.get_or_insert(time);
        }
        if answers.usable == 0 && answers.first_flaw.is_none() {
            let text = text();
            answers.first_flaw = Some(FirstFlaw { node, text: text.clone() });
            if matches!(flaw, Flaw::Misshapen | Flaw::Error) {
                events.notice(time, node, text);
            }
        }
    }

    /// Records that a request was not answered in time. The first for each type of request is
    /// reported immediately, unless such a request was answered before.
    pub(super) fn unanswered_in_time(
        &mut self,
        time: Time,
        node: NodeIndex,
        rpc: &'static Rpc,
        waited: Duration,
        events: &mut Events,
    ) {
        let meanwhile = self.printed_meanwhile(node, rpc);
        let answers = self.of(rpc);
        answers.timed_out += 1;
        if answers.usable > 0 || answers.first_silent.is_some() {
            return;
        }
        let text = format!(
            "did not answer \"{}\" in {} ms; the answer it wants is {}; {meanwhile}",
            rpc.request,
            waited.as_millis(),
            rpc.expected()
        );
        answers.first_silent = Some((node, text.clone()));
        events.notice(time, node, text);
    }

    /// What the node printed since it first received such a request.
    fn printed_meanwhile(&self, node: NodeIndex, rpc: &'static Rpc) -> String {
        let last = &self.printed[node].last;
        let Output { lines, answers } = self.since_asked(node, rpc);
        match (lines, answers) {
            (0, _) => "it printed nothing on stdout meanwhile: does it handle this type, and is \
                       stdout flushed behind each message?"
                .to_owned(),
            (_, 1..) => {
                "it answered other requests meanwhile: does it handle this type?".to_owned()
            }
            (1, 0) => format!("it printed this instead: {last}"),
            (lines, 0) => format!("it printed {lines} lines meanwhile, the last of them: {last}"),
        }
    }

    /// The failure of a run in which the answers to some type of request are unusable only, if there
    /// are too many or they took too long.
    pub(super) fn hopeless(&self, now: Time) -> Option<Failure> {
        let answers = self.requests.iter().find(|answers| {
            let is_late =
                answers.first_misfit.is_some_and(|first| now.since(first) >= HOPELESS_TIME);
            answers.usable == 0 && (answers.unusable >= HOPELESS_ANSWERS || is_late)
        })?;
        let FirstFlaw { node, text } = answers.first_flaw.as_ref()?;
        Some(Failure::Hopeless {
            node: *node,
            request: answers.rpc.request,
            answers: answers.unusable,
            problem: text.clone(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::rpc::{Field, Shape};

    const READ: Rpc = Rpc {
        request: "read",
        request_fields: &[],
        reply: "read_ok",
        reply_fields: &[Field { name: "value", shape: Shape::Int }],
    };

    fn at(seconds: u64) -> Time {
        Time::default() + Duration::from_secs(seconds)
    }

    fn notices(events: &mut Events) -> Vec<String> {
        let text = |(_, event)| match event {
            Event::Notice { text, .. } => text,
            other => panic!("{other:?}"),
        };
        events.take().into_iter().map(text).collect()
    }

    #[test]
    fn a_misfit_is_hopeless_after_a_while_and_errors_only_in_numbers() {
        let mut events = Events::new(vec!["n0".to_owned()]);
        let mut answers = Answers::new(1);
        answers.unusable(at(1), 0, &READ, Flaw::Error, || "refused".to_owned(), &mut events);
        assert_eq!(answers.hopeless(at(60)), None);
        let mut misfits = Answers::new(1);
        misfits.unusable(at(1), 0, &READ, Flaw::Unmatched, || "wrong".to_owned(), &mut events);
        assert_eq!(misfits.hopeless(at(2)), None);
        let failure = |answers, problem: &str| {
            let (node, request, problem) = (0, "read", problem.to_owned());
            Some(Failure::Hopeless { node, request, answers, problem })
        };
        assert_eq!(misfits.hopeless(at(3)), failure(1, "wrong"));
        for _ in 1..HOPELESS_ANSWERS {
            answers.unusable(at(1), 0, &READ, Flaw::Error, || panic!("not first"), &mut events);
        }
        assert_eq!(answers.hopeless(at(1)), failure(HOPELESS_ANSWERS, "refused"));
        answers.usable(0, &READ);
        assert_eq!(answers.hopeless(at(60)), None);
        // Unmatched answers have an event already.
        assert_eq!(notices(&mut events), ["refused"]);
    }

    #[test]
    fn the_first_silence_says_what_the_node_printed_meanwhile() {
        let mut events = Events::new(vec!["n0".to_owned()]);
        let waited = Duration::from_secs(5);
        for (lines, expected) in [
            (&[][..], "it printed nothing on stdout meanwhile"),
            (&["hello"], "it printed this instead: hello"),
            (&["hello", "bye"], "it printed 2 lines meanwhile, the last of them: bye"),
        ] {
            let mut answers = Answers::new(1);
            answers.asked(0, &READ);
            for line in lines {
                answers.printed(0, line.as_bytes());
            }
            for _ in 0..2 {
                answers.unanswered_in_time(at(5), 0, &READ, waited, &mut events);
            }
            let texts = notices(&mut events);
            assert!(texts.len() == 1 && texts[0].contains(expected), "{texts:?}");
            let [Unanswered { count, text, .. }] = &answers.unanswered()[..] else { panic!() };
            assert_eq!((*count, text), (2, &texts[0]));
        }
    }
}
