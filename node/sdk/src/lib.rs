#![doc = include_str!("../README.md")]

pub mod collections;
pub mod protocol;
pub mod runtime;
pub mod stdio;

pub use collections::{Map, Set};
pub use protocol::{Body, ErrorCode, Json, NodeId, RpcError};
pub use runtime::{Caller, Core, Ctx, Disk, Machine, MemoryDisk, Node, Program, Records};
