//! What can be configured: one TOML file into small structs, and each key also as `ARGALI_<SECTION>_<KEY>`.
//!
//! The structs below are the only list there is. `docs/argali.example.toml` is generated from them, unknown keys
//! are refused by them, and the variables' names follow from them.

mod declare;
mod optional;
mod read;

use std::net::SocketAddr;
use std::path::PathBuf;

use argali_core::audit::{self, TrailOptions};
use argali_core::dispatch::OperationRate;
use argali_core::settings::{Rates, SessionRevocation, Settings};
use argali_core::vault::SecretKey;
use serde::{Deserialize, Serialize};

use crate::proxy::Network;
pub use declare::Key;
pub use optional::{OptionalAccount, OptionalAddress};
pub use read::ConfigError;

/// Where object storage listens unless told.
const OSS_PORT: u16 = 2744;

declare::sections! {
    /// Where Argali can be reached.
    listen: Listen {
        /// Address and port of the API. Port 0 picks a free one.
        http: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 2742));
        /// Whether other addresses than loopback may be served without TLS. Signatures keep requests from being
        /// changed on their way; answers, among them new secrets, can be read by whoever carries them.
        allow_plaintext: bool = false;
        /// Address and port of the API under TLS, such as `127.0.0.1:2743`; none if empty.
        https: OptionalAddress = OptionalAddress::NONE;
        /// The certificate that is shown there, in PEM: the server's own first, then those that lead to its authority.
        /// If empty, an authority of Argali's own is made in the data folder, for `localhost` and the hosts that
        /// official SDKs have built in. The file is read again when it changes.
        certificate: PathBuf = PathBuf::new();
        /// The private key that belongs to the certificate, in PEM. The file is read again when it changes.
        private_key: PathBuf = PathBuf::new();
        /// Whether CONNECT to `*.aliyuncs.com:443` is answered, by Argali itself under its own authority, so that
        /// tools whose hosts are fixed reach it by HTTPS_PROXY.
        proxy: bool = false;
        /// Address and port of object storage; none if empty. Where the port of the API is picked, this one is, too.
        oss: OptionalAddress = OptionalAddress(Some(SocketAddr::from(([127, 0, 0, 1], OSS_PORT))));
        /// A domain of your own for object storage, besides `oss-<region>.aliyuncs.com`; none if empty.
        oss_domain: String = String::new();
        /// Addresses or networks of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
        trusted_proxies: Vec<Network> = Vec::new();
        /// A file that tells which ports were taken, as JSON; none if empty.
        port_file: PathBuf = PathBuf::new();
    }
    /// Where everything is kept.
    data: DataSettings {
        /// The folder; if empty, `argali` in the user's data folder ($XDG_DATA_HOME or ~/.local/share).
        dir: PathBuf = PathBuf::new();
        /// How much of what is read from disk stays in memory, in MiB.
        cache_mib: u64 = 256;
        /// How much of what changes gathers in memory before it is sorted into tables, in MiB.
        gather_mib: u64 = 32;
    }
    /// How the process runs.
    server: ServerSettings {
        /// Threads that answer requests; 0 takes one for each core.
        workers: usize = 0;
        /// How long requests may go on when the server is told to stop, in milliseconds.
        shutdown_timeout_ms: u64 = 10_000;
    }
    /// What clients may take up.
    limits: Limits {
        /// Open connections in all.
        connections: usize = 10_000;
        /// Open connections from one address.
        connections_per_address: usize = 2_000;
        /// Requests of one account that wait, for their turn or for the disk; beyond that they are refused with
        /// `Throttling`.
        requests_per_account: usize = 256;
        /// How long a request's head may take, in milliseconds.
        head_timeout_ms: u64 = 10_000;
        /// How long a request's body may take, in milliseconds. It must also come at 1 KiB/s at least.
        body_timeout_ms: u64 = 30_000;
        /// How long a connection may rest between requests, in milliseconds.
        idle_timeout_ms: u64 = 60_000;
    }
    /// How many requests a second are served; beyond that they are refused with `Throttling.User`.
    rate: Rate {
        /// Of one account, whoever calls; 0 for as many as come.
        account: u32 = 0;
        /// Of one user, or of all sessions of one role; 0 for as many as come.
        principal: u32 = 0;
        /// Of single operations, for each account, such as `["Sts.AssumeRole=100", "Actiontrail.LookupEvents=2"]`.
        operations: Vec<OperationRate> = Vec::new();
    }
    /// How identities behave.
    identity: Identity {
        /// Whether a change of trust or permission ends sessions that were issued before: `immediate` (it does, at
        /// their next request) or `upstream` (it does not, as in the service that Argali is compatible with).
        session_revocation: Revocation = Revocation::Immediate;
        /// What follows an account's alias or number in logon names.
        domain_suffix: String = "onaliyun.com".to_owned();
        /// After how many days the key that seals security tokens is succeeded. Sessions live on.
        token_key_rotation_days: u32 = 30;
        /// For how many days users and AccessKeys that were deleted through IMS can be brought back; 0 if they cannot.
        recycle_bin_days: u32 = 30;
        /// The number of the account whose people look after the server in the console and the API, as its policies
        /// allow: they make and close accounts and open gates. None if empty: then only whoever can open the
        /// operator's socket in the data folder does.
        operator_account: OptionalAccount = OptionalAccount::NONE;
    }
    /// How the keys of OIDC providers are got.
    federation: Federation {
        /// Addresses or networks that are not public and may be connected to all the same, such as that of an issuer
        /// in one's own network. Tenants name the hosts, so list no more than is meant for them.
        allowed_addresses: Vec<Network> = Vec::new();
        /// Root certificates in PEM that are trusted besides those of the machine; none if empty.
        ca_file: PathBuf = PathBuf::new();
        /// How long getting a document may take, from the look-up of its host to its last byte, in milliseconds.
        timeout_ms: u64 = 5_000;
    }
    /// How receivers of webhooks are told.
    webhooks: Webhooks {
        /// Addresses or networks that are not public and may be connected to all the same, also in clear. Tenants name
        /// the hosts, so list no more than is meant for them. `argali dev` lists loopback.
        allowed_addresses: Vec<Network> = Vec::new();
        /// Root certificates in PEM that are trusted besides those of the machine; none if empty.
        ca_file: PathBuf = PathBuf::new();
        /// How long a receiver may take, from the look-up of its host to its answer, in milliseconds.
        timeout_ms: u64 = 10_000;
        /// For how many hours a receiver may fail before its webhook stops, until somebody has it go on.
        patience_hours: u32 = 24;
    }
    /// How many of each thing an account may have.
    quota: Quota {
        /// RAM users.
        users: u64 = 5_000;
        /// Groups of users.
        groups: u64 = 300;
        /// Roles.
        roles: u64 = 1_000;
        /// Custom policies.
        policies: u64 = 1_500;
        /// Versions of one custom policy.
        policy_versions: usize = 5;
        /// Custom policies attached to one user, group or role.
        custom_attachments: usize = 10;
        /// System policies attached to one user, group or role.
        system_attachments: usize = 20;
        /// Groups that one user is in.
        groups_of_user: usize = 10;
        /// AccessKeys of one user.
        access_keys: usize = 2;
        /// Virtual MFA devices.
        mfa_devices: u64 = 5_000;
        /// Passkeys of one user.
        passkeys: usize = 10;
        /// Service credentials of one user for one service.
        service_credentials: usize = 2;
        /// Resource groups, the default one not counted.
        resource_groups: u64 = 30;
        /// OIDC providers, and as many SAML providers.
        identity_providers: u64 = 100;
        /// Buckets.
        buckets: u64 = 100;
        /// Queues.
        queues: u64 = 1_000;
        /// Topics.
        topics: u64 = 1_000;
        /// Webhooks.
        webhooks: usize = 10;
    }
    /// How records of calls are kept.
    audit: Audit {
        /// A file of records is left for the next one when it is this long, in MiB, 1 to 1,024.
        segment_mib: SegmentSize = SegmentSize(64);
        /// After how many days records are removed, a file at a time; 0 keeps them for good. ActionTrail shows those
        /// of the last 90 days.
        retention_days: u32 = 90;
        /// When records of sessions, logons and refusals are flushed to disk: `each` (before the answer, in groups)
        /// or `100ms` (soon after; they survive the end of the process, but not a power failure). Those of changes
        /// always come first.
        flush: Flush = Flush::Soon;
    }
    /// How object storage shows itself.
    objects: Objects {
        /// The region that buckets are said to be in.
        region: String = "cn-hangzhou".to_owned();
    }
    /// How messaging shows itself.
    messaging: Messaging {
        /// The region of queues and topics, where the host that is called names none.
        region: String = "cn-hangzhou".to_owned();
    }
    /// Services that are declared in files.
    services: Services {
        /// A folder of service files besides the built-in ones; none if empty.
        dir: PathBuf = PathBuf::new();
        /// Root certificates in PEM that backends under https may have theirs from, besides those of the machine; none
        /// if empty.
        ca_file: PathBuf = PathBuf::new();
    }
    /// What is written to standard error.
    log: Log {
        /// `error`, `warn`, `info`, `debug`, or directives such as `info,argali_core=debug`.
        level: String = "info".to_owned();
        /// `text` for people, `json` for programs.
        format: LogFormat = LogFormat::Text;
    }
}

