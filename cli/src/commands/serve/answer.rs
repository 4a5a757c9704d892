//! Answers: pages, texts and errors, with headers that keep other sites out.

use super::sent_file::SentFile;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use glomers_rendering::html::{Connections, Document, STYLE, escaped};

/// What a file of a run may do in a browser: nothing.
const NOTHING: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// A page, which has its own policy in its head.
pub(super) fn page(html: String) -> Response<Body> {
    answer(StatusCode::OK, "text/html; charset=utf-8", "frame-ancestors 'none'", html.into())
}

/// A small page with a heading.
pub(super) fn small_page(status: StatusCode, title: &str, html: &str) -> Response<Body> {
    let body = format!(
        "<header class=\"top\"><p><a href=\"/\">All runs</a></p><h1>{}</h1></header>\n\
         <main><section>{html}</section></main>",
        escaped(title)
    );
    let document =
        Document { title, connections: Connections::None, style: STYLE, body: &body, script: "" };
    let policy = "frame-ancestors 'none'";
    answer(status, "text/html; charset=utf-8", policy, document.to_html().into())
}

pub(super) fn not_found(what: &str) -> Response<Body> {
    small_page(
        StatusCode::NOT_FOUND,
        "Not found",
        &format!("<p>There is no {} in the store.</p>", escaped(what)),
    )
}

/// Something that cannot be shown, and why.
pub(super) fn failed(why: &str) -> Response<Body> {
    let html = format!("<p>{}</p>", escaped(why));
    small_page(StatusCode::UNPROCESSABLE_ENTITY, "This cannot be shown", &html)
}

pub(super) fn refused(why: &'static str) -> Response<Body> {
    answer(StatusCode::FORBIDDEN, "text/plain; charset=utf-8", NOTHING, why.into())
}

pub(super) fn json(text: String) -> Response<Body> {
    answer(StatusCode::OK, "application/json", NOTHING, text.into())
}

/// The content of a file, as text whatever it holds.
pub(super) fn file(file: SentFile) -> Response<Body> {
    answer(StatusCode::OK, "text/plain; charset=utf-8", NOTHING, Body::new(file))
}

fn answer(
    status: StatusCode,
    kind: &'static str,
    policy: &'static str,
    body: Body,
) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let same_origin = HeaderValue::from_static("same-origin");
    headers.insert("cross-origin-resource-policy", same_origin);
    response
}
