//! Single mistakes that explain most anomalies of a history at once.

use super::offsets::offsets_of;
use super::{Cases, Kafka};

/// Minimum number of cases that show a pattern.
const LEAST: usize = 3;
/// Maximum number of cases that are looked at.
const MOST: usize = 1000;

impl Kafka<'_> {
    /// The mistake that explains the anomalies, with what a node should do instead.
    pub(super) fn pattern(&self) -> Option<String> {
        self.wrong_answers().or_else(|| self.exclusive_polls())
    }

    /// Sends that are all answered with an offset other than that at which polls have the message.
    fn wrong_answers(&self) -> Option<String> {
        let duplicates = self.found.values().find_map(|cases| match cases {
            Cases::Duplicates(duplicates) => Some(duplicates),
            _ => None,
        })?;
        let mut example = None;
        for duplicate in duplicates.iter().take(MOST) {
            let given = self.given_offset(duplicate.message)?;
            let offsets = offsets_of(&self.operations, &self.logs, duplicate.message);
            let [one, other] = offsets.as_slice() else { return None };
            let polled = if *one == given { *other } else { *one };
            let (_, shift, _) = *example.get_or_insert((duplicate.message, given - polled, polled));
            if given - polled != shift {
                return None;
            }
        }
        let (message, shift, polled) = example.filter(|_| duplicates.len() >= LEAST)?;
        let side = if shift > 0 { "above" } else { "below" };
        Some(format!(
            "`send_ok` always says an offset that is {} {side} the one at which polls have the message \
             ({}: said {}, polled at {polled}): answer a send with the offset at which it is polled",
            shift.unsigned_abs(),
            self.named(message),
            polled + shift,
        ))
    }

    /// Lost messages that are all the first of their key.
    fn exclusive_polls(&self) -> Option<String> {
        let lost = self.found.values().find_map(|cases| match cases {
            Cases::LostWrites(lost) => Some(lost),
            _ => None,
        })?;
        let is_first = |message: u32| self.logs.position(message).first == 0;
        let all = lost.len() >= LEAST && lost.iter().all(|case| is_first(case.message));
        all.then(|| {
            "of each key, only the first message is lost: a poll from an offset begins with the message at \
             that offset, not with the one after it"
                .to_owned()
        })
    }
}
