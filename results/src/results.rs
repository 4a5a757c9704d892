//! The typed content of a `results.edn`.
//!
//! Missing parts are `None`. Unknown keys, which a newer reference may write, are kept and listed;
//! so are known keys with a value of an unexpected type.

use crate::map_reader::{Section, UnknownKey};
use crate::sections::{Availability, Exceptions, Net, Stats};
use crate::workload::WorkloadResults;
use crate::{EdnError, edn};
use glomers_history::{Validity, Value};

/// The content of a `results.edn`.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// The verdict.
    pub valid: Validity,
    /// Counts of operations by outcome.
    pub stats: Option<Stats>,
    /// Fraction of operations that succeeded.
    pub availability: Option<Availability>,
    /// Message counts.
    pub net: Option<Net>,
    /// Operations that ended with an exception.
    pub exceptions: Option<Exceptions>,
    /// Result of the workload's own checker.
    pub workload: Option<WorkloadResults>,
    /// Why the run ended early, if it did. This key is specific to glomers: the reference writes no
    /// results in that case.
    pub failure: Option<String>,
    unknown: Vec<UnknownKey>,
    value: Value,
}

/// Why a text is not the results of a run.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    /// It is not valid EDN.
    #[error(transparent)]
    Edn(#[from] EdnError),
    /// It has no verdict.
    #[error("no map with a :valid? of true, false or :unknown; is it a results.edn?")]
    NoVerdict,
}

impl Results {
    /// The verdicts of its parts: of all maps in it that have one.
    pub(crate) fn parts(&self) -> Vec<(String, Validity)> {
        let Value::Map(entries) = self.value() else { return Vec::new() };
        let part = |(key, value): &(Value, Value)| {
            let Value::Keyword(name) = key else { return None };
            let valid = Validity::from_value(value.get("valid?")?)?;
            Some((name.to_string(), valid))
        };
        entries.iter().filter_map(part).collect()
    }

    /// Reads the text of a `results.edn`.
    pub fn parse(text: &str) -> Result<Self, ResultsError> {
        Self::from_value(edn::read(text)?)
    }

    /// Reads a map of results (also that of `Judgement::to_value`).
    pub fn from_value(value: Value) -> Result<Self, ResultsError> {
        let mut top = Section::new("", &value).ok_or(ResultsError::NoVerdict)?;
        let valid = top.valid().ok_or(ResultsError::NoVerdict)?;
        // The reference also draws these pictures and pages.
        for drawn in ["perf", "timeline"] {
            top.value(drawn);
        }
        // The key with which `glomers check` reports a run that did not reach its end.
        top.value("incomplete");
        let mut unknown = Vec::new();
        let mut part = |key| top.section(key);
        let (stats, availability, net, exceptions) =
            (part("stats"), part("availability"), part("net"), part("exceptions"));
        let (workload, failure) = (part("workload"), part("failure"));
        let stats = stats.map(|section| Stats::take(section, &mut unknown));
        let availability = availability.map(|section| Availability::take(section, &mut unknown));
        let net = net.map(|section| Net::take(section, &mut unknown));
        let exceptions = exceptions.map(|section| Exceptions::take(section, &mut unknown));
        let workload = workload
            .zip(value.get("workload"))
            .map(|(section, map)| WorkloadResults::take(section, map, &mut unknown));
        let failure = failure.and_then(|mut section| {
            section.valid();
            let reason = section.take("reason", |value| match value {
                Value::Str(text) => Some(text.to_string()),
                _ => None,
            });
            section.end(&mut unknown);
            reason
        });
        top.end(&mut unknown);
        Ok(Self { valid, stats, availability, net, exceptions, workload, failure, unknown, value })
    }

    /// Unknown keys, in the order of the file within each map.
    #[must_use]
    pub fn unknown_keys(&self) -> &[UnknownKey] {
        &self.unknown
    }

    /// The whole map, as read.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recordings;

    #[test]
    fn recorded_results_have_all_their_parts() {
        for (path, text) in recordings::results() {
            let results = Results::parse(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
            if path.starts_with("maelstrom") {
                let unknown: Vec<_> =
                    results.unknown_keys().iter().map(ToString::to_string).collect();
                assert!(unknown.is_empty(), "{path}: {unknown:?}");
                let stats = results.stats.unwrap();
                let ended = [stats.all.ok_count, stats.all.fail_count, stats.all.info_count];
                let ended: Option<Vec<u64>> = ended.into_iter().collect();
                assert_eq!(stats.all.count, ended.map(|counts| counts.iter().sum()), "{path}");
                assert!(results.net.unwrap().servers.unwrap().msg_count.is_some(), "{path}");
                assert!(results.availability.unwrap().ok_fraction.is_some(), "{path}");
                assert!(results.exceptions.is_some() && results.workload.is_some(), "{path}");
            }
        }
    }

    #[test]
    fn unknown_keys_are_kept_in_order() {
        let text = "{:zeta 1, :stats {:valid? true, :count \"many\", :median 3, \
                    :by-f {:read {:count 1, :p50 [1 2]}}}, \"a\" nil, :valid? :unknown}";
        let results = Results::parse(text).unwrap();
        let unknown: Vec<_> = results.unknown_keys().iter().map(ToString::to_string).collect();
        assert_eq!(
            unknown,
            [
                ":stats :by-f :read :p50 [1 2]",
                ":stats :count \"many\"",
                ":stats :median 3",
                ":zeta 1",
                "\"a\" nil"
            ]
        );
        assert_eq!(results.stats.unwrap().by_f[0].1.count, Some(1));
        assert_eq!((results.valid, results.net), (Validity::Unknown, None));
    }

    #[test]
    fn a_failure_of_the_run_has_its_reason() {
        let text = "{:failure {:valid? false, :reason \"n1 exited\"}, :valid? false}";
        let results = Results::parse(text).unwrap();
        assert_eq!(results.failure.as_deref(), Some("n1 exited"));
        assert!(results.unknown_keys().is_empty());
    }

    #[test]
    fn what_has_no_verdict_is_no_results() {
        for text in ["[1]", "{:index 0, :type :ok}", "{:valid? 1}"] {
            let error = Results::parse(text).unwrap_err().to_string();
            assert!(error.ends_with("is it a results.edn?"), "{error}");
        }
        let error = Results::parse("{:valid? true").unwrap_err().to_string();
        assert!(error.starts_with("line 1, column 1: `}` is missing"), "{error}");
    }
}
