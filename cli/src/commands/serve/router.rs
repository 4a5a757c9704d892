//! Which address shows what.

use super::fence::Fence;
use super::guard::Guard;
use super::{address, answer, comparison, files, index, live};
use crate::pages::run_page;
use crate::recorded::RecordedRun;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{Response, header};
use axum::middleware::{self, Next};
use axum::routing::get;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// How many pages are made at the same time: each holds a whole run in memory.
const AT_ONCE: usize = 2;

/// What all answers are made from.
#[derive(Clone)]
struct Served {
    fence: Fence,
    permits: Arc<Semaphore>,
}

/// The addresses of the store.
pub(super) fn routes(fence: Fence, guard: Guard) -> Router {
    let served = Served { fence, permits: Arc::new(Semaphore::new(AT_ONCE)) };
    Router::new()
        .route("/", get(index))
        .route("/live", get(live))
        .route("/compare", get(compare))
        .route("/run/{*path}", get(run))
        .route("/files/{*path}", get(files))
        .fallback(async || answer::not_found("such page"))
        .with_state(served)
        .layer(middleware::from_fn(move |request: Request, next: Next| async move {
            let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
            if host.is_some_and(|host| guard.accepts(host)) {
                next.run(request).await
            } else {
                answer::refused(
                    "This name is not one of glomers: ask for 127.0.0.1 or localhost.\n",
                )
            }
        }))
}

/// Makes an answer on another thread, since it reads files and may take seconds.
async fn made(
    served: Served,
    make: impl FnOnce(&Fence) -> Response<Body> + Send + 'static,
) -> Response<Body> {
    // The semaphore is never closed.
    let permit = served.permits.clone().acquire_owned().await;
    let answered = spawn_blocking(move || {
        let response = make(&served.fence);
        drop(permit);
        response
    });
    answered
        .await
        .unwrap_or_else(|error| answer::failed(&format!("glomers itself failed: {error}")))
}

async fn index(State(served): State<Served>) -> Response<Body> {
    made(served, |fence| match index::page(fence) {
        Ok(page) => answer::page(page.to_html()),
        Err(error) => answer::failed(&error.to_string()),
    })
    .await
}

/// Runs in progress are asked for every second, and wait for no page.
async fn live(State(served): State<Served>) -> Response<Body> {
    let runs = spawn_blocking(move || live::unfinished(&served.fence)).await;
    match runs
        .map_err(|error| error.to_string())
        .and_then(|runs| serde_json::to_string(&runs).map_err(|error| error.to_string()))
    {
        Ok(json) => answer::json(json),
        Err(error) => answer::failed(&error),
    }
}

async fn compare(State(served): State<Served>, RawQuery(query): RawQuery) -> Response<Body> {
    let chosen = address::values(&query.unwrap_or_default(), "run");
    made(served, move |fence| comparison::page(fence, &chosen)).await
}

async fn run(State(served): State<Served>, Path(path): Path<String>) -> Response<Body> {
    made(served, move |fence| {
        let Some(found) = fence.find(&path) else { return answer::not_found(&path) };
        if let Some(way_out) = fence.way_out(&found) {
            return answer::failed(&fence.refusal(&way_out));
        }
        match RecordedRun::open(&found) {
            Ok(run) => {
                let files = address::of("files", fence.inner(&run.path));
                let links =
                    vec![("All runs".to_owned(), "/".to_owned()), ("Files".to_owned(), files)];
                answer::page(run_page(&run, links))
            }
            Err(error) => answer::failed(&error.to_string()),
        }
    })
    .await
}

async fn files(State(served): State<Served>, Path(path): Path<String>) -> Response<Body> {
    made(served, move |fence| match fence.find(&path) {
        Some(found) => files::show(fence, &found),
        None => answer::not_found(&path),
    })
    .await
}
