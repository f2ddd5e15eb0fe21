//! `argali dev`, and the program's own calls over https.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use argali_protocol::{Credentials, OssOutgoing, OssScheme, presign_oss};
use argali_testkit::TestClock;
use serde_json::Value;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_argali");

/// `argali dev` in memory, killed when dropped; and what it says about itself.
struct Dev {
    child: Child,
    said: Value,
    _folder: TempDir,
}

impl Dev {
    fn start(arguments: &[&str]) -> Self {
        // What it leaves for its clients goes with the test, though it is killed.
        let folder = TempDir::with_prefix("argali-dev-test-").unwrap();
        let mut child = Command::new(PROGRAM)
            .args(["dev", "--http", "127.0.0.1:0"])
            .args(arguments)
            .env_clear()
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut text = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            text.push_str(&line);
            if line == "}" {
                break;
            }
        }
        Self { child, said: serde_json::from_str(&text).unwrap(), _folder: folder }
    }

    fn text(&self, name: &str) -> &str {
        self.said[name].as_str().unwrap_or_else(|| panic!("no {name}: {}", self.said))
    }

    /// Asks who company-a's owner is, over https.
    fn whoami(&self, variables: &[(&str, &str)], endpoint: &str) -> Output {
        let owner = &self.said["Credentials"][0];
        Command::new(PROGRAM)
            .args(["call", "sts", "GetCallerIdentity", "-o", "json", "--endpoint", endpoint])
            .env_clear()
            .env("ALIBABA_CLOUD_ACCESS_KEY_ID", owner["AccessKeyId"].as_str().unwrap())
            .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", owner["AccessKeySecret"].as_str().unwrap())
            .envs(variables.iter().copied())
            .output()
            .unwrap()
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn there_are_two_enterprises_and_an_operator_if_told() {
    let accounts = |arguments: &[&str]| {
        let dev = Dev::start(arguments);
        let credentials = dev.said["Credentials"].as_array().unwrap();
        let mut names: Vec<String> =
            credentials.iter().map(|found| found["Account"].as_str().unwrap().to_owned()).collect();
        names.dedup();
        names
    };
    assert_eq!(accounts(&[]), ["company-a", "company-b"]);
    assert_eq!(accounts(&["--operator"]), ["company-a", "company-b", "operators"]);
}

#[test]
fn a_file_says_what_is_there() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("world.toml");
    let world = r#"
[account.north]
id = "55556666"
[account.north.role.keeper]
trust = { Version = "1", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { RAM = "acs:ram::{account.south}:root" } }] }
policies = ["AliyunVPCReadOnlyAccess"]
[account.north.resource."vpc.vpc".hall]
CidrBlock = "10.0.0.0/16"
[account.north.resource."vpc.vswitch".room]
VpcId = "hall"
ZoneId = "cn-hangzhou-h"
CidrBlock = "10.0.1.0/24"
[account.south.user.carol]
policies = ["AliyunSTSAssumeRoleAccess"]
"#;
    std::fs::write(&file, world).unwrap();
    let dev = Dev::start(&["--seed", file.to_str().unwrap()]);
    let credentials = dev.said["Credentials"].as_array().unwrap();
    let identities: Vec<_> = credentials
        .iter()
        .map(|one| (one["Account"].as_str().unwrap(), one["Identity"].as_str().unwrap()))
        .collect();
    assert_eq!(identities, [("north", "(owner)"), ("south", "(owner)"), ("south", "carol")]);
    let carol = &credentials[2];
    let output = Command::new(PROGRAM)
        .args([
            "assume",
            "55556666/keeper",
            "--",
            PROGRAM,
            "call",
            "vpc",
            "DescribeVSwitches",
            "RegionId=cn-hangzhou",
        ])
        .env_clear()
        .env("ARGALI_ENDPOINT", dev.text("Endpoint"))
        .env("ALIBABA_CLOUD_ACCESS_KEY_ID", carol["AccessKeyId"].as_str().unwrap())
        .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", carol["AccessKeySecret"].as_str().unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains("\"VSwitchName\": \"room\""), "{said}");
}

#[test]
fn calls_over_https_believe_only_whom_they_are_told_to() {
    let dev = Dev::start(&["--proxy"]);
    let https = dev.text("HttpsEndpoint");
    let authority = dev.text("Authority");
    let trusting = [("SSL_CERT_FILE", authority)];

    let stranger = dev.whoami(&[], https);
    assert_eq!(stranger.status.code(), Some(7), "{}", error(&stranger));
    assert!(error(&stranger).contains("SSL_CERT_FILE"), "{}", error(&stranger));
    let nothing = dev.whoami(&[("SSL_CERT_FILE", "/nowhere/ca.pem")], https);
    assert_eq!(nothing.status.code(), Some(2), "{}", error(&nothing));

    for endpoint in [https, &https.replace("127.0.0.1", "localhost")] {
        let known = dev.whoami(&trusting, endpoint);
        assert!(known.status.success(), "{endpoint}: {}", error(&known));
        let answer: Value = serde_json::from_slice(&known.stdout).unwrap();
        assert_eq!(answer["AccountId"], "11223344", "{endpoint}");
    }
    // A host that this machine never reaches, but for the proxy.
    let proxy = dev.text("Endpoint");
    let fixed = dev.whoami(&[trusting[0], ("HTTPS_PROXY", proxy)], "https://sts.aliyuncs.com");
    assert!(fixed.status.success(), "{}", error(&fixed));
    // What is on this machine is not reached by a proxy.
    let straight = dev.whoami(&[trusting[0], ("ALL_PROXY", "http://127.0.0.1:1")], https);
    assert!(straight.status.success(), "{}", error(&straight));
}

#[test]
fn its_authority_is_kept_with_its_data() {
    let folder = TempDir::with_prefix("argali-dev-test-").unwrap();
    let data = folder.path().join("data");
    let arguments = ["--data", data.to_str().unwrap()];
    let dev = Dev::start(&arguments);
    assert_eq!(Path::new(dev.text("Authority")), data.join("ca.pem"));
    let trusted = std::fs::read(data.join("ca.pem")).unwrap();
    drop(dev);
    let dev = Dev::start(&arguments);
    assert_eq!(std::fs::read(dev.text("Authority")).unwrap(), trusted);
    let known = dev.whoami(&[("SSL_CERT_FILE", dev.text("Authority"))], dev.text("HttpsEndpoint"));
    assert!(known.status.success(), "{}", error(&known));
}

#[test]
fn company_a_owns_a_bucket() {
    let dev = Dev::start(&[]);
    let owner = &dev.said["Credentials"][0];
    let text = |name: &str| owner[name].as_str().unwrap().to_owned();
    assert_eq!(text("AccountId"), "11223344");
    let credentials = Credentials {
        access_key_id: text("AccessKeyId"),
        access_key_secret: text("AccessKeySecret").into(),
        security_token: None,
    };
    let host = dev.text("OssEndpoint").strip_prefix("http://").unwrap();
    let request = OssOutgoing {
        method: "GET",
        host,
        bucket: Some("company-a-logs"),
        key: Some("welcome.txt"),
        query: &[],
        headers: &[],
        timestamp_unix_s: TestClock::real().now().as_seconds(),
        region: "cn-hangzhou",
    };
    let target = presign_oss(&request, OssScheme::V4, &credentials, 60).unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("Objects of company-a.\n"), "{answer}");
}
