//! Catches panics of nodes: they are reported as the last output of the node, and do not reach the
//! stderr of this process.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// `Some` while a node runs on this thread; the text of its panic, or empty.
    static AT_WORK: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs code of a node; the error is the text of its panic.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            let is_built_in = AT_WORK.with_borrow_mut(|text| {
                text.as_mut().map(|text| *text = panic.to_string()).is_some()
            });
            if !is_built_in {
                usual(panic);
            }
        }));
    });
    AT_WORK.set(Some(String::new()));
    // State that a panic left inconsistent is discarded with the node.
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    let text = AT_WORK.take().unwrap_or_default();
    result.map_err(|_| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_text_with_its_place() {
        let error = caught(|| panic!("no such {}", "key")).unwrap_err();
        assert!(error.contains("no such key") && error.contains("panics.rs"), "{error}");
        assert_eq!(caught(|| 7), Ok(7));
    }
}
