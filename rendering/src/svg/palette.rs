//! Colours. They are of middle brightness, so that they stand out on light and on dark.

use std::fmt::Write as _;

/// Colours of series and of types of messages. Those behind share the last, which is grey.
const SERIES: [&str; 9] = [
    "#2f7fd8", "#e07b1a", "#2a9d5f", "#8b5fd0", "#d1477f", "#1a9fb0", "#a5713d", "#8a9a1f",
    "#7d8590",
];
/// The colour of what went wrong.
const WRONG: &str = "#d73a3f";
/// Colours of faults, by their name.
const FAULTS: [(&str, &str); 8] = [
    ("partition", "#e5534b"),
    ("kill", "#c23b94"),
    ("pause", "#b08800"),
    ("loss", "#d9730d"),
    ("duplicate", "#2f7fd8"),
    ("reorder", "#2a9d5f"),
    ("slow", "#8b5fd0"),
    ("skew", "#1a9fb0"),
];
/// The colour of any other fault.
const OTHER_FAULT: &str = "#7d8590";

/// The class of the series at a position.
pub(super) fn series(position: usize) -> String {
    format!("s{}", position.min(SERIES.len() - 1))
}

/// The class of a fault.
pub(super) fn fault(name: &str) -> String {
    let known = FAULTS.iter().position(|(fault, _)| *fault == name);
    format!("f{}", known.unwrap_or(FAULTS.len()))
}

/// The rules of all classes: lines of series, areas of faults, `a` for those that shade a plot.
pub(super) fn rules() -> String {
    let mut rules = String::new();
    for (position, colour) in SERIES.iter().enumerate() {
        let _ =
            write!(rules, "path.s{position}{{stroke:{colour}}}text.s{position}{{fill:{colour}}}");
    }
    let _ =
        write!(rules, "path.wrong{{stroke:{WRONG};stroke-width:1.5}}text.wrong{{fill:{WRONG}}}");
    let others = std::iter::once(OTHER_FAULT);
    for (position, colour) in FAULTS.iter().map(|(_, colour)| *colour).chain(others).enumerate() {
        let _ = write!(rules, ".f{position}{{fill:{colour};stroke:none}}");
    }
    rules += ".shade{fill-opacity:.08}.node{fill-opacity:.2}.bar{fill-opacity:.8}";
    rules
}
