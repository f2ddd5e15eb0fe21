//! What is measured: two accounts on a server of their own, and a user that may assume a role.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, ensure};
use argali_protocol::{Credentials, Secret};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::call::{Call, RAM};
use crate::server::Server;

/// The server with both accounts.
#[derive(Debug)]
pub struct World {
    /// `argali serve` on a folder of its own.
    pub server: Server,
    /// The owner of company-a, whose role `ecs-admin` trusts company-b.
    pub owner: Credentials,
    /// The owner of company-b.
    pub partner: Credentials,
    /// A user of company-b that may assume roles and read RAM.
    pub alice: Credentials,
}

impl World {
    /// Makes everything in `folder`.
    ///
    /// # Errors
    ///
    /// Fails if the program is not built, or a call is refused.
    pub async fn set_up(folder: &Path, workers: usize) -> Result<Self> {
        let argali = program("argali")?;
        let data = folder.join("data");
        let owner = create_account(&argali, &data, "company-a", "11223344").await?;
        let partner = create_account(&argali, &data, "company-b", "12345678").await?;
        let server = Server::argali(&argali, &data, workers).await?;
        let trust = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::12345678:root"]}}]}"#;
        let role = [("RoleName", "ecs-admin"), ("AssumeRolePolicyDocument", trust)];
        ask(&server, &owner, "CreateRole", &role).await?;
        let policy =
            [("PolicyType", "System"), ("PolicyName", "AliyunECSFullAccess"), ("RoleName", "ecs-admin")];
        ask(&server, &owner, "AttachPolicyToRole", &policy).await?;
        ask(&server, &partner, "CreateUser", &[("UserName", "alice")]).await?;
        for name in ["AliyunSTSAssumeRoleAccess", "AliyunRAMReadOnlyAccess"] {
            let policy = [("PolicyType", "System"), ("PolicyName", name), ("UserName", "alice")];
            ask(&server, &partner, "AttachPolicyToUser", &policy).await?;
        }
        let key = ask(&server, &partner, "CreateAccessKey", &[("UserName", "alice")]).await?;
        let alice = credentials(key.get("AccessKey").context("a key")?)?;
        Ok(Self { server, owner, partner, alice })
    }

    /// Makes a call once, on a connection of its own.
    ///
    /// # Errors
    ///
    /// Fails if it is refused.
    pub async fn ask(
        &self,
        who: &Credentials,
        call: Call<'_>,
        more: &[(&str, String)],
    ) -> Result<serde_json::Value> {
        send(&self.server, who, call, more).await
    }
}

/// Calls RAM once.
async fn ask(
    server: &Server,
    who: &Credentials,
    action: &'static str,
    params: &[(&'static str, &'static str)],
) -> Result<serde_json::Value> {
    send(server, who, Call::new(action, RAM, params), &[]).await
}

async fn send(
    server: &Server,
    who: &Credentials,
    call: Call<'_>,
    more: &[(&str, String)],
) -> Result<serde_json::Value> {
    static SENT: AtomicU64 = AtomicU64::new(0);
    let action = call.action;
    let nonce = format!("set-up-{}", SENT.fetch_add(1, Ordering::Relaxed));
    let mut bytes = call.request(who, server.port, &nonce, more)?;
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").context("a head")?;
    bytes.splice(end..end, b"\r\nconnection: close".iter().copied());
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).await?;
    stream.write_all(&bytes).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").context("an answer")?;
    ensure!(head.starts_with("HTTP/1.1 200"), "{action}: {answer}");
    Ok(serde_json::from_str(body)?)
}

async fn create_account(argali: &Path, data: &Path, alias: &str, id: &str) -> Result<Credentials> {
    let mut command = tokio::process::Command::new(argali);
    command
        .args(["account", "create", alias, "--alias", alias, "--id", id, "-o", "json", "--data"])
        .arg(data);
    let output = command.output().await.context("run argali account create")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    credentials(&serde_json::from_slice(&output.stdout)?)
}

fn credentials(from: &serde_json::Value) -> Result<Credentials> {
    let text =
        |name: &str| from.get(name).and_then(serde_json::Value::as_str).map(str::to_owned).context("a key");
    Ok(Credentials {
        access_key_id: text("AccessKeyId")?,
        access_key_secret: Secret::new(text("AccessKeySecret")?),
        security_token: None,
    })
}

/// A program beside this one.
///
/// # Errors
///
/// Fails if it is not built.
pub fn program(name: &str) -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name(name);
    ensure!(path.exists(), "build `{name}` first: cargo build --release -p argali -p argali-bench");
    Ok(path)
}
