//! Object storage over its own protocol: buckets, objects, and who may reach them.

mod access;
mod bucket;
mod copy;
mod cors;
mod hostile;
mod kill;
mod life;
mod list;
mod memory;
mod multipart;
mod object;
mod permission;
mod policy;
mod revocation;
mod setting;
mod signature;

use argali_testkit::{Client, Enterprise, OssClient, TestServer};

use crate::stage::fresh;
use crate::world::{shared, tenant_on};

/// An account with a bucket, and the account's owner as a client of object storage.
pub(crate) struct Shop {
    pub(crate) owner: Enterprise,
    pub(crate) oss: OssClient,
    pub(crate) bucket: String,
}

impl Shop {
    /// One on the server that tests share.
    pub(crate) fn open() -> Self {
        Self::on(shared())
    }

    pub(crate) fn on(server: &TestServer) -> Self {
        let owner = tenant_on(server);
        let oss = server.oss_client(Some(owner.client.credentials()));
        let bucket = fresh("bucket-");
        oss.call("PUT", &bucket, "").send().must();
        Self { owner, oss, bucket }
    }

    /// A client with somebody else's credentials.
    pub(crate) fn by(&self, who: &Client) -> OssClient {
        self.oss.with_credentials(Some(who.credentials()))
    }

    /// A client that does not sign.
    pub(crate) fn anonymous(&self) -> OssClient {
        self.oss.with_credentials(None)
    }

    /// Gives the bucket a policy.
    pub(crate) fn set_policy(&self, policy: &serde_json::Value) {
        self.oss.call("PUT", &self.bucket, "").query("policy", "").body(policy.to_string()).send().must();
    }

    /// Sets the bucket's ACL.
    pub(crate) fn set_acl(&self, acl: &str) {
        self.oss.call("PUT", &self.bucket, "").query("acl", "").header("x-oss-acl", acl).send().must();
    }
}
