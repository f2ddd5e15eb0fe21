//! Measures Argali beside the ceilings, in the same run, and prints ratios.
//!
//! `cargo build --release -p argali -p argali-bench && target/release/load`

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use argali_bench::load::{Figures, run};
use argali_bench::server::Server;
use argali_protocol::{Credentials, Format, Outgoing, Placement, Secret, SignedRequest, sign_v1, sign_v3};
use clap::Parser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Sends the same load to the ceilings and to Argali.
#[derive(Debug, Parser)]
struct Arguments {
    /// Requests in one round.
    #[arg(long, default_value_t = 60_000)]
    requests: usize,
    /// Connections at once.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Rounds; the best of each counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Only what has this in its name.
    #[arg(long, default_value = "")]
    only: String,
    /// Worker threads of each server.
    #[arg(long, default_value_t = 1)]
    workers: usize,
}

const RAM: &str = "2015-05-01";
const STS: &str = "2015-04-01";
const ECS: &str = "2014-05-26";

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(measure(&arguments))
}

async fn measure(arguments: &Arguments) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let world = World::set_up(folder.path(), arguments.workers).await?;
    let ceiling =
        Server::ceiling(&program("ceiling")?, world.alice.access_key_secret.expose(), arguments.workers)
            .await?;

    let assume = [("RoleArn", "acs:ram::11223344:role/ecs-admin"), ("RoleSessionName", "alice")];
    let get_user = [("UserName", "alice")];
    let describe = [("RegionId", "cn-hangzhou")];
    let rows = [
        Row { name: "hello", at: &ceiling, call: call("/hello", "GetUser", RAM, &get_user), of: None },
        Row { name: "verify", at: &ceiling, call: call("/verify", "GetUser", RAM, &get_user), of: None },
        Row { name: "mint", at: &ceiling, call: call("/mint", "AssumeRole", STS, &assume), of: None },
        Row {
            name: "GetUser V3",
            at: &world.server,
            call: call("/", "GetUser", RAM, &get_user),
            of: Some("verify"),
        },
        Row {
            name: "GetUser V1",
            at: &world.server,
            call: v1("GetUser", RAM, &get_user),
            of: Some("verify"),
        },
        Row {
            name: "AssumeRole V3",
            at: &world.server,
            call: call("/", "AssumeRole", STS, &assume),
            of: Some("mint"),
        },
        Row {
            name: "DescribeInstances V3",
            at: &world.server,
            call: call("/", "DescribeInstances", ECS, &describe),
            of: Some("verify"),
        },
        Row { name: "CreateUser V3", at: &world.server, call: changing("CreateUser", RAM), of: None },
    ];
    let mut best: Vec<Option<Figures>> = vec![None; rows.len()];
    for round in 0..arguments.rounds {
        for (row, best) in rows.iter().zip(&mut best).filter(|(row, _)| row.name.contains(&arguments.only)) {
            let requests = row.requests(arguments.requests, round, &world)?;
            let figures = run(row.at, Arc::new(requests), arguments.connections).await.context(row.name)?;
            if best.is_none_or(|before| figures.rate > before.rate) {
                *best = Some(figures);
            }
        }
    }
    report(&rows, &best);
    ceiling.stop().await?;
    world.server.stop().await
}

/// One thing that is measured.
struct Row<'a> {
    name: &'static str,
    at: &'a Server,
    call: Call<'a>,
    /// The row that it is compared with.
    of: Option<&'static str>,
}

struct Call<'a> {
    path: &'static str,
    action: &'static str,
    version: &'static str,
    params: &'a [(&'static str, &'static str)],
    kind: Kind,
}

#[derive(PartialEq)]
enum Kind {
    V1,
    V3,
    /// Each request changes something else.
    Changing,
}

fn call<'a>(
    path: &'static str,
    action: &'static str,
    version: &'static str,
    params: &'a [(&'static str, &'static str)],
) -> Call<'a> {
    Call { path, action, version, params, kind: Kind::V3 }
}

fn v1<'a>(
    action: &'static str,
    version: &'static str,
    params: &'a [(&'static str, &'static str)],
) -> Call<'a> {
    Call { path: "/", action, version, params, kind: Kind::V1 }
}

fn changing(action: &'static str, version: &'static str) -> Call<'static> {
    Call { path: "/", action, version, params: &[], kind: Kind::Changing }
}

impl Row<'_> {
    /// The requests of a round, signed and written out, so that sending them costs the load little.
    fn requests(&self, count: usize, round: usize, world: &World) -> Result<Vec<Vec<u8>>> {
        // An account holds 5,000 users; a round makes fewer, so that none is refused.
        let count = if self.call.kind == Kind::Changing { count.min(1_500) } else { count };
        let mut requests = Vec::with_capacity(count);
        for number in 0..count {
            let mut params: Vec<_> = self
                .call
                .params
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            if self.call.kind == Kind::Changing {
                params.push(("UserName".to_owned(), format!("user-{round}-{number}")));
            }
            let nonce = format!("{}-{round}-{number}", self.name);
            let signed = sign(&self.call, &params, &nonce, self.at.port, world)?;
            requests.push(write_out(&signed, self.call.path));
        }
        Ok(requests)
    }
}

