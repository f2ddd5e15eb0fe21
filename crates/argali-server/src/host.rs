//! Names of hosts: which the official SDKs have built in, and which of them are object storage's.

/// The domain of the hosts that official SDKs have built in.
pub(crate) const CLOUD: &str = "aliyuncs.com";

/// Whether a host, in lower case and without port, is one that official SDKs have built in.
pub(crate) fn is_of_the_cloud(host: &str) -> bool {
    below_the_cloud(host).is_some_and(|labels| labels.split('.').all(is_label))
}

/// Whether a host, in lower case and without port, is object storage's: `[bucket.]oss-<region>.aliyuncs.com`, or at or
/// below `domain`, which is none if empty.
// SPEC: wire protocol, routing and addressing of object storage.
pub(crate) fn is_object_storage(host: &str, domain: &str) -> bool {
    let service = below_the_cloud(host).and_then(|labels| labels.rsplit('.').next());
    let of_the_cloud = service.is_some_and(|label| label == "oss" || label.starts_with("oss-"));
    let own = !domain.is_empty()
        && host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'));
    of_the_cloud || own
}

fn below_the_cloud(host: &str) -> Option<&str> {
    host.strip_suffix(CLOUD)?.strip_suffix('.')
}

fn is_label(label: &str) -> bool {
    let letters = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    (1..=63).contains(&label.len()) && label.bytes().all(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_the_cloud_are_told_from_others() {
        for host in ["ram.aliyuncs.com", "ecs.cn-hangzhou.aliyuncs.com", "a.oss-cn-beijing.aliyuncs.com"] {
            assert!(is_of_the_cloud(host), "{host}");
        }
        for host in [
            "",
            "aliyuncs.com",
            ".aliyuncs.com",
            "evil-aliyuncs.com",
            "aliyuncs.com.evil.com",
            "a..aliyuncs.com",
            "a@b.aliyuncs.com",
            "a_b.aliyuncs.com",
            "*.aliyuncs.com",
            "ram.aliyuncs.com:443",
            "127.0.0.1",
        ] {
            assert!(!is_of_the_cloud(host), "{host}");
        }
    }

    #[test]
    fn hosts_of_object_storage_are_told_from_those_of_the_api() {
        for host in [
            "oss-cn-hangzhou.aliyuncs.com",
            "logs.oss-cn-hangzhou.aliyuncs.com",
            "logs.oss-cn-hangzhou-internal.aliyuncs.com",
            "oss.aliyuncs.com",
            "oss.example",
            "logs.oss.example",
        ] {
            assert!(is_object_storage(host, "oss.example"), "{host}");
        }
        for host in [
            "ram.aliyuncs.com",
            "aliyuncs.com",
            "oss-cn-hangzhou.aliyuncs.com.evil.com",
            "ossx.aliyuncs.com",
            "oss-cn-hangzhou.ram.aliyuncs.com",
            "127.0.0.1",
            "",
            "badoss.example",
            "example",
        ] {
            assert!(!is_object_storage(host, "oss.example"), "{host}");
            assert!(!is_object_storage(host, ""), "{host}");
        }
    }
}
