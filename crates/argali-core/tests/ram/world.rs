//! A core of its own for each test: a clock that stands still, randomness from a seed, nothing on disk.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::task::{Context, Waker};

use argali_core::backend::NoBackends;
use argali_core::caller::Origin;
use argali_core::dispatch::Incoming;
use argali_core::env::{Clock, Entropy, Env};
use argali_core::federation::Offline;
use argali_core::operator::NewAccount;
use argali_core::registry::Registry;
use argali_core::services::SERVICES;
use argali_core::settings::{Limits, Settings};
use argali_core::time::Timestamp;
use argali_core::vault::SecretKey;
use argali_core::webhook::NoPoster;
use argali_core::{Core, Parts, audit};
use argali_protocol::{Credentials, Format, HttpRequest, Outgoing, Placement, Secret, sign_v3};
use argali_store::Store;
use serde_json::Value;

/// The account that tests act in.
pub(crate) const ACCOUNT: &str = "11223344";
/// Another account.
pub(crate) const OTHER: &str = "12345678";

/// Everything there is.
pub(crate) struct World {
    core: Core,
    clock: Arc<StillClock>,
    runtime: tokio::runtime::Runtime,
    nonces: AtomicU64,
    /// The account's own key.
    pub(crate) root: Credentials,
}

/// Parameters of a call.
pub(crate) type Params<'a> = &'a [(&'a str, &'a str)];

impl World {
    /// A world with one account and the usual limits.
    pub(crate) fn new() -> Self {
        Self::with_limits(|_| ())
    }

    /// A world with one account and limits that suit the test.
    pub(crate) fn with_limits(change: impl FnOnce(&mut Limits)) -> Self {
        let clock = Arc::new(StillClock(AtomicI64::new(1_750_000_000_000)));
        let entropy = Arc::new(Seeded(AtomicU64::new(42)));
        let mut settings = Settings { workers: 2, ..Settings::default() };
        change(&mut settings.limits);
        let core = Core::open(Parts {
            store: Store::memory(),
            env: Env::new(Arc::clone(&clock) as _, entropy),
            settings,
            registry: Registry::new(SERVICES),
            trail: audit::Trail::in_memory(),
            master_key: SecretKey::new([7; 32]),
            fetcher: Arc::new(Offline),
            backends: Arc::new(NoBackends),
            poster: Arc::new(NoPoster),
        })
        .unwrap();
        let root = create_account(&core, ACCOUNT);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self { core, clock, runtime, nonces: AtomicU64::new(0), root }
    }

    /// One more account; its own key.
    pub(crate) fn other_account(&self) -> Credentials {
        create_account(&self.core, OTHER)
    }

    /// Moves the clock.
    pub(crate) fn advance_s(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }

    /// The names of all operations of an API.
    pub(crate) fn operations(&self, version: &str) -> Vec<String> {
        let registered = self.core.registry().iter().filter(|operation| operation.version == version);
        registered.map(|operation| operation.name().to_owned()).collect()
    }

    /// Sends a signed call and reads the answer.
    pub(crate) fn call(&self, who: &Credentials, action: &str, params: Params<'_>) -> (u16, Value) {
        self.runtime.block_on(self.answer(who, action, params))
    }

    /// Sends a signed call that has to wait, does something else meanwhile, and reads the answer.
    pub(crate) fn call_that_waits(
        &self,
        who: &Credentials,
        action: &str,
        params: Params<'_>,
        meanwhile: impl FnOnce(),
    ) -> (u16, Value) {
        let mut call = pin!(self.answer(who, action, params));
        let early = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(early.is_pending(), "{action} was answered at once: {early:?}");
        meanwhile();
        self.runtime.block_on(call)
    }

