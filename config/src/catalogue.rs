//! All challenges that can be run here: the built-in ones, and those of a `glomers.toml`.

use crate::nearest::did_you_mean;
use crate::{Challenge, NodeSource, ProjectFile, challenges, workload_challenges};
use std::path::PathBuf;

/// A challenge, and the project's settings for its node.
#[derive(Debug, Clone, PartialEq)]
pub struct CatalogueEntry {
    /// The challenge.
    pub challenge: Challenge,
    /// How its node is built and started; `None` without a `glomers.toml`.
    pub node: Option<NodeSource>,
    /// Directory where its runs are stored; `None` without a `glomers.toml`.
    pub store: Option<PathBuf>,
}

/// The challenges in order: the built-in ones in Fly.io's order, then the project's additions; and,
/// separately, the workloads that can be run by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    entries: Vec<CatalogueEntry>,
    workloads: Vec<CatalogueEntry>,
}

/// The error for a name that matches no challenge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown challenge {name:?}{suggestion}; challenges are {}", .known.join(", "))]
pub struct UnknownChallenge {
    /// The name that was given.
    pub name: String,
    /// The closest known name, as a question in parentheses, or empty.
    pub suggestion: String,
    /// All known names.
    pub known: Vec<String>,
}

impl UnknownChallenge {
    /// Builds the error and its suggestion. Some of the `numbers` may be empty.
    pub(crate) fn new<'a>(
        name: &str,
        names: impl Iterator<Item = &'a str>,
        numbers: impl Iterator<Item = &'a str>,
    ) -> Self {
        let mut known: Vec<&str> = Vec::new();
        for name in names {
            if !known.contains(&name) {
                known.push(name);
            }
        }
        let suggestion = did_you_mean(name, known.iter().copied().chain(numbers));
        let known = known.into_iter().map(str::to_owned).collect();
        Self { name: name.to_owned(), suggestion, known }
    }
}

impl Catalogue {
    /// The built-in challenges, changed and extended by the project's.
    #[must_use]
    pub fn new(project: Option<&ProjectFile>) -> Self {
        let entry = |challenge| CatalogueEntry {
            challenge,
            node: project.map(|project| project.node.clone()),
            store: project.map(|project| project.store.clone()),
        };
        let mut entries: Vec<CatalogueEntry> = challenges().into_iter().map(entry).collect();
        let mut workloads: Vec<CatalogueEntry> =
            workload_challenges().into_iter().map(entry).collect();
        for own in project.iter().flat_map(|project| &project.challenges) {
            let entry = CatalogueEntry {
                challenge: own.challenge.clone(),
                node: Some(own.node.clone()),
                store: Some(own.store.clone()),
            };
            match entries.iter_mut().find(|e| e.challenge.name == entry.challenge.name) {
                Some(overridden) => *overridden = entry,
                None => entries.push(entry),
            }
        }
        let is_taken = |name: &str| entries.iter().any(|entry| entry.challenge.name == name);
        workloads.retain(|entry| !is_taken(&entry.challenge.name));
        Self { entries, workloads }
    }

    /// All challenges, in order, without the workloads.
    #[must_use]
    pub fn entries(&self) -> &[CatalogueEntry] {
        &self.entries
    }

    /// The workloads that share no challenge's name, with the reference's defaults, ordered by
    /// name.
    #[must_use]
    pub fn workloads(&self) -> &[CatalogueEntry] {
        &self.workloads
    }

    /// Finds the challenges of a name: those of [`find`](Self::find); all of them for `all`; or those whose
    /// number at Fly.io begins with this one (`3` for `3a` to `3e`).
    pub fn find_all(&self, name: &str) -> Result<Vec<&CatalogueEntry>, UnknownChallenge> {
        if name == "all" {
            return Ok(self.entries.iter().collect());
        }
        let error = match self.find(name) {
            Ok(entry) => return Ok(vec![entry]),
            Err(error) => error,
        };
        let is_number = !name.is_empty() && name.bytes().all(|digit| digit.is_ascii_digit());
        let is_part = |alias: &str| {
            alias
                .strip_prefix(name)
                .is_some_and(|rest| rest.bytes().all(|it| it.is_ascii_lowercase()))
        };
        let parts = self.entries.iter().filter(|it| is_number && is_part(it.challenge.alias));
        let parts: Vec<_> = parts.collect();
        if parts.is_empty() { Err(error) } else { Ok(parts) }
    }

