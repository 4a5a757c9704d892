//! The names of a run's nodes: generated (`n0`, `n1`, ...) or given.

use super::PlanError;
use crate::Parameters;
use crate::settings::range::MOST_NODES;

/// Maximum length of a name in bytes: it becomes a directory name, and with an extension a file
/// name.
const LONGEST_NAME: usize = 200;
/// Names that are taken by services.
const SERVICES: [&str; 4] = ["lin-kv", "lin-tso", "lww-kv", "seq-kv"];

/// The names of the nodes. By default the reference runs n1 to n5. If both names and a number are
/// given, they must agree. The number is in its range.
pub(super) fn node_names(given: &Parameters) -> Result<Vec<String>, PlanError> {
    match (given.node_count, &given.nodes) {
        (Some(count), Some(names)) if usize::try_from(count).ok() != Some(names.len()) => {
            Err(PlanError::NodeCount { count, names: names.len() })
        }
        (_, Some(names)) => checked(names.clone()),
        (None, None) => Ok((1..=5).map(|number| format!("n{number}")).collect()),
        (Some(count), None) => Ok((0..count).map(|number| format!("n{number}")).collect()),
    }
}

/// Checks that the names differ from each other, from services and from clients, and that they are
/// valid directory names.
fn checked(names: Vec<String>) -> Result<Vec<String>, PlanError> {
    let out_of_range =
        |value: String, expected| Err(PlanError::OutOfRange { flag: "nodes", value, expected });
    let most = usize::try_from(MOST_NODES).unwrap_or(usize::MAX);
    if names.is_empty() || names.len() > most {
        return out_of_range(format!("of {} names", names.len()), "1 to 1000 names");
    }
    for (index, name) in names.iter().enumerate() {
        let problem =
            if names[..index].contains(name) { Some("each name once") } else { problem(name) };
        if let Some(expected) = problem {
            return out_of_range(format!("{name:?}"), expected);
        }
    }
    Ok(names)
}

/// What is expected instead of this name; `None` if a node may have it.
fn problem(name: &str) -> Option<&'static str> {
    let is_client = name
        .strip_prefix('c')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    let is_printed = |c: char| !c.is_whitespace() && !c.is_control() && !is_invisible(c);
    if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()) {
        Some("names, such as n0,n1,n2; node-count says how many nodes there are")
    } else if is_client {
        Some("a name that is not a client's (those are c and a number)")
    } else if SERVICES.contains(&name) {
        Some("a name that is not a service's (lin-kv, lin-tso, lww-kv, seq-kv)")
    } else if name.is_empty() || name.len() > LONGEST_NAME {
        Some("a name of 1 to 200 bytes")
    } else if matches!(name, "." | "..") || name.contains('/') {
        Some("a name that a folder can have, since every node has its own: without `/`")
    } else if !name.chars().all(is_printed) {
        Some("a name without spaces and invisible characters; names are separated by commas")
    } else {
        None
    }
}

/// Whether a character has no width or changes the direction of text.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Result<Vec<String>, PlanError> {
        let nodes = Some(names.iter().map(|name| (*name).to_owned()).collect());
        node_names(&Parameters { nodes, ..Parameters::default() })
    }

    #[test]
    fn names_that_folders_can_have_are_taken() {
        for taken in ["a", "n0", "c", "cat", "c1x", "é", "n1.example.com", "...", "-x", "a\\b", "~"]
        {
            assert_eq!(names(&["n9", taken]), Ok(vec!["n9".to_owned(), taken.to_owned()]));
        }
    }

    #[test]
    fn other_names_are_refused_and_named() {
        for (refused, expected) in [
            ("../../x", "without `/`"),
            ("/tmp/x", "without `/`"),
            ("a/b", "without `/`"),
            (".", "without `/`"),
            ("..", "without `/`"),
            ("", "1 to 200 bytes"),
            (&"x".repeat(201), "1 to 200 bytes"),
            ("c1", "not a client's"),
            ("c007", "not a client's"),
            ("lin-kv", "not a service's"),
            ("lin-tso", "not a service's"),
            ("n9", "each name once"),
            ("a b", "without spaces"),
            ("a\u{1b}[31m", "without spaces and invisible"),
            ("a\u{202e}b", "without spaces and invisible"),
            ("a\0", "without spaces and invisible"),
        ] {
            let error = names(&["n9", refused]).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("invalid value {refused:?} for --nodes")),
                "{error}"
            );
            assert!(error.contains(expected), "{error}");
        }
        assert!(names(&[]).is_err());
        let many: Vec<String> = (0..1001).map(|number| format!("x{number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(names(&many).is_err());
        assert!(names(&many[1..]).is_ok());
    }

    #[test]
    fn names_and_a_number_must_agree() {
        let given = |count| Parameters {
            nodes: Some(vec!["a".to_owned(), "b".to_owned()]),
            node_count: Some(count),
            ..Parameters::default()
        };
        assert_eq!(node_names(&given(2)), Ok(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(node_names(&given(3)), Err(PlanError::NodeCount { count: 3, names: 2 }));
    }
}
