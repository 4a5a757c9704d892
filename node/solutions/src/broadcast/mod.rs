//! Broadcast (challenges 3a to 3e): every value reaches every node, with few messages, low latency,
//! and despite partitions. All use the same algorithm and constants; the suggested topology is not
//! needed.
//!
//! **A star.** The first node is the hub. A node *shares* a client's value with the hub at once,
//! and the hub shares new values with all nodes, at most every `HUB_SPACING`. So a value needs two
//! hops, and the hub's messages do not grow with the load.
//!
//! **Version vectors.** Each node numbers the values of its clients, so the set of values of a node
//! is described by one count per node (`Versions`). Every message contains these counts. They are
//! the acknowledgement: a node that has sent nothing for `ACK_DELAY` after news sends them alone.
//! The hub, which receives the counts of all nodes, knows which values have reached all nodes, are
//! *settled*, and announces it with the next news.
//!
//! **Every node watches.** A node with values that are not settled after `PATIENCE` assumes that
//! some link is cut. It *syncs* with the nodes that may lack them: asks one for its counts, gets
//! the values that it lacks itself, and sends those that the other lacks; the hub with all of them,
//! others with the hub and one more at random. A node whose own values the hub did not confirm
//! shares them with all nodes until the hub is reachable again. When all values are settled, no
//! node sends messages.
//!
//! **After a restart** with a disk, a node has all values that it acknowledged to clients or nodes:
//! they were stored before. It begins by syncing, as above, and uses a new origin for the values of
//! clients; its old origins are treated like those of other nodes.
//!
//! **Cost** with 25 nodes, 100 ms of latency, and 100 operations per second, half of them
//! broadcasts:
//!
//! | per second | messages |
//! |---|---|
//! | to the hub, one per value of another node: 50 × 24/25 | 48 |
//! | from the hub, 24 every 120 ms | 200 |
//! | acknowledgements: with 2 values per second each, 24 nodes send 1 / ((1 - e⁻¹) / 2) = 3.2 messages, 2 of them with values | 28 |
//! | together, for 100 operations: 2.8 per operation | 276 |
//!
//! A value takes 100 ms to the hub, waits up to 120 ms there, and takes 100 ms to all nodes: 320 ms
//! at most. 3e requires less than 20 messages per operation, 3d a median below 400 ms and a maximum
//! below 600 ms. `tests/broadcast` measures 2.7, 125 ms and 230 ms, by Maelstrom's definitions.

mod counts;
mod messages;
mod node;
mod replica;

pub(super) use messages::Request;
pub use node::Broadcast;
