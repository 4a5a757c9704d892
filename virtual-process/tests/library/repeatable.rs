//! Two runs of a program are equal, whatever it does.

use crate::program::{Linked, Setup, is_denied, run};
use glomers_virtual_process::Schedule;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn two_runs_are_equal(
        choice in any::<u32>(), seed in any::<u64>(), is_random: bool, is_static: bool,
    ) {
        if is_denied() {
            return Ok(());
        }
        let setup = Setup {
            linked: if is_static { Linked::Statically } else { Linked::Dynamically },
            schedule: if is_random { Schedule::Random } else { Schedule::Fifo },
            seed,
            ..Setup::default()
        };
        let choice = choice.to_string();
        let record = run(&["mixed", &choice], &setup);
        prop_assert!(record.irregularities.is_empty(), "{:?}", record);
        prop_assert_eq!(&record, &run(&["mixed", &choice], &setup));
    }
}
