//! Leaves out repeated messages.

use super::line::{Content, Line};

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
    for line in stretch {
        match kept.iter_mut().find(|kept| are_alike(&kept.content, &line.content, regards_text)) {
            Some(first) => add(first, &line),
            None => kept.push(line),
        }
    }
    kept
}

fn are_alike(one: &Content, other: &Content, regards_text: bool) -> bool {
    if let (
        Content::Log { node, text, .. },
        Content::Log { node: other_node, text: other_text, .. },
    ) = (one, other)
    {
        return node == other_node && (!regards_text || text == other_text);
    }
    let (
        Content::Message { src, dest, kind, text, fate, .. },
        Content::Message {
            src: other_src,
            dest: other_dest,
            kind: other_kind,
            text: other_text,
            fate: other_fate,
            ..
        },
    ) = (one, other)
    else {
        return false;
    };
    src == other_src
        && dest == other_dest
        && kind == other_kind
        && (!regards_text || text == other_text)
        && fate.is_like(other_fate)
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
