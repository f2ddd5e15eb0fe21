//! OSS signature V1: HMAC-SHA1 over a few headers and the name of what is asked for.
// SPEC: wire protocol, OSS, signature V1.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// What is signed of a request.
#[derive(Clone, Copy)]
pub(crate) struct Signable<'s> {
    pub(crate) method: &'s str,
    pub(crate) content_md5: &'s str,
    pub(crate) content_type: &'s str,
    /// The date as it was sent; of presigned requests, when they end.
    pub(crate) date: &'s str,
    pub(crate) bucket: Option<&'s str>,
    pub(crate) key: Option<&'s str>,
}

/// The text that is signed. `headers` and `query` are sorted by name; only what counts of them is taken.
pub(crate) fn string_to_sign<'h>(
    signable: &Signable<'_>,
    headers: impl Iterator<Item = (&'h str, &'h str)>,
    query: impl Iterator<Item = (&'h str, &'h str)>,
) -> Vec<u8> {
    let Signable { method, content_md5, content_type, date, bucket, key } = *signable;
    let mut out = format!("{method}\n{content_md5}\n{content_type}\n{date}\n");
    for (name, value) in headers.filter(|(name, _)| name.starts_with("x-oss-")) {
        out.push_str(name);
        out.push(':');
        out.push_str(value);
        out.push('\n');
    }
    out.push('/');
    if let Some(bucket) = bucket {
        out.push_str(bucket);
        out.push('/');
        out.push_str(key.unwrap_or_default());
    }
    let mut separator = '?';
    for (name, value) in query.filter(|(name, _)| is_sub_resource(name)) {
        out.push(separator);
        out.push_str(name);
        if !value.is_empty() {
            out.push('=');
            out.push_str(value);
        }
        separator = '&';
    }
    out.into_bytes()
}

/// The signature in its text form.
pub(crate) fn signature(secret: &[u8], string_to_sign: &[u8]) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes any key");
    mac.update(string_to_sign);
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Whether a query parameter is signed, because it says what is asked for.
pub(crate) fn is_sub_resource(name: &str) -> bool {
    SUB_RESOURCES.binary_search(&name).is_ok()
}

/// INVARIANT: sorted.
pub(crate) const SUB_RESOURCES: [&str; 87] = [
    "accessPoint",
    "accessPointPolicy",
    "acl",
    "append",
    "asyncFetch",
    "bucketArchiveDirectRead",
    "bucketInfo",
    "callback",
    "callback-var",
    "cloudboxes",
    "cname",
    "comp",
    "continuation-token",
    "cors",
    "delete",
    "encryption",
    "endTime",
    "group",
    "httpsConfig",
    "inventory",
    "inventoryId",
    "lifecycle",
    "link",
    "live",
    "location",
    "logging",
    "metaQuery",
    "objectInfo",
    "objectMeta",
    "partNumber",
    "policy",
    "position",
    "publicAccessBlock",
    "qos",
    "qosInfo",
    "qosRequester",
    "redundancyTransition",
    "referer",
    "regionList",
    "replication",
    "replicationLocation",
    "replicationProgress",
    "requestPayment",
    "requesterQosInfo",
    "resourceGroup",
    "resourcePool",
    "resourcePoolBuckets",
    "resourcePoolInfo",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "security-token",
    "sequential",
    "startTime",
    "stat",
    "status",
    "style",
    "styleName",
    "symlink",
    "tagging",
    "transferAcceleration",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "vod",
    "website",
    "worm",
    "wormExtend",
    "wormId",
    "x-oss-ac-forward-allow",
    "x-oss-ac-source-ip",
    "x-oss-ac-subnet-mask",
    "x-oss-ac-vpc-id",
    "x-oss-access-point-name",
    "x-oss-async-process",
    "x-oss-process",
    "x-oss-redundancy-transition-taskid",
    "x-oss-request-payer",
    "x-oss-target-redundancy-type",
    "x-oss-traffic-limit",
    "x-oss-write-get-object-response",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sub_resources_are_sorted() {
        assert!(SUB_RESOURCES.is_sorted_by(|a, b| a < b));
    }
}
