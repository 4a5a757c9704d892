//! How the simulated network behaves: latency, delivery, services, and the topology it suggests.

use crate::named::named;

named! {
    /// How latencies are drawn, given their mean.
    LatencyDistribution {
        /// Always the mean.
        Constant = "constant",
        /// A whole number of ms, evenly from 0 to twice the mean.
        Uniform = "uniform",
        /// Exponential, in whole ms.
        Exponential = "exponential",
    }
}

named! {
    /// How a receiver takes messages from its queue.
    Delivery {
        /// As the reference: a receiver takes the earliest message now queued and waits for it; one
        /// that arrives meanwhile waits behind it, even if it is due earlier.
        Queued = "queued",
        /// Every message takes exactly its own latency.
        Independent = "independent",
    }
}

named! {
    /// How the services (`lin-kv`, `seq-kv`, `lww-kv`, `lin-tso`) behave.
    Services {
        /// As the reference's really do.
        Reference = "reference",
        /// As the reference's documentation says.
        Documented = "documented",
    }
}

named! {
    /// The neighbours that the broadcast workload suggests to each node.
    Topology {
        /// A square grid.
        Grid = "grid",
        /// One line.
        Line = "line",
        /// Everyone with everyone.
        Total = "total",
        /// A tree with two children each.
        Tree = "tree",
        /// A tree with two children each.
        Tree2 = "tree2",
        /// A tree with three children each.
        Tree3 = "tree3",
        /// A tree with four children each.
        Tree4 = "tree4",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_found_by_its_name() {
        for topology in Topology::ALL {
            assert_eq!(topology.name().parse(), Ok(*topology));
        }
        let error = "ring".parse::<Topology>().unwrap_err().to_string();
        assert_eq!(error, "expected one of grid, line, total, tree, tree2, tree3, tree4");
    }
}
