//! The source of operations: the generator of the current phase, and the gaps between operations.

use super::workers::Workers;
use crate::random::Random;
use crate::scenario::Scenario;
use crate::time::Time;
use crate::workload::{Completion, Generator, Invocation, Next, Script, Workload};
use glomers_config::Plan;

/// Nanoseconds in a second.
const NANOS_PER_SECOND: f64 = 1e9;

/// What to run.
pub(super) struct OperationSource {
    generator: Box<dyn Generator>,
    random: Random,
    /// Twice the mean gap between operations, in ns; `None` if there are no operations.
    longest_gap: Option<u64>,
    /// The final operations, if a scenario gives them.
    final_script: Option<Script>,
}

impl OperationSource {
    /// The operations of the load.
    pub(super) fn new(plan: &Plan, workload: &dyn Workload) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        let longest_gap = (plan.rate > 0.0).then(|| (2.0 * NANOS_PER_SECOND / plan.rate) as u64);
        let mut random = Random::stream(plan.seed, "generator");
        let generator = workload.generator(&mut random);
        Self { generator, random, longest_gap, final_script: None }
    }

    /// Takes the operations from the scenario, each at its time.
    pub(super) fn follow(&mut self, scenario: Scenario) {
        self.generator = Box::new(Script::load(scenario.operations, scenario.load_end));
        self.final_script = Some(Script::last(scenario.final_operations));
        self.longest_gap = Some(0);
    }

    /// Replaces the operations of the load.
    #[cfg(test)]
    pub(super) fn replace_generator(&mut self, generator: Box<dyn Generator>) {
        self.generator = generator;
    }

    /// When the first operation of the load is due; `None` if there are none at all.
    pub(super) fn first_operation(&self, load_start: Time) -> Option<Time> {
        self.longest_gap.map(|_| load_start)
    }

    /// Draws when the operation after one that begins now is due. The gap is counted from now, not
    /// from when that operation was due: delays are not caught up.
    pub(super) fn draw_next_operation(&mut self, now: Time) -> Option<Time> {
        let gap = self.random.below(self.longest_gap?);
        Some(now.plus_nanos(gap))
    }

    /// A free worker for the next operation of the load.
    pub(super) fn free_worker(&mut self, workers: &Workers) -> Option<u32> {
        if self.generator.draws_workers() {
            workers.draw_free(&mut self.random)
        } else {
            workers.next_free()
        }
    }

    /// What a free worker does next. If it has to wait, it sleeps already.
    pub(super) fn next(&mut self, now: Time, worker: u32, workers: &mut Workers) -> Next {
        let next = self.generator.next(workers.as_free(worker, now), &mut self.random);
        if let Next::Wait(until) = next {
            workers.sleep(worker, until.max(now.plus_nanos(1)));
        }
        next
    }

    /// Reports to the generator how an operation ended.
    pub(super) fn operation_ended(
        &mut self,
        worker: u32,
        invocation: &Invocation,
        completion: &Completion,
    ) {
        self.generator.ended(worker, invocation, completion);
    }

    /// Changes from the operations of the load to the final ones, if the workload has any; returns
    /// whether it has.
    pub(super) fn begin_final(&mut self, workload: &dyn Workload) -> bool {
        let Some(generator) = workload.final_generator() else { return false };
        self.generator = match self.final_script.take() {
            Some(script) => Box::new(script),
            None => generator,
        };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::PlannedOperation;
    use crate::workload::{testing, workload};
    use glomers_config::Parameters;
    use glomers_history::{Function, Value};

    fn source(challenge: &str, rate: f64) -> (OperationSource, Box<dyn Workload>) {
        let plan =
            testing::plan(challenge, Parameters { rate: Some(rate), ..Parameters::default() });
        let workload = workload(&plan);
        (OperationSource::new(&plan, &*workload), workload)
    }

    #[test]
    fn gaps_are_uniform_up_to_twice_the_mean() {
        let (mut source, _) = source("echo", 1000.0);
        let start = Time::from_nanos(7);
        assert_eq!(source.first_operation(start), Some(start));
        let mut gaps: Vec<u64> =
            (0..1000).map(|_| source.draw_next_operation(start).unwrap().as_nanos() - 7).collect();
        gaps.sort_unstable();
        assert!(gaps[999] < 2_000_000 && gaps[999] > 1_900_000, "{}", gaps[999]);
        assert!((900_000..1_100_000).contains(&gaps[500]), "{}", gaps[500]);
    }

    #[test]
    fn a_rate_of_zero_has_no_operations() {
        let (mut source, _) = source("echo", 0.0);
        assert_eq!(source.first_operation(Time::default()), None);
        assert_eq!(source.draw_next_operation(Time::default()), None);
    }

    #[test]
    fn a_scenario_replaces_the_operations_of_both_phases() {
        let (mut source, workload) = source("broadcast-a", 10.0);
        let planned = |at, value| PlannedOperation {
            at,
            worker: 0,
            f: Function::Read,
            value: Value::Int(value),
            is_final: false,
            other: Vec::new(),
        };
        source.follow(Scenario {
            operations: vec![planned(5, 1)],
            final_operations: vec![planned(0, 2)],
            ..Scenario::default()
        });
        let mut workers = Workers::new(1, 1);
        let start = Time::from_nanos(100);
        let later = Time::from_nanos(105);
        assert_eq!(source.next(start, 0, &mut workers), Next::Wait(later));
        assert!(!workers.any_free(), "the worker sleeps until then");
        assert_eq!(workers.next_wake(), Some(later));
        workers.wake(later);
        let invoked = |next| match next {
            Next::Invoke(invocation) => invocation.value,
            other => panic!("{other:?}"),
        };
        assert_eq!(invoked(source.next(later, 0, &mut workers)), Value::Int(1));
        assert!(source.begin_final(&*workload));
        assert_eq!(invoked(source.next(later, 0, &mut workers)), Value::Int(2));
        assert_eq!(source.next(later, 0, &mut workers), Next::Exhausted);
    }

    #[test]
    fn echo_has_no_final_operations() {
        let (mut source, workload) = source("echo", 10.0);
        assert!(!source.begin_final(&*workload));
    }
}
