//! Where bucket and object are named: in the host, or in the path.
// SPEC: wire protocol, OSS, addressing.

use std::borrow::Cow;

use super::error::OssError;

/// What a request is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) bucket: Option<String>,
    pub(super) key: Option<String>,
}

/// Bucket and object by the host and the decoded path.
///
/// A host below one of object storage's domains names the bucket. Some clients name it in the path as well; it is not
/// taken twice. A path that begins with two slashes names a bucket that has no name, and not the service.
pub(super) fn read(host: &str, path: &str, own_domain: &str) -> Result<Address, OssError> {
    let rest = path.strip_prefix('/').unwrap_or(path);
    let by_host = bucket_in_host(host, own_domain);
    let key = match &by_host {
        Some(bucket) => match rest.strip_prefix(&**bucket) {
            Some("") => rest,
            Some(after) => after.strip_prefix('/').unwrap_or(rest),
            None => rest,
        },
        None => {
            let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
            if bucket.is_empty() && !rest.is_empty() {
                return Err(OssError::bucket_name());
            }
            return Ok(Address { bucket: named(bucket), key: named(key) });
        }
    };
    Ok(Address { bucket: by_host.map(Cow::into_owned), key: named(key) })
}

fn named(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// What stands in a host before a domain of object storage.
fn bucket_in_host<'h>(host: &'h str, own_domain: &str) -> Option<Cow<'h, str>> {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { host }
    });
    let name: Cow<'h, str> = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        name.to_ascii_lowercase().into()
    } else {
        name.into()
    };
    let end = end_of_bucket(&name, own_domain)?;
    let bucket = match name {
        Cow::Borrowed(name) => Cow::Borrowed(name.get(..end)?),
        Cow::Owned(name) => Cow::Owned(name.get(..end)?.to_owned()),
    };
    (!bucket.is_empty()).then_some(bucket)
}

fn end_of_bucket(host: &str, own_domain: &str) -> Option<usize> {
    let before = |domain: &str| host.strip_suffix(domain)?.strip_suffix('.').map(str::len);
    if !own_domain.is_empty()
        && let Some(end) = before(own_domain)
    {
        return Some(end);
    }
    let labels = host.strip_suffix(".aliyuncs.com")?;
    let service = labels.rsplit('.').next()?;
    let is_storage = service == "oss" || service.starts_with("oss-");
    is_storage.then(|| labels.len().checked_sub(service.len() + 1)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(host: &str, path: &str) -> (Option<String>, Option<String>) {
        let Address { bucket, key } = read(host, path, "oss.example").unwrap();
        (bucket, key)
    }

    fn names(bucket: &str, key: &str) -> (Option<String>, Option<String>) {
        (named(bucket), named(key))
    }

    #[test]
    fn bucket_and_object_are_named_by_host_or_path() {
        let cloud = "logs.oss-cn-hangzhou.aliyuncs.com";
        for (host, path, bucket, key) in [
            ("127.0.0.1:2744", "/", "", ""),
            ("127.0.0.1:2744", "/logs", "logs", ""),
            ("127.0.0.1:2744", "/logs/", "logs", ""),
            ("127.0.0.1:2744", "/logs/a/b", "logs", "a/b"),
            ("127.0.0.1:2744", "/logs//a", "logs", "/a"),
            ("localhost", "/logs/a", "logs", "a"),
            (cloud, "/", "logs", ""),
            (cloud, "/a/b", "logs", "a/b"),
            (cloud, "/logs/a/b", "logs", "a/b"),
            (cloud, "/logsx/a", "logs", "logsx/a"),
            ("LOGS.oss-cn-hangzhou-internal.aliyuncs.com:80", "/a", "logs", "a"),
            (".oss-cn-hangzhou.aliyuncs.com", "/", "", ""),
            ("oss-cn-hangzhou.aliyuncs.com", "/logs/a", "logs", "a"),
            ("logs.oss.example:2744", "/a", "logs", "a"),
            ("oss.example", "/logs/a", "logs", "a"),
            ("logs.ram.aliyuncs.com", "/a/b", "a", "b"),
            (cloud, "//a", "logs", "/a"),
        ] {
            assert_eq!(of(host, path), names(bucket, key), "{host} {path}");
        }
        for path in ["//", "//x", "///x"] {
            let refused = read("127.0.0.1:2744", path, "oss.example").unwrap_err();
            assert_eq!((refused.code(), refused.http_status()), ("InvalidBucketName", 400), "{path}");
        }
    }
}
