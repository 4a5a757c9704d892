//! The checks of `glomers doctor`: one file for each kind of check; none of them prints.

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
use crate::failure::Result;
use crate::project::Project;
use glomers_config::Catalogue;
use std::ffi::OsString;
use std::path::PathBuf;

/// The environment that the checks examine.
pub(crate) struct Environment {
    /// The folders of programs, as in `PATH`.
    pub(crate) path: Option<OsString>,
    /// The value of `JAVA_HOME`.
    pub(crate) java_home: Option<PathBuf>,
    /// The package manager of this system.
    pub(crate) installer: Option<Installer>,
    /// The value of `--maelstrom`.
    pub(crate) maelstrom: Option<PathBuf>,
    /// The value of `--store`.
    pub(crate) store: Option<PathBuf>,
    /// The current folder.
    pub(crate) here: PathBuf,
}

/// Runs all checks. If glomers.toml is invalid, the other checks proceed as without one.
pub(crate) async fn examine(project: &Result<Project>, environment: &Environment) -> Report {
    let found = maelstrom::find(project.as_ref().ok(), environment);
    let [java, git, gnuplot, graphviz] =
        programs::ask(environment, maelstrom::least_java(&found)).await;
    let none = Catalogue::new(None);
    let catalogue = project.as_ref().map_or(&none, |project| &project.catalogue);
    let flag = environment.store.as_deref();
    let store = match (project, flag) {
        (Ok(project), flag) => project.store(flag),
        (Err(_), Some(flag)) => flag.to_owned(),
        (Err(_), None) => PathBuf::new(),
    };
    let store = environment.here.join(store);
    let mut findings = vec![nodes::glomers_toml(project)];
    findings.extend(nodes::nodes(catalogue, environment));
    findings.extend([machine::store(&store), machine::disk(&store), machine::cores(catalogue)]);
    findings.extend([machine::load(), machine::virtual_time()]);
    findings.extend([maelstrom::finding(&found, environment), java, git, gnuplot, graphviz]);
    Report { findings }
}
