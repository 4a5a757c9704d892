//! The services that nodes can use, and the codes of errors, as part of `glomers list --workloads`.

use super::workloads::bodies;
use crate::wrap::{text_width, wrapped};
use glomers_node::ErrorCode;
use std::fmt::Write as _;

/// What nodes can ask of the services.
const SERVICES: &str = "\
Nodes can send requests to these names, as to each other. All but lin-tso are stores of keys and values: `lin-kv` is linearizable. `seq-kv` is sequentially \
consistent: it may answer a node that only reads from any past state. `lww-kv` keeps what was written \
last, by its own clocks, and may lose other writes. `lin-tso` gives out growing numbers.";

/// The requests and replies of the stores, and of `lin-tso`.
const EXCHANGES: &str = r#"  -> {"type": "read", "key": anything}
  <- {"type": "read_ok", "value": anything}
  -> {"type": "write", "key": anything, "value": anything}
  <- {"type": "write_ok"}
  -> {"type": "cas", "key": anything, "from": anything, "to": anything}
     (with "create_if_not_exists": true it also makes a key that is missing)
  <- {"type": "cas_ok"}
  -> {"type": "ts"}
  <- {"type": "ts_ok", "ts": an integer}
"#;

const ERRORS: &str = "\
A request that fails is answered with {\"type\": \"error\", \"code\": a number, \"text\": a string}. After \
a definite error nothing was done; after another one it may have been done, or may still be. The services \
answer 20 (read, cas) and 22 (cas).";

/// The sections about services and errors; in a terminal of a width, wrapped.
pub(super) fn described(is_markdown: bool, width: Option<u16>) -> String {
    let (heading, fence, end) =
        if is_markdown { ("## ", "```text\n", "```\n") } else { ("", "", "") };
    let paragraph = |text: &str| wrapped(text, text_width(), "");
    let exchanges = bodies(EXCHANGES, width.filter(|_| !is_markdown));
    let services = paragraph(SERVICES);
    let mut text = format!("{heading}services\n{services}{fence}{exchanges}{end}\n");
    let _ = write!(text, "{heading}errors\n{}{fence}", paragraph(ERRORS));
    for code in codes() {
        let kind = if code.is_definite() { "definite" } else { "not definite" };
        let _ = writeln!(text, "  {:2} {} ({kind})", code.number(), code.name());
    }
    text + end
}

/// All codes that have a name.
pub(super) fn codes() -> impl Iterator<Item = ErrorCode> {
    /// No code with a name is greater.
    const GREATEST: u32 = 99;
    let all = (0..=GREATEST).map(ErrorCode::from_number);
    all.filter(|code| !matches!(code, ErrorCode::Other(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_and_errors_are_described() {
        insta::assert_snapshot!(described(false, None));
    }
}
