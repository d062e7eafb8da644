//! The time that training takes.

use std::ops::{Add, Mul};
use std::time::Instant;

use cpu_time::ProcessTime;
use serde::{Deserialize, Serialize};

/// Time spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spent {
    /// Seconds on the clock.
    pub seconds: f64,
    /// Seconds of this process on a processor core, summed over the cores: what stays the same when other programs
    /// take their share of the machine. 0 for runs that were made before it was noted.
    #[serde(default)]
    pub core_seconds: f64,
}

impl Add for Spent {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            seconds: self.seconds + other.seconds,
            core_seconds: self.core_seconds + other.core_seconds,
        }
    }
}

impl Mul<f64> for Spent {
    type Output = Self;

    fn mul(self, times: f64) -> Self {
        Self {
            seconds: self.seconds * times,
            core_seconds: self.core_seconds * times,
        }
    }
}

/// Measures the time spent since it was started.
#[derive(Debug)]
pub struct Stopwatch {
    clock: Instant,
    cores: ProcessTime,
}

impl Stopwatch {
    /// Starts measuring.
    pub fn start() -> Self {
        Self {
            clock: Instant::now(),
            cores: ProcessTime::now(),
        }
    }

    /// The time spent so far.
    pub fn spent(&self) -> Spent {
        Spent {
            seconds: self.clock.elapsed().as_secs_f64(),
            core_seconds: self.cores.elapsed().as_secs_f64(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleeping_takes_time_but_no_core_and_work_takes_both() {
        let watch = Stopwatch::start();
        std::thread::sleep(std::time::Duration::from_millis(30));
        assert!(watch.spent().seconds >= 0.03);
        let before = watch.spent();
        while watch.spent().core_seconds < before.core_seconds + 0.01 {
            std::hint::black_box((0..10_000).sum::<u64>());
        }
        assert!(watch.spent().seconds > before.seconds);
    }

    #[test]
    fn a_run_from_before_cores_were_counted_can_be_read() {
        let spent: Spent = serde_json::from_str(r#"{"seconds": 12.5}"#).unwrap();
        assert_eq!((spent.seconds, spent.core_seconds), (12.5, 0.0));
    }
}
