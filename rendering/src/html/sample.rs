//! Which messages a page shows, if there are too many for a browser.

use glomers_timeline::{Fate, Timeline};

/// Maximum number of messages in a page.
pub const MOST_MESSAGES: usize = 100_000;

/// Positions of the shown messages, in order: all, or those that a story is about, then those that did
/// not arrive, then others at even distances.
pub(super) fn sample(timeline: &Timeline<'_>, related: &[usize], most: usize) -> Vec<usize> {
    let messages = timeline.messages();
    if messages.len() <= most {
        return (0..messages.len()).collect();
    }
    let mut is_related = vec![false; messages.len()];
    for position in related {
        if let Some(mark) = is_related.get_mut(*position) {
            *mark = true;
        }
    }
    let rank = |position: usize| {
        if is_related[position] {
            0
        } else if timeline.fate(&messages[position]) == Fate::Arrived {
            2
        } else {
            1
        }
    };
    let mut groups: [Vec<usize>; 3] = Default::default();
    for position in 0..messages.len() {
        groups[rank(position)].push(position);
    }
    let mut shown = Vec::with_capacity(most);
    for group in groups {
        let room = most - shown.len();
        shown.extend(evenly(&group, room));
    }
    shown.sort_unstable();
    shown
}

/// At most this number of elements, at even distances.
pub(super) fn evenly(all: &[usize], most: usize) -> impl Iterator<Item = usize> {
    let count = all.len().min(most);
    (0..count).map(move |at| all[at * all.len() / count])
}

#[cfg(test)]
mod tests {
    use super::*;
    use glomers_history::{Cluster, History};
    use std::fmt::Write as _;

    /// A journal of this many messages between two nodes; every 10th does not arrive.
    fn journal(count: usize) -> String {
        let mut text = String::new();
        for id in 0..count {
            for kind in ["send", "recv"] {
                if kind == "send" || id % 10 != 0 {
                    let _ = writeln!(
                        text,
                        "{{\"time\":{id},\"type\":\"{kind}\",\"id\":{id},\"src\":\"n0\",\
                         \"dest\":\"n1\",\"body\":{{\"type\":\"x\"}}}}"
                    );
                }
            }
        }
        text
    }

    #[test]
    fn related_and_dropped_messages_are_kept_first() {
        let (cluster, history, journal) = (Cluster::default(), History::new(), journal(1000));
        let timeline = Timeline::new(&cluster, &history, journal.as_bytes());
        assert_eq!(sample(&timeline, &[], 1000).len(), 1000);
        let related = [1, 2, 3, 999];
        let shown = sample(&timeline, &related, 200);
        assert_eq!(shown.len(), 200);
        assert!(shown.is_sorted() && related.iter().all(|it| shown.contains(it)), "{shown:?}");
        assert!((0..1000).step_by(10).all(|it| shown.contains(&it)), "{shown:?}");
        let rest: Vec<usize> =
            shown.iter().copied().filter(|it| it % 10 != 0 && !related.contains(it)).collect();
        let gaps = rest.windows(2).map(|pair| pair[1] - pair[0]).max();
        assert!(gaps < Some(16), "they are spread over the run: {rest:?}");
        assert_eq!(sample(&timeline, &related, 2), [1, 3]);
    }
}
