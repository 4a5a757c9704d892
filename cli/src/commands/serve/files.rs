//! The files of a run.

use super::fence::Fence;
use super::sent_file::SentFile;
use super::{address, answer};
use axum::body::Body;
use axum::http::{Response, StatusCode};
use glomers_config::{InputError, open_input};
use glomers_rendering::html::escaped;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// A list of the files in a folder, or the content of a file.
pub(super) fn show(fence: &Fence, path: &Path) -> Response<Body> {
    if path.is_dir() {
        return folder(fence, path);
    }
    let opened = open_input(path)
        .and_then(|file| SentFile::new(file).map_err(|error| InputError::io(path, error)));
    match opened {
        Ok(file) => answer::file(file),
        Err(error) => answer::failed(&error.to_string()),
    }
}

fn folder(fence: &Fence, path: &Path) -> Response<Body> {
    let shown = fence.inner(path).display().to_string();
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => return answer::failed(&format!("failed to read {shown}: {error}")),
    };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let mut html = "<ul>".to_owned();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // What a link leads to may be outside.
        let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
        let size =
            if metadata.is_file() { format!(" ({} bytes)", metadata.len()) } else { String::new() };
        let _ = write!(
            html,
            "<li><a href=\"{}\">{}</a>{size}</li>",
            escaped(&address::of("files", fence.inner(&path))),
            escaped(&name)
        );
    }
    html += "</ul>";
    answer::small_page(StatusCode::OK, &shown, &html)
}
