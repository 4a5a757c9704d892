//! Small histories of all workloads, many of them malformed, each with the results of the
//! reference's checkers: glomers' results must be the same.

mod job;

use flate2::read::GzDecoder;
use glomers_recordings::recordings;
use job::Job;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Judges all of these; returns how many were compared.
fn compare(jobs: &[Job]) -> usize {
    let mut exempt = BTreeMap::<_, usize>::new();
    let mut wrong = Vec::new();
    for job in jobs {
        if let Some(kind) = job.exemption() {
            *exempt.entry(kind).or_default() += 1;
            continue;
        }
        let short = |text: String| text.chars().take(300).collect::<String>();
        let differences = job.differences().into_iter();
        wrong.extend(differences.map(|text| format!("{}: {}", job.name, short(text))));
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    let compared = jobs.len() - exempt.values().sum::<usize>();
    eprintln!("{compared} histories are judged as by the reference; not compared: {exempt:?}");
    compared
}

/// The files of the archive by name.
fn archive() -> Option<BTreeMap<String, String>> {
    let path = recordings().extra("differential")?.join("histories.tar.gz");
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(path).unwrap()));
    let mut files = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        files.insert(name, text);
    }
    Some(files)
}

#[test]
fn histories_are_judged_as_by_the_reference() {
    let Some(files) = archive() else { return };
    let compared = compare(&job::jobs(&files["jobs.txt"], |name| files[name].clone()));
    assert!(compared > 2700, "only {compared} were compared");
}

#[test]
fn the_selection_is_judged_as_by_the_reference() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/selection");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(compare(&job::jobs(&read("jobs.txt"), read)), 43);
}
