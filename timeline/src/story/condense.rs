//! Leaves out repeated messages.

use super::line::{Content, Line};
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

/// Up to this number of messages and log lines between two sentences are all shown.
const FEW: usize = 8;

/// Between two sentences, messages of the same text and fate are shown once; if that is not enough,
/// also those that differ only in their text.
pub(super) fn condense(lines: Vec<Line>) -> Vec<Line> {
    let mut condensed = Vec::with_capacity(lines.len());
    let mut stretch = Vec::new();
    for line in lines {
        if matches!(line.content, Content::Sentence(_)) {
            condensed.extend(fold(std::mem::take(&mut stretch)));
            condensed.push(line);
        } else {
            stretch.push(line);
        }
    }
    condensed.extend(fold(stretch));
    condensed
}

fn fold(stretch: Vec<Line>) -> Vec<Line> {
    let mut stretch = stretch;
    for regards_text in [true, false] {
        if stretch.len() <= FEW {
            break;
        }
        stretch = fold_once(stretch, regards_text);
    }
    stretch
}

fn fold_once(stretch: Vec<Line>, regards_text: bool) -> Vec<Line> {
    let mut kept: Vec<Line> = Vec::new();
    // By what is alike: the position of the line that is shown.
    let mut shown: FxHashMap<String, usize> = FxHashMap::default();
    for line in stretch {
        match shown.entry(likeness(&line.content, regards_text)) {
            Entry::Occupied(first) => add(&mut kept[*first.get()], &line),
            Entry::Vacant(free) => {
                free.insert(kept.len());
                kept.push(line);
            }
        }
    }
    kept
}

/// A text that is the same for lines that are alike.
fn likeness(content: &Content, regards_text: bool) -> String {
    let of_text = |text: &str| if regards_text { text.to_owned() } else { String::new() };
    match content {
        Content::Sentence(text) => text.clone(),
        Content::Log { node, text, .. } => format!("{node}\0logs\0{}", of_text(text)),
        Content::Message { src, dest, kind, text, fate, .. } => {
            format!("{src}\0{dest}\0{kind}\0{}\0{}", fate.kind(), of_text(text))
        }
    }
}

/// Adds a line that is not shown to the count of one that is.
fn add(first: &mut Line, line: &Line) {
    let (Content::Message { more: added, .. } | Content::Log { more: added, .. }) = &line.content
    else {
        return;
    };
    let (count, last) = added.unwrap_or((0, line.time));
    if let Content::Message { more, .. } | Content::Log { more, .. } = &mut first.content {
        *more = Some((more.map_or(0, |(before, _)| before) + count + 1, last));
    }
}
