//! Clients that send one request after the other until the time or the requests are over.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::bail;
use tokio::task::LocalSet;

use crate::http::Client;

/// What a cell came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Measured {
    pub requests: usize,
    /// Answers 503: the service was too busy. They are in no other figure.
    pub refused: usize,
    pub seconds: f64,
    /// Milliseconds.
    pub p50: f64,
    pub p99: f64,
    /// Microseconds of CPU the service spent on a request.
    pub cpu: Option<f64>,
}

impl Measured {
    /// Requests a second.
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    pub fn rate(&self) -> f64 {
        if self.seconds > 0.0 { self.requests as f64 / self.seconds } else { 0.0 }
    }
}

/// Gives the n-th request of all; `None` when there is no more.
pub type Next = Rc<dyn Fn(usize) -> Option<Vec<u8>>>;

/// Loads a port with so many clients. An answer that is neither 2xx nor 503 ends the measurement.
pub async fn run(port: u16, pid: Option<u32>, clients: usize, time: Duration, next: Next) -> anyhow::Result<Measured> {
    let taken = Rc::new(Cell::new(0usize));
    let refused = Rc::new(Cell::new(0usize));
    let times = Rc::new(RefCell::new(Vec::<f64>::with_capacity(100_000)));
    let cpu_before = pid.map(cpu_seconds).transpose()?;
    let began = Instant::now();
    let tasks = LocalSet::new();
    let mut handles = Vec::new();
    for _ in 0..clients {
        let (taken, refused, times, next) = (taken.clone(), refused.clone(), times.clone(), next.clone());
        handles.push(tasks.spawn_local(async move {
            let mut client = Client::connect(port).await?;
            while began.elapsed() < time {
                taken.set(taken.get() + 1);
                let Some(request) = next(taken.get()) else { break };
                let sent = Instant::now();
                let answer = client.send(&request).await?;
                if answer.status == 503 {
                    refused.set(refused.get() + 1);
                    continue;
                }
                if !(200..300).contains(&answer.status) {
                    bail!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body));
                }
                times.borrow_mut().push(sent.elapsed().as_secs_f64() * 1e3);
            }
            Ok::<_, anyhow::Error>(())
        }));
    }
    tasks.await;
    for handle in handles {
        handle.await??;
    }
    let seconds = began.elapsed().as_secs_f64();
    let mut times = times.take();
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
    let spent = cpu_before.zip(pid.map(cpu_seconds).transpose()?).map(|(before, after)| after - before);
    let requests = times.len();
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let cpu = spent.map(|seconds| seconds * 1e6 / requests.max(1) as f64);
    Ok(Measured { requests, refused: refused.get(), seconds, p50: at(50), p99: at(99), cpu })
}

/// CPU seconds a process has spent so far.
#[expect(clippy::cast_precision_loss, reason = "hundredths of seconds")]
fn cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(ticks as f64 / 100.0)
}

/// Resident memory of a process in MiB.
pub fn memory(pid: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    Ok(line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1024)
}
