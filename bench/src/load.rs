//! Clients that send one request after the other until the time or the requests are over.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use anyhow::bail;

use crate::http::Client;
use crate::process;
use crate::work::Request;

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
    /// Resident MiB of the service with all clients connected.
    pub memory: Option<f64>,
}

impl Measured {
    /// Requests a second.
    pub fn rate(&self) -> f64 {
        if self.seconds > 0.0 { self.requests as f64 / self.seconds } else { 0.0 }
    }
    /// Sets the middle and the slow end of what was timed, in milliseconds.
    pub fn with_times(mut self, mut times: Vec<f64>) -> Self {
        times.sort_by(f64::total_cmp);
        let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
        (self.p50, self.p99) = (at(50), at(99));
        self
    }
}

/// What a load is made of.
pub trait Workload: Send + Sync {
    /// The n-th request of all; `None` when there is no more.
    fn next(&self, n: usize) -> Option<Request>;
    /// Hears what came back with 2xx.
    fn heard(&self, _request: Request, _answer: &[u8]) {}
}

/// To whom, with how many at once, how long.
#[derive(Clone, Copy)]
pub struct Target {
    pub port: u16,
    pub pid: u32,
    pub clients: usize,
    pub time: Duration,
}

/// What one thread of clients came to.
#[derive(Default)]
struct Part {
    times: Vec<f64>,
    refused: usize,
}

/// Threads the clients are spread over.
const THREADS: usize = 2;

/// Loads a port. An answer that is neither 2xx nor 503 ends the measurement.
pub async fn run(target: Target, work: Arc<dyn Workload>) -> anyhow::Result<Measured> {
    tokio::task::spawn_blocking(move || blocking(target, work)).await?
}

fn blocking(target: Target, work: Arc<dyn Workload>) -> anyhow::Result<Measured> {
    let threads = THREADS.min(target.clients);
    let ready = Arc::new(Barrier::new(threads + 1));
    let count = Arc::new(AtomicUsize::new(0));
    let spawn = |n: usize| {
        let clients = target.clients / threads + usize::from(n < target.clients % threads);
        let (ready, count, work) = (ready.clone(), count.clone(), work.clone());
        std::thread::spawn(move || thread(target, clients, &ready, &count, work.as_ref()))
    };
    let running: Vec<_> = (0..threads).map(spawn).collect();
    ready.wait();
    let before = process::cpu_seconds(target.pid)?;
    let began = Instant::now();
    std::thread::sleep(target.time.mul_f64(0.9));
    let memory = process::memory(target.pid)?;
    let mut all = Part::default();
    for thread in running {
        let part = thread.join().map_err(|_| anyhow::anyhow!("a thread of clients broke off"))??;
        all.times.extend(part.times);
        all.refused += part.refused;
    }
    let seconds = began.elapsed().as_secs_f64();
    let requests = all.times.len();
    let cpu = (process::cpu_seconds(target.pid)? - before) * 1e6 / (requests.max(1) as f64);
    let measured = Measured {
        requests,
        refused: all.refused,
        seconds,
        cpu: Some(cpu),
        memory: Some(memory),
        ..Measured::default()
    };
    Ok(measured.with_times(all.times))
}

fn thread(
    target: Target,
    clients: usize,
    ready: &Barrier,
    count: &AtomicUsize,
    work: &dyn Workload,
) -> anyhow::Result<Part> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let connected = runtime.map_err(anyhow::Error::from).and_then(|runtime| {
        let connect = async {
            let mut list = Vec::with_capacity(clients);
            for _ in 0..clients {
                list.push(Client::connect(target.port).await?);
            }
            Ok::<_, anyhow::Error>(list)
        };
        let list = runtime.block_on(connect)?;
        Ok((runtime, list))
    });
    // Whoever failed still meets the others, or they would wait for ever.
    ready.wait();
    let (runtime, list) = connected?;
    runtime.block_on(together(list, target.time, count, work))
}

async fn together(list: Vec<Client>, time: Duration, count: &AtomicUsize, work: &dyn Workload) -> anyhow::Result<Part> {
    let times = RefCell::new(Vec::with_capacity(100_000));
    let refused = Cell::new(0);
    let began = Instant::now();
    let one = async |mut client: Client| {
        while began.elapsed() < time {
            let Some(request) = work.next(count.fetch_add(1, Ordering::Relaxed)) else { break };
            let sent = Instant::now();
            let answer = client.send(&request.bytes).await?;
            match answer.status {
                200..300 => {
                    times.borrow_mut().push(sent.elapsed().as_secs_f64() * 1e3);
                    work.heard(request, answer.body);
                }
                503 => refused.set(refused.get() + 1),
                status => bail!("{status}: {}", String::from_utf8_lossy(answer.body)),
            }
        }
        Ok::<_, anyhow::Error>(())
    };
    futures_util::future::try_join_all(list.into_iter().map(one)).await?;
    Ok(Part { times: times.take(), refused: refused.get() })
}
