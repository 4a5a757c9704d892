//! Refuses requests that a page of another site makes under a name that it lets point here (DNS
//! rebinding): such a request has that name as its `Host`.

use std::net::{IpAddr, SocketAddr};

/// Knows the names under which the server is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guard {
    host: IpAddr,
}

impl Guard {
    pub(super) fn new(host: IpAddr) -> Self {
        Self { host }
    }

    /// Whether a `Host` is `localhost` or an address: no name that someone else could let point here.
    /// A server for this machine alone is only asked under its own addresses.
    pub(super) fn accepts(&self, host: &str) -> bool {
        let name = host.rsplit_once(':').map_or(host, |(name, port)| {
            if port.bytes().all(|digit| digit.is_ascii_digit()) { name } else { host }
        });
        if name.eq_ignore_ascii_case("localhost") {
            return true;
        }
        let socket = host.parse::<SocketAddr>().ok().map(|address| address.ip());
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        let Some(ip) = socket.or_else(|| bare.parse().ok()) else { return false };
        ip.is_loopback() || !self.host.is_loopback()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_others_are_refused() {
        let guard = |host: &str| Guard::new(host.parse().unwrap());
        let local = guard("127.0.0.1");
        for host in
            ["localhost", "LOCALHOST:7171", "127.0.0.1", "127.0.0.1:1", "[::1]:7171", "[::1]"]
        {
            assert!(local.accepts(host), "{host}");
        }
        for host in [
            "",
            ":",
            "evil.example",
            "evil.example:7171",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "192.0.2.1:7171",
            "127.0.0.1:x",
            "[",
        ] {
            assert!(!local.accepts(host), "{host}");
        }
        let open = guard("0.0.0.0");
        assert!(open.accepts("192.0.2.1:7171") && !open.accepts("evil.example:7171"));
    }
}
