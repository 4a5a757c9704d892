//! Plans for tests.

use glomers_config::{Parameters, Plan, challenges, find_challenge};

/// The plan of a challenge, with some settings changed.
pub(crate) fn plan(challenge: &str, given: Parameters) -> Plan {
    let challenges = challenges();
    Plan::resolve(find_challenge(&challenges, challenge).unwrap(), given, 7).unwrap()
}