fn sign(
    call: &Call<'_>,
    params: &[(String, String)],
    nonce: &str,
    port: u16,
    world: &World,
) -> Result<SignedRequest> {
    let host = format!("127.0.0.1:{port}");
    let outgoing = Outgoing {
        host: &host,
        action: call.action,
        version: call.version,
        params,
        placement: Placement::Query,
        method: "POST",
        timestamp_unix_s: now_s()?,
        nonce,
        format: Format::Json,
        headers: &[],
    };
    // Instances are listed by their owner; everything else is alice's.
    let who = if call.version == ECS || call.kind == Kind::Changing { &world.owner } else { &world.alice };
    Ok(if call.kind == Kind::V1 { sign_v1(&outgoing, who)? } else { sign_v3(&outgoing, who)? })
}

fn write_out(request: &SignedRequest, path: &str) -> Vec<u8> {
    let query = request.target.strip_prefix('/').unwrap_or_default();
    let mut text = format!("{} {path}{query} HTTP/1.1\r\n", request.method);
    for (name, value) in &request.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n", request.body.len()));
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(&request.body);
    bytes
}

/// Two accounts, a user that may assume a role, and some instances.
struct World {
    server: Server,
    owner: Credentials,
    alice: Credentials,
}

impl World {
    async fn set_up(folder: &Path, workers: usize) -> Result<Self> {
        let argali = program("argali")?;
        let data = folder.join("data");
        let owner = create_account(&argali, &data, "company-a", "11223344").await?;
        let partner = create_account(&argali, &data, "company-b", "12345678").await?;
        let server = Server::argali(&argali, &data, workers).await?;
        let mut world = Self { server, owner: owner.clone(), alice: partner.clone() };
        let trust = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::12345678:root"]}}]}"#;
        world.owner = owner;
        world
            .ask(true, RAM, "CreateRole", &[("RoleName", "ecs-admin"), ("AssumeRolePolicyDocument", trust)])
            .await?;
        let policy =
            [("PolicyType", "System"), ("PolicyName", "AliyunECSFullAccess"), ("RoleName", "ecs-admin")];
        world.ask(true, RAM, "AttachPolicyToRole", &policy).await?;
        world.ask(false, RAM, "CreateUser", &[("UserName", "alice")]).await?;
        for name in ["AliyunSTSAssumeRoleAccess", "AliyunRAMReadOnlyAccess"] {
            let policy = [("PolicyType", "System"), ("PolicyName", name), ("UserName", "alice")];
            world.ask(false, RAM, "AttachPolicyToUser", &policy).await?;
        }
        let key = world.ask(false, RAM, "CreateAccessKey", &[("UserName", "alice")]).await?;
        world.alice = credentials(key.get("AccessKey").context("a key")?)?;
        Ok(world)
    }

    /// Calls once as the owner of company-a, or of company-b while the world is being set up.
    async fn ask(
        &self,
        as_owner: bool,
        version: &'static str,
        action: &'static str,
        params: &[(&'static str, &'static str)],
    ) -> Result<serde_json::Value> {
        let params: Vec<_> =
            params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let host = format!("127.0.0.1:{}", self.server.port);
        let nonce = format!("set up {action} {params:?} {as_owner}");
        let outgoing = Outgoing {
            host: &host,
            action,
            version,
            params: &params,
            placement: Placement::Query,
            method: "POST",
            timestamp_unix_s: now_s()?,
            nonce: &hex::encode(hash(&nonce)),
            format: Format::Json,
            headers: &[],
        };
        let signed = sign_v3(&outgoing, if as_owner { &self.owner } else { &self.alice })?;
        let mut bytes = write_out(&signed, "/");
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").context("a head")?;
        bytes.splice(end..end, b"\r\nconnection: close".iter().copied());
        let mut stream = tokio::net::TcpStream::connect(&host).await?;
        stream.write_all(&bytes).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (head, body) = answer.split_once("\r\n\r\n").context("an answer")?;
        ensure!(head.starts_with("HTTP/1.1 200"), "{action}: {answer}");
        Ok(serde_json::from_str(body)?)
    }
}

fn hash(text: &str) -> impl AsRef<[u8]> {
    use sha2::Digest;
    sha2::Sha256::digest(text)
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

#[expect(clippy::disallowed_methods, reason = "a bench signs with the real time")]
fn now_s() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs())?)
}

/// A program beside this one.
fn program(name: &str) -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name(name);
    ensure!(path.exists(), "build `{name}` first: cargo build --release -p argali -p argali-bench");
    Ok(path)
}

#[expect(clippy::print_stdout, reason = "figures are what this program is for")]
fn report(rows: &[Row<'_>], best: &[Option<Figures>]) {
    println!("{:<22}  requests/s    CPU µs    p50 µs    p99 µs  of its ceiling", "");
    for (row, figures) in rows.iter().zip(best) {
        let Some(figures) = figures else { continue };
        let ceiling = row.of.and_then(|of| rows.iter().zip(best).find(|(row, _)| row.name == of)?.1.as_ref());
        let ratio = ceiling.zip(row.of).map(|(ceiling, of)| {
            let (rate, p50) = (100.0 * figures.rate / ceiling.rate, figures.p50_us / ceiling.p50_us);
            format!("{rate:.0} % of {of}, p50 {p50:.2}×, p99 {:.2}×", figures.p99_us / ceiling.p99_us)
        });
        println!(
            "{:<22}{:>12.0}{:>10.1}{:>10.0}{:>10.0}  {}",
            row.name,
            figures.rate,
            figures.cpu_us,
            figures.p50_us,
            figures.p99_us,
            ratio.unwrap_or_default()
        );
    }
}
