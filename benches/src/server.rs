//! Servers under load: processes of their own, so that what they cost can be told from what the load costs.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// The port it listens on.
    pub port: u16,
}

impl Server {
    /// Starts the ceiling server `program`, which verifies with `secret`.
    pub async fn ceiling(program: &Path, secret: &str, workers: usize) -> Result<Self> {
        let mut command = Command::new(program);
        command.env("CEILING_SECRET", secret).env("CEILING_WORKERS", workers.to_string());
        let mut child =
            command.stderr(Stdio::piped()).kill_on_drop(true).spawn().context("start the ceiling")?;
        let stderr = child.stderr.take().context("its standard error")?;
        let line = BufReader::new(stderr).lines().next_line().await?.context("it says its port")?;
        Ok(Self { child, port: line.trim().parse()? })
    }

    /// Starts `argali serve` on the data folder `data`.
    pub async fn argali(program: &Path, data: &Path, workers: usize) -> Result<Self> {
        let port_file = data.join("port.json");
        let mut command = Command::new(program);
        command
            .arg("serve")
            .arg("--data")
            .arg(data)
            .args(["--http", "127.0.0.1:0", "--port-file"])
            .arg(&port_file);
        command.env("ARGALI_SERVER_WORKERS", workers.to_string());
        command.env("ARGALI_QUOTA_USERS", "10000000");
        let child = command.stderr(Stdio::null()).kill_on_drop(true).spawn().context("start argali")?;
        for _ in 0..1_000 {
            if let Ok(text) = std::fs::read_to_string(&port_file) {
                let ports: serde_json::Value = serde_json::from_str(&text)?;
                let port = ports.get("http").and_then(serde_json::Value::as_u64).context("an http port")?;
                return Ok(Self { child, port: u16::try_from(port)? });
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bail!("argali did not start within ten seconds")
    }

    /// How much processor time the server has used so far.
    pub fn cpu_time(&self) -> Result<Duration> {
        let id = self.child.id().context("the server has ended")?;
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
        // The program's name, in brackets, may hold anything; the times are the 14th and 15th field.
        let (_, fields) = stat.rsplit_once(')').context("a process's state")?;
        let ticks =
            fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
        // A tick is a hundredth of a second on every Linux.
        Ok(Duration::from_millis(ticks * 10))
    }

    /// Ends the server.
    pub async fn stop(mut self) -> Result<()> {
        self.child.kill().await.context("stop the server")
    }
}