/// Whether sessions end with what they stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Revocation {
    /// They do.
    Immediate,
    /// They run on.
    Upstream,
}

/// How long a file of records becomes, in MiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "u64")]
pub struct SegmentSize(u64);

impl SegmentSize {
    /// The same in bytes.
    pub const fn bytes(self) -> u64 {
        self.0 << 20
    }
}

impl TryFrom<u64> for SegmentSize {
    type Error = String;

    fn try_from(mib: u64) -> Result<Self, String> {
        if (1..=1_024).contains(&mib) { Ok(Self(mib)) } else { Err(format!("{mib} is not one of 1 to 1024")) }
    }
}

/// When records are flushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Flush {
    /// Within 100 ms.
    #[serde(rename = "100ms")]
    Soon,
    /// Before the answer.
    #[serde(rename = "each")]
    Each,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl ServerSettings {
    /// How many threads answer requests.
    pub fn worker_threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        if self.workers == 0 { cores() } else { self.workers }
    }
}

impl Listen {
    /// Where object storage is to be reached, if it is.
    pub(crate) fn oss_address(&self) -> Option<SocketAddr> {
        let address = self.oss.0?;
        let is_usual = Some(address) == Self::default().oss.0;
        // Whoever wants any free port for one wants no conflict over the other.
        let picked = is_usual && self.http.port() == 0;
        Some(if picked { SocketAddr::new(address.ip(), 0) } else { address })
    }
}

