//! The driver of real time: one task that owns the core, the hosts and the files, and waits for the
//! clock and the nodes' pipes.

#![expect(clippy::disallowed_methods, reason = "this is where real time is made the engine's")]

use super::lateness::Lateness;
use super::recorder::Recorder;
use super::session::{Session, take};
use crate::core::Core;
use crate::event::{Observer, Phase};
use crate::host::{Host, LiveHost};
use crate::platform::Timer;
use crate::{EngineError, Time};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::{Duration, Instant};

/// How often progress is reported and files are written.
const TICK: Duration = Duration::from_millis(100);
/// Maximum number of consecutive steps of the core before the nodes' output is read.
const STEPS_AT_ONCE: usize = 256;
/// How long to wait for an answer without sleeping if there are spare processors: waking up takes
/// longer than a fast node takes to answer.
const EAGER_WAIT: Duration = Duration::from_micros(100);
/// Maximum number of consecutive answers without sleeping before the async runtime gets its turn.
const EAGER_ROUNDS: usize = 64;
/// Maximum time to wait for killed nodes to end.
const LONGEST_END: Duration = Duration::from_secs(5);

/// The result of a run.
pub struct RealRun {
    /// The final state of the core: history, journal, failure.
    pub core: Core,
    /// How late messages between nodes were delivered, measured until the nodes' pipes had taken
    /// them.
    pub lateness: Lateness,
    /// How late the engine acted, measured until it handed a message over, independent of its node.
    /// The maximum also covers everything else that was due.
    pub engine_lateness: Lateness,
}

/// Runs a core with one host for each node of its plan, until the core is done or `interrupt`
/// completes.
///
/// All nodes have ended when it returns, in every case.
///
/// # Errors
/// If a node cannot be started, a file cannot be written, or the operating system refuses a timer.
/// Everything written until then is kept.
pub async fn run_real<H: LiveHost>(
    core: Core,
    hosts: &mut [H],
    recorder: Option<Recorder>,
    observer: &mut dyn Observer,
    interrupt: impl Future<Output = ()>,
) -> Result<RealRun, EngineError> {
    let start = Instant::now();
    // The nodes, and glomers itself.
    let has_spare_processors =
        std::thread::available_parallelism().is_ok_and(|all| all.get() > hosts.len());
    let nodes = hosts.len();
    let mut driver = Driver {
        session: Session { core, hosts, recorder, observer },
        start,
        ready: vec![false; nodes],
        due: vec![Vec::new(); nodes],
        lateness: Lateness::default(),
        engine_lateness: Lateness::default(),
        awaited: None,
        next_tick: start + TICK,
        has_spare_processors,
    };
    let result = driver.run(pin!(interrupt)).await;
    driver.end().await;
    let last = driver.report_and_write();
    let Driver { session, lateness, engine_lateness, .. } = driver;
    let (core, written) = session.finish();
    result.and(last).and(written)?;
    Ok(RealRun { core, lateness, engine_lateness })
}

struct Driver<'a, H> {
    session: Session<'a, H>,
    start: Instant,
    /// Whether each host has output.
    ready: Vec<bool>,
    /// By node: when the messages that its pipe has not taken yet were due.
    due: Vec<Vec<Time>>,
    lateness: Lateness,
    engine_lateness: Lateness,
    /// The deadline of the core when the driver last began to wait.
    awaited: Option<Time>,
    next_tick: Instant,
    has_spare_processors: bool,
}

