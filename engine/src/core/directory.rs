//! The names of nodes and services on the network. (Clients are numbered, see `calls`.)

use crate::message::Address;
use rustc_hash::FxHashMap;

#[derive(Debug)]
pub(super) struct Directory {
    nodes: Vec<String>,
    services: Vec<&'static str>,
    /// Only used for lookups, never iterated.
    by_name: FxHashMap<String, Address>,
}

impl Directory {
    pub(super) fn new(nodes: Vec<String>, services: Vec<&'static str>) -> Self {
        let services_by_name =
            services.iter().enumerate().map(|(n, name)| ((*name).to_owned(), Address::Service(n)));
        let nodes_by_name =
            nodes.iter().enumerate().map(|(n, name)| (name.clone(), Address::Node(n)));
        let by_name = services_by_name.chain(nodes_by_name).collect();
        Self { nodes, services, by_name }
    }

    /// The node or service of that name.
    pub(super) fn find(&self, name: &str) -> Option<Address> {
        self.by_name.get(name).copied()
    }

    pub(super) fn node(&self, node: usize) -> &str {
        &self.nodes[node]
    }

    pub(super) fn nodes(&self) -> &[String] {
        &self.nodes
    }

    pub(super) fn service(&self, service: usize) -> &'static str {
        self.services[service]
    }
}

/// Whether a name is a client's: as in the reference, only the first letter is checked.
pub(super) fn is_client_name(name: &str) -> bool {
    name.starts_with('c')
}
