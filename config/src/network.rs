//! Settings of the simulated network: latency, delivery, services, and the suggested topology.

use crate::named::named;

named! {
    /// The distribution of latencies, for a given mean.
    LatencyDistribution {
        /// Always the mean.
        Constant = "constant",
        /// A whole number of ms, uniformly from 0 to twice the mean.
        Uniform = "uniform",
        /// Exponential, in whole ms.
        Exponential = "exponential",
    }
}

named! {
    /// How a receiver takes messages from its queue.
    Delivery {
        /// As in the reference: a receiver takes the earliest message in its queue and waits until
        /// it is due; a message that arrives in the meantime waits behind it, even if it is due
        /// earlier.
        Queued = "queued",
        /// Every message is delivered after exactly its own latency.
        Independent = "independent",
    }
}

named! {
    /// How the services (`lin-kv`, `seq-kv`, `lww-kv`, `lin-tso`) behave.
    Services {
        /// As the reference actually behaves.
        Reference = "reference",
        /// As the reference's documentation describes.
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
        /// Every node is a neighbour of every other.
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