impl Config {
    /// How records of calls are kept by whoever holds the master key.
    pub(crate) fn trail(&self, master_key: &SecretKey) -> TrailOptions {
        let Audit { segment_mib, retention_days, flush } = &self.audit;
        TrailOptions {
            segment_bytes: segment_mib.bytes(),
            kept_s: Some(i64::from(*retention_days) * 86_400).filter(|kept_s| *kept_s > 0),
            flush: match flush {
                Flush::Soon => audit::Flush::Soon,
                Flush::Each => audit::Flush::Each,
            },
            head_key: audit::head_key(master_key),
        }
    }

    /// What core reads of it.
    pub(crate) fn settings(&self) -> Settings {
        let quota = &self.quota;
        let defaults = Settings::default();
        Settings {
            session_revocation: match self.identity.session_revocation {
                Revocation::Immediate => SessionRevocation::Immediate,
                Revocation::Upstream => SessionRevocation::Upstream,
            },
            domain_suffix: self.identity.domain_suffix.clone(),
            bucket_region: self.objects.region.clone(),
            webhook_patience_s: i64::from(self.webhooks.patience_hours) * 3_600,
            recycle_bin_s: i64::from(self.identity.recycle_bin_days) * 86_400,
            token_key_rotation_s: i64::from(self.identity.token_key_rotation_days) * 86_400,
            limits: argali_core::settings::Limits {
                users: quota.users,
                groups: quota.groups,
                roles: quota.roles,
                policies: quota.policies,
                policy_versions: quota.policy_versions,
                custom_attachments: quota.custom_attachments,
                system_attachments: quota.system_attachments,
                groups_of_user: quota.groups_of_user,
                access_keys: quota.access_keys,
                mfa_devices: quota.mfa_devices,
                passkeys: quota.passkeys,
                service_credentials: quota.service_credentials,
                resource_groups: quota.resource_groups,
                identity_providers: quota.identity_providers,
                buckets: quota.buckets,
                queues: quota.queues,
                topics: quota.topics,
                webhooks: quota.webhooks,
                ..defaults.limits
            },
            operator_account: self.identity.operator_account.0,
            requests_at_once: self.limits.requests_per_account,
            workers: self.server.worker_threads(),
            rates: Rates {
                account: self.rate.account,
                principal: self.rate.principal,
                operations: self.rate.operations.clone(),
            },
        }
    }
}

#[cfg(test)]
mod tests;
