//! A timer that is exact to microseconds; tokio's timer wakes up on whole milliseconds.

#![expect(clippy::disallowed_methods, reason = "this is what waits for real time")]

use crate::EngineError;
use std::task::{Context, Poll};
use std::time::Instant;

#[cfg(target_os = "linux")]
pub(crate) use exact::Timer;
#[cfg(not(target_os = "linux"))]
pub(crate) use tokio_sleep::Timer;

#[cfg(target_os = "linux")]
mod exact {
    use super::{Context, EngineError, Instant, Poll};
    use nix::sys::time::TimeSpec;
    use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
    use std::os::fd::{AsFd as _, AsRawFd, RawFd};
    use std::time::Duration;
    use tokio::io::unix::AsyncFd;

    /// The kernel's timer, in the form that tokio needs.
    struct KernelTimer(TimerFd);

    impl AsRawFd for KernelTimer {
        fn as_raw_fd(&self) -> RawFd {
            self.0.as_fd().as_raw_fd()
        }
    }

    /// A kernel timer behind a file descriptor.
    pub(crate) struct Timer {
        fd: AsyncFd<KernelTimer>,
        /// The deadline that it is set to. If the deadline has moved later, the timer fires early:
        /// setting it costs a system call each time, and waking up once too often is rare.
        armed: Option<Instant>,
    }

    impl Timer {
        #[expect(unsafe_code, reason = "tokio takes foreign descriptors only so")]
        pub(crate) fn new() -> Result<Self, EngineError> {
            let failed =
                |source: std::io::Error| EngineError::System { what: "make a timer", source };
            let flags = TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC;
            let fd = TimerFd::new(ClockId::CLOCK_MONOTONIC, flags).map_err(|e| failed(e.into()))?;
            // SAFETY: the wrapper owns the descriptor, gives out the same one as long as it lives,
            // and closes it when it is dropped.
            let fd = unsafe { AsyncFd::register(KernelTimer(fd)) };
            Ok(Self { fd: fd.map_err(|error| failed(error.into()))?, armed: None })
        }

        /// Ready at the deadline or earlier.
        pub(crate) fn poll(&mut self, context: &mut Context<'_>, deadline: Instant) -> Poll<()> {
            if self.armed.is_none_or(|armed| armed > deadline) {
                // Zero would disarm the timer.
                let wait =
                    deadline.saturating_duration_since(Instant::now()).max(Duration::from_nanos(1));
                let once = Expiration::OneShot(TimeSpec::from_duration(wait));
                if self.fd.get_ref().0.set(once, TimerSetTimeFlags::empty()).is_err() {
                    return Poll::Ready(());
                }
                self.armed = Some(deadline);
            }
            match self.fd.poll_read_ready(context) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(guard) => {
                    // Reading the timer resets its readiness.
                    let _ = self.fd.get_ref().0.wait();
                    if let Ok(mut guard) = guard {
                        guard.clear_ready();
                    }
                    self.armed = None;
                    Poll::Ready(())
                }
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod tokio_sleep {
    use super::{Context, EngineError, Instant, Poll};
    use std::future::Future;
    use std::pin::Pin;
    use tokio::time::Sleep;

    /// Tokio's timer: up to a millisecond late.
    pub(crate) struct Timer(Pin<Box<Sleep>>);

    impl Timer {
        #[expect(clippy::unnecessary_wraps, reason = "the exact timer can fail")]
        pub(crate) fn new() -> Result<Self, EngineError> {
            Ok(Self(Box::pin(tokio::time::sleep(std::time::Duration::ZERO))))
        }

        /// Ready at the deadline.
        pub(crate) fn poll(&mut self, context: &mut Context<'_>, deadline: Instant) -> Poll<()> {
            let deadline = deadline.into();
            if self.0.deadline() != deadline {
                self.0.as_mut().reset(deadline);
            }
            self.0.as_mut().poll(context)
        }
    }
}
