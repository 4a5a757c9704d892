//! What goes over the wire: one JSON object per line, `{"src", "dest", "body"}`, whose body has a
//! `type`, and a `msg_id` and `in_reply_to` when it is a request or its answer.
//!
//! Bodies are enums of the node's own: the variant is the `type`, its fields are the rest.

mod body;
mod envelope;
mod error;
mod init;
mod json;
mod node_id;
mod write;

pub use body::Body;
pub use envelope::{Envelope, Head};
pub use error::{ErrorCode, RpcError};
pub use init::{Init, InitOk};
pub use json::Json;
pub use node_id::NodeId;
pub use write::{Correlation, WriteError, write_body};
