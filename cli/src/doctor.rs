//! What `glomers doctor` finds: one file for each kind of thing, none of which prints.

mod build_tool;
mod finding;
mod machine;
mod maelstrom;
mod nodes;
mod package_manager;
mod programs;
mod report;
mod table;

pub(crate) use package_manager::Installer;
pub(crate) use table::{Reader, show};

use self::report::Report;
use crate::project::Project;
use anyhow::Result;
use glomers_config::Catalogue;
use std::ffi::OsString;
use std::path::PathBuf;

/// Where to look.
pub(crate) struct Surroundings {
    /// The folders of programs, as in `PATH`.
    pub(crate) path: Option<OsString>,
    /// What `JAVA_HOME` names.
    pub(crate) java_home: Option<PathBuf>,
    /// What installs packages here.
    pub(crate) installer: Option<Installer>,
    /// What `--maelstrom` names.
    pub(crate) maelstrom: Option<PathBuf>,
    /// What `--store` names.
    pub(crate) store: Option<PathBuf>,
    /// The current folder.
    pub(crate) here: PathBuf,
}

/// Looks at everything. With a glomers.toml that is wrong, the rest is as without one.
pub(crate) async fn examine(project: &Result<Project>, surroundings: &Surroundings) -> Report {
    let found = maelstrom::find(project.as_ref().ok(), surroundings);
    let [java, git, gnuplot, graphviz] =
        programs::ask(surroundings, maelstrom::least_java(&found)).await;
    let none = Catalogue::new(None);
    let catalogue = project.as_ref().map_or(&none, |project| &project.catalogue);
    let flag = surroundings.store.as_deref();
    let store = match (project, flag) {
        (Ok(project), flag) => project.store(flag),
        (Err(_), Some(flag)) => flag.to_owned(),
        (Err(_), None) => PathBuf::new(),
    };
    let store = surroundings.here.join(store);
    let mut findings = vec![nodes::glomers_toml(project)];
    findings.extend(nodes::nodes(catalogue, surroundings));
    findings.extend([machine::store(&store), machine::disk(&store), machine::cores(catalogue)]);
    findings.push(machine::load());
    findings.extend([maelstrom::finding(&found, surroundings), java, git, gnuplot, graphviz]);
    Report { findings }
}