impl<H: LiveHost> Driver<'_, H> {
    async fn run(
        &mut self,
        mut interrupt: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<(), EngineError> {
        let mut timer = Timer::new()?;
        let now = self.now();
        self.session.start(now)?;
        let mut eager_rounds = 0;
        loop {
            let is_due = self.step();
            let now = self.now();
            self.session.do_commands(now)?;
            let has_delivered = self.deliver();
            self.session.record()?;
            if self.session.core.phase() == Phase::Done {
                return Ok(());
            }
            if Instant::now() >= self.next_tick {
                self.next_tick = Instant::now() + TICK;
                let now = self.now();
                self.session.core.give_up_if_hopeless(now);
                self.report_and_write()?;
            }
            if has_delivered && eager_rounds < EAGER_ROUNDS && self.collect_eagerly() {
                eager_rounds += 1;
                continue;
            }
            eager_rounds = 0;
            if is_due {
                // The next step is already due, but the readiness of pipes is only updated when the
                // runtime runs.
                tokio::task::yield_now().await;
            }
            if self.wait(&mut timer, is_due, interrupt.as_mut()).await {
                let now = self.now();
                self.session.core.interrupt(now);
                return Ok(());
            }
            self.collect()?;
        }
    }

    fn now(&self) -> Time {
        Time::from_nanos(u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    /// Runs the steps of the core that are due. Returns whether more are due.
    fn step(&mut self) -> bool {
        for _ in 0..STEPS_AT_ONCE {
            let now = self.now();
            if let Some(deadline) = self.awaited.take()
                && deadline < now
            {
                self.engine_lateness.note_longest(now.since(deadline));
            }
            self.session.core.advance(now);
            if self.session.core.next_deadline().is_none_or(|deadline| deadline > self.now()) {
                return false;
            }
        }
        true
    }

    /// Delivers the core's outgoing lines to the nodes. Returns whether there were any.
    fn deliver(&mut self) -> bool {
        let now = self.now();
        let mut any = false;
        for (node, host) in self.session.hosts.iter_mut().enumerate() {
            let outgoing = self.session.core.outgoing(node);
            if !outgoing.lines.is_empty() {
                any = true;
                host.deliver(now, &outgoing.lines);
                outgoing.lines.clear();
                for due in &outgoing.due {
                    self.engine_lateness.add(now.since(*due));
                }
                self.due[node].append(&mut outgoing.due);
            }
            if !self.due[node].is_empty() && host.is_flushed() {
                let nanos = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
                for due in self.due[node].drain(..) {
                    self.lateness.add(Time::from_nanos(nanos).since(due));
                }
            }
        }
        any
    }

    /// Polls briefly for an answer, without sleeping. Returns whether one came.
    fn collect_eagerly(&mut self) -> bool {
        if !self.has_spare_processors {
            return false;
        }
        let start = Instant::now();
        let mut any = false;
        while !any && start.elapsed() < EAGER_WAIT {
            let now = self.now();
            let core = &mut self.session.core;
            for (node, host) in self.session.hosts.iter_mut().enumerate() {
                any |= host.collect_eagerly(now, &mut |printed| take(core, now, node, printed));
            }
        }
        any
    }

    /// Waits for a node, the clock or an interrupt; returns true for an interrupt.
    async fn wait(
        &mut self,
        timer: &mut Timer,
        is_due: bool,
        mut interrupt: Pin<&mut impl Future<Output = ()>>,
    ) -> bool {
        let wakes = self.session.hosts.iter().filter_map(Host::next_wake);
        self.awaited = self.session.core.next_deadline();
        let next = wakes.chain(self.awaited).min();
        let deadline = next
            .map(|time| self.start + Duration::from_nanos(time.as_nanos()))
            .map_or(self.next_tick, |deadline| deadline.min(self.next_tick));
        poll_fn(|context| {
            if interrupt.as_mut().poll(context).is_ready() {
                return Poll::Ready(true);
            }
            let mut any = is_due;
            for (host, ready) in self.session.hosts.iter_mut().zip(&mut self.ready) {
                *ready = host.poll_ready(context).is_ready();
                any |= *ready;
            }
            any |= timer.poll(context, deadline).is_ready();
            if any { Poll::Ready(false) } else { Poll::Pending }
        })
        .await
    }

    /// Collects the output of the nodes.
    fn collect(&mut self) -> Result<(), EngineError> {
        for node in 0..self.ready.len() {
            let now = self.now();
            let woken = self.session.hosts[node].next_wake().is_some_and(|wake| wake <= now);
            if self.ready[node] || woken {
                self.session.collect(now, node)?;
            }
        }
        Ok(())
    }

    /// Reports the events to the observer and writes the new parts of the files.
    fn report_and_write(&mut self) -> Result<(), EngineError> {
        let now = self.now();
        self.session.report(now);
        if self.session.recorder.is_none() {
            self.session.core.journal().lines().clear();
        }
        self.session.flush()
    }

    /// Kills every node and waits until all have ended.
    async fn end(&mut self) {
        self.session.kill();
        let all_gone = poll_fn(|context| {
            let mut all = true;
            for host in self.session.hosts.iter_mut() {
                all &= host.poll_gone(context).is_ready();
            }
            if all { Poll::Ready(()) } else { Poll::Pending }
        });
        // A process that survives SIGKILL hangs in the kernel; nothing more can be done about it.
        let _ = tokio::time::timeout(LONGEST_END, all_gone).await;
    }
}
