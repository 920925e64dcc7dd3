//! Processes of the bench's own: started, watched through `/proc`, stopped, and killed if the bench breaks off.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::{Context, bail};
use tokio::process::{Child, Command};

use crate::http::{Client, request};

/// A process that answers on a port.
pub struct Running {
    child: Child,
    pub port: u16,
    pub pid: u32,
    /// From start to first answer.
    pub waited: Duration,
}

impl Running {
    /// Starts a command and waits until `path` answers 200.
    pub async fn start(command: &mut Command, port: u16, path: &str) -> anyhow::Result<Self> {
        let began = Instant::now();
        let mut child = command.kill_on_drop(true).stdin(Stdio::null()).spawn()?;
        let pid = child.id().context("no process")?;
        let question = request("GET", path, "", None, "");
        while began.elapsed() < Duration::from_secs(20) {
            if let Some(status) = child.try_wait()? {
                bail!("it ended with {status} before its first answer");
            }
            if let Ok(mut client) = Client::connect(port).await
                && client.send(&question).await.is_ok_and(|answer| answer.status == 200)
            {
                return Ok(Self { child, port, pid, waited: began.elapsed() });
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        bail!("nothing answers on port {port}")
    }

    /// Asks it to stop and waits until it has.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        Command::new("kill").arg(self.pid.to_string()).status().await?;
        tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await??;
        Ok(())
    }
}

/// A port nobody listens on.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// CPU seconds a process has spent so far; `/proc` counts in hundredths.
pub fn cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(ticks as f64 / 100.0)
}

/// Resident memory of a process in MiB.
pub fn memory(pid: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
    let kib: u32 = line.split_whitespace().nth(1).unwrap_or_default().parse()?;
    Ok(f64::from(kib) / 1024.0)
}

/// A folder that goes away with its owner.
pub struct Folder(PathBuf);

impl Folder {
    /// Makes a folder only this process uses. Not in memory: a commit must reach a disk.
    pub fn new(name: &str) -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("hearthdesk-bench-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            eprintln!("{} stays: {error}", self.0.display());
        }
    }
}

/// Serves the same bytes at every path, on as many workers as the service has.
pub fn serve_bytes(port: u16, bytes: Vec<u8>) -> anyhow::Result<()> {
    let body = web::Bytes::from(bytes);
    let serve = async move {
        let app = move || {
            let body = body.clone();
            App::new().default_service(web::to(move || {
                let body = body.clone();
                async move { HttpResponse::Ok().content_type("application/json").body(body) }
            }))
        };
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        HttpServer::new(app).workers(workers).bind(("127.0.0.1", port))?.run().await
    };
    Ok(actix_web::rt::System::new().block_on(serve)?)
}
