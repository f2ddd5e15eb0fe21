//! Servers under load: processes of their own, so that what they cost can be told from what the load costs.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// The port it listens on.
    pub port: u16,
    /// The port of object storage, if it has that.
    pub oss_port: u16,
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
        Ok(Self { child, port: line.trim().parse()?, oss_port: 0 })
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
                let port = |name: &str| {
                    let port = ports.get(name).and_then(serde_json::Value::as_u64).context("a port")?;
                    Ok::<_, anyhow::Error>(u16::try_from(port)?)
                };
                return Ok(Self { child, port: port("http")?, oss_port: port("oss")? });
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bail!("argali did not start within ten seconds")
    }

    /// Starts nginx with a configuration that makes it listen on `port`.
    ///
    /// # Errors
    ///
    /// Fails if nginx is not there, or does not listen.
    pub async fn nginx(configuration: &Path, port: u16) -> Result<Self> {
        let mut command = Command::new("nginx");
        command.arg("-c").arg(configuration).args(["-e", "stderr"]).stderr(Stdio::null()).kill_on_drop(true);
        let child = command.spawn().context("start nginx: apt-get install nginx")?;
        for _ in 0..1_000 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Ok(Self { child, port, oss_port: 0 });
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bail!("nginx did not start within ten seconds")
    }

    /// Waits until the server has put away what was made: tables are merged and records indexed after the answers.
    ///
    /// # Errors
    ///
    /// Fails if it does not come to rest.
    pub async fn settle(&self) -> Result<()> {
        const PAUSE: Duration = Duration::from_millis(500);
        const LONGEST: usize = 60;
        let mut before = self.cpu_time()?;
        for _ in 0..LONGEST {
            tokio::time::sleep(PAUSE).await;
            let now = self.cpu_time()?;
            if now.saturating_sub(before) < PAUSE / 50 {
                return Ok(());
            }
            before = now;
        }
        bail!("the server does not come to rest")
    }

    /// The most memory that the server has had in use at once so far, in MiB.
    ///
    /// # Errors
    ///
    /// Fails if the server has ended.
    pub fn most_memory_mib(&self) -> Result<f64> {
        let id = self.child.id().context("the server has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("its peak")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib / 1_024.0)
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
