//! Fetches an archive over http or https, and takes its digest on the way.

use super::progress::{Progress, Step, Watched, Watcher};
use super::stop::Stop;
use super::{Digest, InstallError, Source};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::Duration;
use ureq::http::{StatusCode, Uri};
use ureq::{Agent, Proxy, Timeout};

/// Most bytes of an archive, and of what it unpacks to; the real one has less than a tenth.
pub(crate) const MOST_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// How many bytes are handled at once.
pub(crate) const CHUNK: usize = 64 * 1024;
/// How long the name of the host may take, and again the connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a server may be silent.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(30);
/// Redirections that are followed; a release has one.
const MOST_REDIRECTS: u32 = 10;

/// What talks to servers, through the proxy that the environment names.
pub(crate) fn agent() -> Agent {
    agent_with(SILENCE_TIMEOUT, Proxy::try_from_env())
}

fn agent_with(silence: Duration, proxy: Option<Proxy>) -> Agent {
    Agent::config_builder()
        .proxy(proxy)
        .http_status_as_error(false)
        .max_redirects(MOST_REDIRECTS)
        .user_agent(concat!("glomers/", env!("CARGO_PKG_VERSION")))
        // The bytes of the archive are what the digest is of.
        .accept_encoding("")
        .timeout_resolve(Some(CONNECT_TIMEOUT))
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .timeout_recv_response(Some(silence))
        .timeout_per_read(Some(silence))
        .build()
        .into()
}

/// One download.
pub(crate) struct Download<'a> {
    /// Where the archive comes from; not a file.
    pub(crate) source: &'a Source,
    /// Who fetches it.
    pub(crate) agent: &'a Agent,
    /// Who may stop it.
    pub(crate) stop: &'a Stop,
}

impl Download<'_> {
    /// Fetches the archive from this address into a new file.
    pub(crate) fn fetch(
        &self,
        url: &str,
        path: &Path,
        watcher: Watcher<'_>,
    ) -> Result<Digest, InstallError> {
        watcher(Progress::begin(Step::Download, None));
        let request = self.agent.get(url).config();
        // What begins safely does not go on where everybody can change it.
        let request = request.https_only(url.to_ascii_lowercase().starts_with("https:")).build();
        let mut response = request.call().map_err(|error| self.failed(url, &error))?;
        self.check(url, response.status())?;
        let total = response.body().content_length();
        if total.is_some_and(|total| total > MOST_BYTES) {
            return Err(self.too_large());
        }
        let write = |source| InstallError::Io { doing: "write", path: path.to_owned(), source };
        let mut file = File::create_new(path).map_err(write)?;
        let begin = Progress::begin(Step::Download, total);
        let mut body = Watched::new(response.body_mut().as_reader(), begin, self.stop, watcher);
        let mut hash = Sha256::new();
        let mut chunk = vec![0; CHUNK];
        loop {
            let length = match body.read(&mut chunk) {
                Ok(0) => return Ok(Digest::of(hash)),
                Ok(length) => length,
                Err(error) => return Err(self.interrupted(url, &error.into(), body.done(), total)),
            };
            if body.done() > MOST_BYTES {
                return Err(self.too_large());
            }
            hash.update(&chunk[..length]);
            file.write_all(&chunk[..length]).map_err(write)?;
        }
    }

    fn too_large(&self) -> InstallError {
        InstallError::TooLarge { archive: self.source.to_string(), limit: MOST_BYTES }
    }

    fn check(&self, url: &str, status: StatusCode) -> Result<(), InstallError> {
        let shown = self.source.to_string();
        match status {
            StatusCode::OK => Ok(()),
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                let version = match self.source {
                    Source::Release(version) => Some(version.clone()),
                    _ => None,
                };
                Err(InstallError::NotFound { url: shown, version })
            }
            _ => Err(InstallError::Status {
                url: shown,
                route: self.route(url),
                status: status.to_string(),
            }),
        }
    }

    /// The error of a download that did not begin.
    fn failed(&self, url: &str, error: &ureq::Error) -> InstallError {
        InstallError::Network {
            url: self.source.to_string(),
            route: self.route(url),
            problem: problem(error),
        }
    }

    /// The error of a body that did not come to its end.
    fn interrupted(
        &self,
        url: &str,
        error: &ureq::Error,
        received: u64,
        expected: Option<u64>,
    ) -> InstallError {
        match error {
            ureq::Error::Timeout(_) => self.failed(url, error),
            _ => InstallError::Truncated { url: self.source.to_string(), received, expected },
        }
    }

    /// Through which proxy, in words; nothing without one.
    fn route(&self, url: &str) -> String {
        let proxy = self.agent.config().proxy();
        let proxy = proxy.filter(|proxy| !url.parse::<Uri>().is_ok_and(|u| proxy.is_no_proxy(&u)));
        proxy.map_or_else(String::new, |proxy| {
            format!(" through the proxy {}:{}", proxy.host(), proxy.port())
        })
    }
}

/// What happened, as a person would say it.
fn problem(error: &ureq::Error) -> String {
    match error {
        ureq::Error::HostNotFound => "the name of the host is unknown".to_owned(),
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
            format!("no connection within {} s", CONNECT_TIMEOUT.as_secs())
        }
        ureq::Error::Timeout(_) => "the server fell silent".to_owned(),
        ureq::Error::Io(error) => error.to_string(),
        ureq::Error::TooManyRedirects => format!("more than {MOST_REDIRECTS} redirections"),
        ureq::Error::RequireHttpsOnly(_) => {
            "it leads to an http address, where anybody could change it".to_owned()
        }
        ureq::Error::ConnectProxyFailed(reason) => format!("the proxy refused ({reason})"),
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::time::Instant;

    const PARTIAL_ANSWER: &str = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc";

    /// What a download ends with when the server first says this and then nothing.
    fn of_a_silent_server(
        answer: &str,
        agent: Agent,
        stop: &Stop,
        watcher: Watcher<'_>,
    ) -> InstallError {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let (mut connection, _) = listener.accept().unwrap();
                connection.write_all(answer.as_bytes()).unwrap();
                // Until the client hangs up.
                let _ = std::io::copy(&mut connection, &mut std::io::sink());
            });
            let source = Source::Url(url.clone());
            let download = Download { source: &source, agent: &agent, stop };
            let fetched = download.fetch(&url, &folder.path().join("archive"), watcher);
            drop(agent);
            fetched.unwrap_err()
        })
    }

    #[test]
    fn silence_is_not_waited_for_forever() {
        for answer in ["", PARTIAL_ANSWER] {
            let agent = agent_with(Duration::from_millis(50), None);
            let stop = Stop::new(agent.clone());
            let problem = of_a_silent_server(answer, agent, &stop, &mut |_| {}).to_string();
            assert!(problem.contains(": the server fell silent; behind a proxy"), "{problem}");
        }
    }

    #[test]
    fn a_stop_does_not_wait_for_the_server() {
        let agent = agent_with(SILENCE_TIMEOUT, None);
        let stop = Stop::new(agent.clone());
        let begin = Instant::now();
        let mut received = 0;
        let stopped = of_a_silent_server(PARTIAL_ANSWER, agent, &stop, &mut |progress| {
            received = progress.done;
            if received > 0 {
                stop.stop();
            }
        });
        assert!(matches!(stopped, InstallError::Truncated { received: 3, .. }), "{stopped}");
        assert_eq!((stop.is_set(), received), (true, 3));
        assert!(begin.elapsed() < SILENCE_TIMEOUT / 2);
    }
}