    async fn answer(&self, who: &Credentials, action: &str, params: Params<'_>) -> (u16, Value) {
        let version =
            if matches!(action, "AssumeRole" | "GetCallerIdentity") { "2015-04-01" } else { "2015-05-01" };
        let nonce = self.nonces.fetch_add(1, Ordering::Relaxed).to_string();
        let params: Vec<_> =
            params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let signed = sign_v3(
            &Outgoing {
                host: "ram.example.com",
                action,
                version,
                params: &params,
                placement: Placement::Form,
                method: "POST",
                timestamp_unix_s: self.clock.now().as_seconds(),
                nonce: &nonce,
                format: Format::Json,
                headers: &[],
            },
            who,
        )
        .unwrap();
        let headers: Vec<_> =
            signed.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let incoming = Incoming {
            http: HttpRequest {
                method: &signed.method,
                target: &signed.target,
                headers: &headers,
                body: &signed.body,
            },
            origin: Origin { source_ip: "203.0.113.7".parse().unwrap(), secure_transport: true },
        };
        let answer = self.core.dispatch(&incoming).await;
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    /// The answer to a call that must succeed.
    #[track_caller]
    pub(crate) fn ok(&self, who: &Credentials, action: &str, params: Params<'_>) -> Value {
        let (status, body) = self.call(who, action, params);
        assert_eq!(status, 200, "{action} {params:?}: {body}");
        body
    }

    /// The message of a call that must fail with this status and code.
    #[track_caller]
    pub(crate) fn refused(
        &self,
        who: &Credentials,
        action: &str,
        params: Params<'_>,
        status: u16,
        code: &str,
    ) -> String {
        let (found, body) = self.call(who, action, params);
        assert_eq!((found, body["Code"].as_str()), (status, Some(code)), "{action} {params:?}: {body}");
        body["Message"].as_str().unwrap().to_owned()
    }

    /// Many calls of the account itself that must fail.
    #[track_caller]
    pub(crate) fn all_refused(&self, cases: &[(&str, Params<'_>, u16, &str)]) {
        for (action, params, status, code) in cases {
            self.refused(&self.root, action, params, *status, code);
        }
    }

    /// Makes a user with a key.
    pub(crate) fn user(&self, name: &str) -> Credentials {
        self.ok(&self.root, "CreateUser", &[("UserName", name)]);
        self.key_of(name)
    }

    /// Makes a key for a user.
    pub(crate) fn key_of(&self, name: &str) -> Credentials {
        let made = self.ok(&self.root, "CreateAccessKey", &[("UserName", name)]);
        credentials(&made["AccessKey"])
    }

    /// Makes a custom policy from its statements.
    pub(crate) fn policy(&self, name: &str, statements: &str) {
        let document = document(statements);
        self.ok(&self.root, "CreatePolicy", &[("PolicyName", name), ("PolicyDocument", &document)]);
    }

    /// Makes a role that everybody in `account` may assume.
    pub(crate) fn role(&self, name: &str, account: &str) {
        let trust = trust(&format!("acs:ram::{account}:root"));
        self.ok(&self.root, "CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", &trust)]);
    }

    /// Attaches a policy to a user.
    pub(crate) fn grant(&self, user: &str, kind: &str, policy: &str) {
        let params = [("UserName", user), ("PolicyType", kind), ("PolicyName", policy)];
        self.ok(&self.root, "AttachPolicyToUser", &params);
    }

    /// Makes groups `g00`, `g01` and so on.
    pub(crate) fn groups(&self, count: usize) {
        for number in 0..count {
            self.ok(&self.root, "CreateGroup", &[("GroupName", &format!("g{number:02}"))]);
        }
    }

    /// Reads a whole listing in pages of `size`, checking what each page says of the next.
    pub(crate) fn pages(
        &self,
        action: &str,
        params: Params<'_>,
        size: usize,
        list: &str,
        name: &str,
    ) -> Vec<String> {
        let (size_text, mut names, mut marker) = (size.to_string(), Vec::new(), None::<String>);
        loop {
            let mut all = params.to_vec();
            all.push(("MaxItems", &size_text));
            if let Some(marker) = &marker {
                all.push(("Marker", marker));
            }
            let page = self.ok(&self.root, action, &all);
            let entries = at(&page, list).as_array().unwrap();
            names.extend(entries.iter().map(|entry| entry[name].as_str().unwrap().to_owned()));
            marker = page["Marker"].as_str().map(str::to_owned);
            assert_eq!(page["IsTruncated"], marker.is_some(), "{page}");
            assert!(entries.len() == size || marker.is_none(), "only the last page is short: {page}");
            if marker.is_none() {
                return names;
            }
        }
    }
}

/// The value at a path such as `/Users/User`.
#[track_caller]
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    value.pointer(path).unwrap_or_else(|| panic!("{path} in {value}"))
}

/// The texts called `name` in the list at `path`.
#[track_caller]
pub(crate) fn names(value: &Value, path: &str, name: &str) -> Vec<String> {
    let entries = at(value, path).as_array().unwrap();
    entries.iter().map(|entry| entry[name].as_str().unwrap().to_owned()).collect()
}

/// A policy document with these statements.
pub(crate) fn document(statements: &str) -> String {
    format!(r#"{{"Version":"1","Statement":[{statements}]}}"#)
}

/// A statement that allows `action` on `resource`.
pub(crate) fn allow(action: &str, resource: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}"#)
}

/// A trust policy for one RAM principal.
pub(crate) fn trust(principal: &str) -> String {
    document(&format!(
        r#"{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{{"RAM":["{principal}"]}}}}"#
    ))
}

/// What an answer with new credentials holds.
pub(crate) fn credentials(made: &Value) -> Credentials {
    Credentials {
        access_key_id: made["AccessKeyId"].as_str().unwrap().to_owned(),
        access_key_secret: Secret::new(made["AccessKeySecret"].as_str().unwrap()),
        security_token: made["SecurityToken"].as_str().map(str::to_owned),
    }
}

fn create_account(core: &Core, id: &str) -> Credentials {
    let new = NewAccount { id: Some(id.parse().unwrap()), ..NewAccount::default() };
    let (made, durable) = core.create_account(&new).unwrap();
    durable.wait().unwrap();
    Credentials {
        access_key_id: made.access_key_id,
        access_key_secret: Secret::new(made.access_key_secret),
        security_token: None,
    }
}

#[derive(Debug)]
struct StillClock(AtomicI64);

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// SplitMix64: the same bytes in every run.
#[derive(Debug)]
struct Seeded(AtomicU64);

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut x = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(x ^ (x >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}
