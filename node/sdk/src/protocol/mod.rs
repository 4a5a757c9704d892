//! The wire format: one JSON object per line, `{"src", "dest", "body"}`, whose body has a `type`, a
//! `msg_id` if it is a request, and an `in_reply_to` if it is a reply.
//!
//! Bodies are enums that the node defines: the variant is the `type`, its fields are the others.

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
