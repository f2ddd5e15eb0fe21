//! Events of a trail in its bucket, read with the official client of object storage: every event that was acknowledged
//! is there once, although the servers that delivered them were killed at it.
// SPEC: security, storage, S1; the ActionTrail reference, delivery to buckets.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use argali_protocol::{Credentials, Secret};
use argali_testkit::{Client, OssClient, allow};
use serde_json::{Value, json};

use crate::script::{Reach, pytest_on};
use crate::server::Server;
use crate::stage::federation::issuer;

const TRAIL: (&str, &str) = ("Name", "everything");
/// Known to `test_trail.py`, as are `ACKNOWLEDGED` and the accounts.
const BUCKET: &str = "company-a-events";
const ACKNOWLEDGED: &str = "acknowledged.json";
/// How often a server is killed.
const KILLS: usize = 2;
const CALLERS: usize = 3;
/// After so many calls each caller goes slowly. Together they are several files, each of a thousand events.
const QUICK_CALLS: usize = 1_000;
const PAUSE: Duration = Duration::from_millis(20);
/// Reads are on record within a second; who is killed before may lose them. One more is for a busy machine.
// SPEC: security, A2.
const RECORDED_WITHIN: Duration = Duration::from_secs(2);
/// How often it is asked whether something was delivered.
const ASK_EVERY: Duration = Duration::from_millis(5);

fn key(account: &Value) -> Credentials {
    let part = |name: &str| account[name].as_str().unwrap().to_owned();
    Credentials {
        access_key_id: part("AccessKeyId"),
        access_key_secret: Secret::new(part("AccessKeySecret")),
        security_token: None,
    }
}

/// Makes the bucket, and a trail of reads that may write into it.
fn start_trail(server: &Server, owner: &Client) {
    let oss = OssClient::remote(server.oss_endpoint().parse().unwrap(), owner.credentials().clone());
    oss.call("PUT", BUCKET, "").send().must();
    let must = |product: &str, action: &str, params: &[(&str, &str)]| {
        owner.call(product, action, params).unwrap_or_else(|failure| panic!("{action}: {failure}"))
    };
    let trust = json!({ "Version": "1", "Statement": [{
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": { "Service": ["actiontrail.aliyuncs.com"] },
    }] });
    let role = ("RoleName", "writer");
    let made = must("Ram", "CreateRole", &[role, ("AssumeRolePolicyDocument", &trust.to_string())]);
    let rights = allow(&["oss:PutObject"], &[&format!("acs:oss:*:*:{BUCKET}/*")]).to_string();
    let policy = ("PolicyName", "writer");
    must("Ram", "CreatePolicy", &[policy, ("PolicyDocument", &rights)]);
    must("Ram", "AttachPolicyToRole", &[policy, ("PolicyType", "Custom"), role]);
    let arn = made["Role"]["Arn"].as_str().unwrap();
    let target = [TRAIL, ("OssBucketName", BUCKET), ("OssWriteRoleArn", arn), ("EventRW", "Read")];
    must("Actiontrail", "CreateTrail", &target);
    must("Actiontrail", "StartLogging", &[TRAIL]);
}

/// Calls until the server is gone: the ids of the calls that were answered, but for the latest.
#[expect(clippy::disallowed_methods, reason = "the server that is killed goes by the real time")]
fn call_on(owner: &Client, answered: &AtomicUsize) -> Vec<String> {
    let mut ids = Vec::new();
    while let Ok(answer) = owner.attempt("Ram", "GetAccountAlias", &[]) {
        let answer = answer.unwrap_or_else(|failure| panic!("GetAccountAlias: {failure}"));
        ids.push((Instant::now(), answer["RequestId"].as_str().unwrap().to_owned()));
        answered.fetch_add(1, Ordering::SeqCst);
        if ids.len() > QUICK_CALLS {
            std::thread::park_timeout(PAUSE);
        }
    }
    let gone = Instant::now();
    ids.into_iter().filter(|(at, _)| *at + RECORDED_WITHIN < gone).map(|(_, id)| id).collect()
}

/// Kills the server as soon as it has delivered something new, while callers go on: the ids of their calls, and the
/// server after it.
fn kill_while_delivering(server: Server, owner: &Client) -> (Vec<String>, Server) {
    let latest =
        || owner.call("Actiontrail", "GetTrailStatus", &[TRAIL]).unwrap()["LatestDeliveryTime"].clone();
    let (before, answered) = (latest(), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(|| call_on(owner, &answered))).collect();
        while latest() == before || answered.load(Ordering::SeqCst) < CALLERS * QUICK_CALLS {
            std::thread::park_timeout(ASK_EVERY);
        }
        let server = server.kill_and_start(Reach::Http, issuer());
        (callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect(), server)
    })
}

#[test]
fn python_oss2_reads_every_event_once_after_kill_9() {
    let mut server = Server::start(Reach::Http, issuer());
    let a = server.create_account("company-a", "11223344");
    let b = server.create_account("company-b", "12345678");
    let owner = |server: &Server| Client::remote(server.endpoint(), key(&a));
    start_trail(&server, &owner(&server));
    let mut acknowledged = Vec::new();
    for _ in 0..KILLS {
        let client = owner(&server);
        let (ids, next) = kill_while_delivering(server, &client);
        acknowledged.extend(ids);
        server = next;
    }
    // What waits is delivered now: nothing more is gathered.
    owner(&server).call("Actiontrail", "StopLogging", &[TRAIL]).unwrap();
    std::fs::write(server.home().join(ACKNOWLEDGED), json!(acknowledged).to_string()).unwrap();
    pytest_on(&server, [&a, &b], "test_trail.py");
}