    /// Finds a challenge by name or by its number at Fly.io (`3e`), or else a workload by name.
    pub fn find(&self, name: &str) -> Result<&CatalogueEntry, UnknownChallenge> {
        let all = || self.entries.iter().chain(&self.workloads);
        let by_name = all().find(|entry| entry.challenge.name == name);
        let by_alias = || {
            let mut numbered = self.entries.iter().filter(|e| !e.challenge.alias.is_empty());
            numbered.find(|entry| entry.challenge.alias == name)
        };
        by_name.or_else(by_alias).ok_or_else(|| {
            let names = all().map(|entry| entry.challenge.name.as_str());
            UnknownChallenge::new(name, names, all().map(|entry| entry.challenge.alias))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Parameters, Plan, Workload};
    use std::path::Path;

    #[test]
    fn challenges_are_found_by_name_and_by_number() {
        let catalogue = Catalogue::new(None);
        assert_eq!(catalogue.entries().len(), 14);
        assert_eq!(catalogue.find("3e"), catalogue.find("broadcast-e"));
        let parts = |name: &str| -> Vec<String> {
            let found = catalogue.find_all(name).unwrap().into_iter();
            found.map(|entry| entry.challenge.alias.to_owned()).collect()
        };
        assert_eq!(parts("3"), ["3a", "3b", "3c", "3d", "3e"]);
        assert_eq!(
            (parts("3e"), parts("1"), parts("all").len()),
            (vec!["3e".into()], vec!["1".into()], 14)
        );
        assert!(catalogue.find_all("7").is_err() && catalogue.find_all("").is_err());
        let entry = catalogue.find("6b").unwrap();
        assert_eq!((entry.challenge.name.as_str(), &entry.node), ("txn-b", &None));
        let error = catalogue.find("brodcast-c").unwrap_err().to_string();
        assert!(error.starts_with(
            "unknown challenge \"brodcast-c\" (did you mean broadcast-c?); challenges are echo, \
             unique-ids, broadcast-a, "
        ));
        assert_eq!(catalogue.find("").unwrap_err().suggestion, "");
        assert_eq!(catalogue.find("3E").unwrap_err().suggestion, " (did you mean 3e?)");
        assert_eq!(catalogue.find("lin_kv").unwrap_err().suggestion, " (did you mean lin-kv?)");
    }

    #[test]
    fn a_workload_is_a_challenge_without_targets() {
        let catalogue = Catalogue::new(None);
        let entry = catalogue.find("lin-kv").unwrap();
        let plan = Plan::resolve(&entry.challenge, Parameters::default(), 0).unwrap();
        assert_eq!((plan.workload, plan.nodes.len(), plan.rate), (Workload::LinKv, 5, 5.0));
        assert_eq!((plan.time_limit.as_secs(), plan.targets.len()), (60, 0));
        // The workload is not in `entries`.
        assert!(catalogue.entries().iter().all(|entry| entry.challenge.name != "lin-kv"));
        assert_eq!(catalogue.workloads().len(), 7);
        // Where a challenge and a workload share a name, the challenge is found.
        assert_eq!(catalogue.find("g-counter").unwrap().challenge.alias, "4");

        let text = "bin = 'node'\n[challenge.g-set]\nrate = 7\n[challenge.x]\nextends = 'lin-kv'";
        let project = ProjectFile::parse(text, Path::new("/p/glomers.toml")).unwrap();
        let catalogue = Catalogue::new(Some(&project));
        assert_eq!(catalogue.workloads().len(), 6);
        let parameters = |name| catalogue.find(name).unwrap().challenge.parameters.clone();
        let g_set = (parameters("g-set").workload, parameters("g-set").rate);
        assert_eq!(g_set, (Some(Workload::GSet), Some(7.0)));
        assert_eq!(parameters("x").workload, Some(Workload::LinKv));
        assert_eq!(catalogue.find("kafka").unwrap().node.as_ref(), Some(&project.node));
    }

    #[test]
    fn a_project_overrides_in_place_and_appends() {
        let text = "bin = 'node'\n[challenge.new]\nextends = '3a'\n[challenge.3a]\nstore = 's'";
        let project = ProjectFile::parse(text, Path::new("/p/glomers.toml")).unwrap();
        let catalogue = Catalogue::new(Some(&project));
        let names: Vec<_> =
            catalogue.entries().iter().map(|entry| entry.challenge.name.as_str()).collect();
        assert_eq!(names.len(), 15);
        assert_eq!((names[0], names[2], names[14]), ("echo", "broadcast-a", "new"));
        let store = |name| catalogue.find(name).unwrap().store.clone().unwrap();
        assert_eq!(store("3a"), Path::new("/p/s"));
        assert_eq!(store("echo"), Path::new("/p/store"));
        assert_eq!(catalogue.find("echo").unwrap().node.as_ref(), Some(&project.node));
    }
}
