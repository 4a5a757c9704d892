//! The requests that a node must support in each workload: one line per workload.

use super::definition::Protocol;
use super::{
    broadcast, echo, g_counter, g_set, kafka, lin_kv, pn_counter, txn_list_append, txn_rw_register,
    unique_ids,
};
use glomers_config::Workload as Name;

/// The requests that a node must support in this workload.
#[must_use]
pub fn protocol(workload: Name) -> &'static Protocol {
    match workload {
        Name::Broadcast => &broadcast::PROTOCOL,
        Name::Echo => &echo::PROTOCOL,
        Name::GCounter => &g_counter::PROTOCOL,
        Name::GSet => &g_set::PROTOCOL,
        Name::Kafka => &kafka::PROTOCOL,
        Name::LinKv => &lin_kv::PROTOCOL,
        Name::PnCounter => &pn_counter::PROTOCOL,
        Name::TxnListAppend => &txn_list_append::PROTOCOL,
        Name::TxnRwRegister => &txn_rw_register::PROTOCOL,
        Name::UniqueIds => &unique_ids::PROTOCOL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_workload_says_what_it_asks() {
        for workload in Name::ALL {
            let protocol = protocol(workload);
            assert!(protocol.about.ends_with('.') && !protocol.rpcs.is_empty(), "{workload}");
            for rpc in protocol.rpcs {
                assert_eq!(rpc.reply, format!("{}_ok", rpc.request), "{workload}");
            }
        }
    }
}
