//! Why set-full does not return valid: for broadcast and g-set.

use super::final_reads::final_reads;
use super::shown_part::shown_part;
use crate::explanation::EXAMPLES;
use crate::{Explanation, LostElement, LostExample, set_full};
use glomers_history::{Function, History, Kind, Operation, Validity};

/// Explains the verdict over the elements that `add` adds.
pub(super) fn explain_set(history: &History, add: &Function) -> Vec<Explanation> {
    let set = match set_full(history, add) {
        Ok(set) => set,
        Err(error) => return vec![Explanation::NotJudged(error)],
    };
    match set.validity() {
        Validity::Valid => Vec::new(),
        Validity::Unknown => {
            vec![Explanation::NothingStable { attempts: set.attempt_count }]
        }
        Validity::Invalid => {
            let count = set.lost.len();
            let lost = set.lost.into_iter().take(EXAMPLES);
            let examples = lost.map(|lost| lost_example(history, lost)).collect();
            let part = shown_part(history, add);
            vec![Explanation::LostElements { count, attempts: set.attempt_count, examples, part }]
        }
    }
}

/// Counts the final reads that show the element.
fn lost_example(history: &History, lost: LostElement) -> LostExample {
    let shows = |read: &&Operation| {
        let mut shows = false;
        read.value.each_element(|element| shows |= *element == lost.element);
        shows
    };
    LostExample {
        final_reads_with: final_reads(history, Kind::Ok).filter(shows).count(),
        final_reads: final_reads(history, Kind::Ok).count(),
        lost,
    }
}
