//! The functions (`:f`) that operations call.

use smol_str::SmolStr;
use std::fmt;

macro_rules! functions {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// The function of an operation: the `:f` of a history. Ordered by name.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum Function {
            $(#[doc = concat!("`:", $name, "`")] $variant,)+
            /// A function of a workload that this version does not know.
            Other(SmolStr),
        }

        impl Function {
            /// The function of that name, without the colon.
            #[must_use]
            pub fn from_name(name: &str) -> Self {
                match name {
                    $($name => Self::$variant,)+
                    other => Self::Other(SmolStr::new(other)),
                }
            }

            /// The name, without the colon.
            #[must_use]
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)+
                    Self::Other(name) => name,
                }
            }
        }
    };
}

functions! {
    Add = "add",
    Assign = "assign",
    Broadcast = "broadcast",
    Cas = "cas",
    Crash = "crash",
    Echo = "echo",
    Generate = "generate",
    Poll = "poll",
    Read = "read",
    Send = "send",
    StartPartition = "start-partition",
    StopPartition = "stop-partition",
    Txn = "txn",
    Write = "write",
}

impl PartialOrd for Function {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Function {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.name().cmp(other.name())
    }
}

impl fmt::Display for Function {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
