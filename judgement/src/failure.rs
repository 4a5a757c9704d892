//! Texts about why a run ended early, with the node's last output.

use glomers_engine::{BadLine, Core, Exit, Failure, LastLines, Phase};
use glomers_history::{shortened, visible};

/// Maximum number of bytes of a reply that are shown.
const SHOWN_CHARS: usize = 300;

/// Maximum number of lines of stderr that are shown for a run without a crash.
const SHOWN_STDERR: usize = 5;

/// One sentence: what happened to which node.
#[must_use]
pub(crate) fn describe(failure: &Failure, core: &Core, last_lines: &[LastLines]) -> String {
    let nodes = &core.plan().nodes;
    match failure {
        Failure::NodeExited { node, exit, phase: Phase::Start } => {
            let advice = exit_advice(*exit);
            format!("node {} {exit} before all nodes had answered init{advice}", nodes[*node])
        }
        Failure::NodeExited { node, exit, phase } => {
            format!("node {} {exit} {}{}", nodes[*node], phase.moment(), exit_advice(*exit))
        }
        Failure::InitTimeout { node, waited, unmatched: Some(problem) } => format!(
            "node {} did not answer init in {} s: it {}",
            nodes[*node],
            waited.as_secs_f64(),
            shown(problem)
        ),
        Failure::InitTimeout { node, waited, unmatched: None } => {
            let bad_line = core.bad_lines().keys().find(|(printer, _)| printer == node);
            format!(
                "node {} did not answer init in {} s: {}",
                nodes[*node],
                waited.as_secs_f64(),
                what_came(&last_lines[*node], bad_line.map(|(_, kind)| *kind))
            )
        }
        Failure::InitUnmatched { node, problem } => {
            format!("node {} did not answer init: it {}", nodes[*node], shown(problem))
        }
        Failure::Hopeless { node, request, answers, problem } => {
            let answers = match answers {
                1 => format!("the only answer to \"{request}\" was unusable"),
                answers => format!("all {answers} answers to \"{request}\" were unusable"),
            };
            format!(
                "{answers}, so the run was stopped early (--keep-going runs on): {} {}",
                nodes[*node],
                shown(problem)
            )
        }
        Failure::InitRefused { node, answer } => format!(
            "node {} answered init with {}: the answer it wants is {{\"type\":\"init_ok\",\
             \"in_reply_to\":<the msg_id of init>}}",
            nodes[*node],
            shown(answer)
        ),
        Failure::SetUpFailed { node, request, problem } => {
            format!("node {} did not accept {request}: {}", nodes[*node], shown(problem))
        }
        Failure::Interrupted => "the run was stopped before its end".to_owned(),
    }
}

/// Advice about a node that exited by itself.
fn exit_advice(exit: Exit) -> &'static str {
    match exit {
        Exit::Status(0) => {
            ": a node must not end by itself: read stdin in a loop, until it is closed"
        }
        Exit::Status(_) | Exit::Signal(_) | Exit::Panicked | Exit::Unknown => "",
    }
}

/// Whether the run was given up because its answers were unusable.
pub(crate) fn is_hopeless(failure: &Failure) -> bool {
    matches!(failure, Failure::Hopeless { .. })
}

/// Whether it does not concern the node: the run ended before it could show anything.
pub(crate) fn is_inconclusive(failure: &Failure) -> bool {
    matches!(failure, Failure::Interrupted) || is_hopeless(failure)
}

/// The output on a node's stdout instead of an answer, with advice.
fn what_came(lines: &LastLines, bad_line: Option<BadLine>) -> String {
    if !lines.unfinished.is_empty() {
        return format!(
            "it printed `{}` without a newline behind it, and a message is not sent before its \
             line ends: print a newline (\\n) behind each message, and flush",
            shown(&lines.unfinished)
        );
    }
    match bad_line {
        _ if lines.stdout.is_empty() => "nothing came on its stdout: reply with init_ok and a \
             newline; is stdout flushed behind each message (in Python, print(..., flush=True))?"
            .to_owned(),
        Some(kind) => format!("what it printed was no answer; it {kind}"),
        None => "what it printed was no answer to init: reply with init_ok on stdout, with a \
                 newline, and flush"
            .to_owned(),
    }
}

/// The node that a failure is about.
#[must_use]
pub(crate) fn node_of(failure: &Failure) -> Option<usize> {
    match failure {
        Failure::NodeExited { node, .. }
        | Failure::InitTimeout { node, .. }
        | Failure::InitRefused { node, .. }
        | Failure::InitUnmatched { node, .. }
        | Failure::SetUpFailed { node, .. } => Some(*node),
        // Their texts name what they are about.
        Failure::Hopeless { .. } | Failure::Interrupted => None,
    }
}

/// The last lines of a node, indented under a heading each.
#[must_use]
pub(crate) fn last_words(name: &str, lines: &LastLines) -> Vec<String> {
    let mut text = Vec::new();
    let unfinished = lines.unfinished.as_str();
    for (stream, lines) in [("stdout", &lines.stdout), ("stderr", &lines.stderr)] {
        let unfinished = if stream == "stdout" { unfinished } else { "" };
        if lines.is_empty() && unfinished.is_empty() {
            text.push(format!("{name} printed nothing to {stream}"));
        } else if !lines.is_empty() {
            text.push(format!("last lines of {name} on {stream}:"));
            text.extend(lines.iter().map(|line| format!("  {}", visible(line))));
        }
        if !unfinished.is_empty() {
            text.push(format!("{name} began a line on {stream} and did not end it:"));
            text.push(format!("  {}", visible(unfinished)));
        }
    }
    text
}

/// The end of the stderr of the first node that printed any: it often shows what went wrong.
#[must_use]
pub(crate) fn first_stderr(nodes: &[String], lines: &[LastLines]) -> Option<String> {
    let (name, lines) = nodes.iter().zip(lines).find(|(_, lines)| !lines.stderr.is_empty())?;
    let last = &lines.stderr[lines.stderr.len().saturating_sub(SHOWN_STDERR)..];
    let last: Vec<String> = last.iter().map(|line| visible(line).into_owned()).collect();
    Some(format!("last lines of {name} on stderr:\n  {}", last.join("\n  ")))
}

fn shown(text: &str) -> String {
    shortened(&visible(text), SHOWN_CHARS).into_owned()
}
