//! Broadcast (challenges 3a to 3e): every value reaches every node, with few messages, soon, and
//! also when links are cut. One algorithm and one set of constants for all of them; the suggested
//! topology is not needed.
//!
//! **A star.** The first node is the hub. A node *shares* a value that a client gave it with the
//! hub at once, and the hub shares what is new with everybody, at most every `HUB_SPACING`. So a
//! value needs two hops, and messages do not grow with the load.
//!
//! **Counted, not listed.** Each node numbers the values that clients gave it, so all that a node
//! has is said by one count per node (`Versions`). Every message carries these counts. They are
//! the acknowledgement: a node that has been silent for `ACK_DELAY` after news sends them alone.
//! The hub, which hears from everybody, knows what has reached all nodes, is *settled*, and says so
//! with the next news.
//!
//! **Everybody watches.** A node that has something which is not settled after `PATIENCE` takes
//! some link for cut. It *syncs* with the nodes that may lack it: asks one for its counts, gets
//! what it lacks itself, gives what the other lacks; the hub with all of them, others with the hub
//! and one more at random. A node whose own values the hub did not confirm shares them with
//! everybody until the hub is back. When all is settled, nobody says anything.
//!
//! **Killed and started again** with a disk, a node has all values that it acknowledged, or told
//! others that it has: they are there before. It begins by syncing, as above, and gives the values
//! of clients a new origin; those of its old ones are as any other's.
//!
//! **What it costs** with 25 nodes, 100 ms of latency, and 100 operations per second, half of them
//! broadcasts:
//!
//! | per second | messages |
//! |---|---|
//! | to the hub, one per value of another node: 50 × 24/25 | 48 |
//! | from the hub, 24 every 120 ms | 200 |
//! | acknowledgements: with 2 values per second each, 24 nodes send 1 / ((1 - e⁻¹) / 2) = 3.2 messages, 2 of them with values | 28 |
//! | together, for 100 operations: 2.8 per operation | 276 |
//!
//! A value takes 100 ms to the hub, waits up to 120 ms there, and takes 100 ms to all: 320 ms at
//! most. 3e asks for less than 20 messages per operation, 3d for a median below 400 ms and a
//! maximum below 600 ms. `tests/broadcast` measures 2.7, 125 ms and 230 ms in the reference's terms.

mod counts;
mod messages;
mod node;
mod replica;

pub(super) use messages::Request;
pub use node::Broadcast;
