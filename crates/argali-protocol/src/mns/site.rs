//! Whose queues and topics a host names, and where: `<account>.mns.<region>.…`.
// SPEC: wire protocol, routing.

/// The longest region.
const LONGEST_REGION: usize = 32;
/// What hosts inside the cloud's networks add to the region.
const NETWORKS: [&str; 3] = ["-internal-vpc", "-internal", "-vpc"];

/// What a host of Message Service names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MnsSite {
    /// The account: digits.
    pub account: String,
    /// The region, such as `cn-hangzhou`.
    pub region: String,
}

/// What a host names, if it is one of Message Service; its port is not looked at.
#[must_use]
pub fn mns_site(host: &str) -> Option<MnsSite> {
    let mut labels = host.split('.');
    let (account, service, region) = (labels.next()?, labels.next()?, labels.next()?);
    let region = region.split_once(':').map_or(region, |(region, _)| region).to_ascii_lowercase();
    let region = NETWORKS.iter().find_map(|network| region.strip_suffix(network)).unwrap_or(&region);
    let is_account = (5..=20).contains(&account.len()) && account.bytes().all(|byte| byte.is_ascii_digit());
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_region = (1..=LONGEST_REGION).contains(&region.len()) && region.bytes().all(letters);
    (is_account && service.eq_ignore_ascii_case("mns") && is_region)
        .then(|| MnsSite { account: account.to_owned(), region: region.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_name_account_and_region() {
        for (host, region) in [
            ("11223344.mns.cn-hangzhou.aliyuncs.com", "cn-hangzhou"),
            ("11223344.mns.cn-hangzhou-internal.aliyuncs.com", "cn-hangzhou"),
            ("11223344.mns.cn-hangzhou-internal-vpc.aliyuncs.com", "cn-hangzhou"),
            ("11223344.MNS.CN-Beijing.localhost:2742", "cn-beijing"),
            ("11223344.mns.cn-hangzhou:80", "cn-hangzhou"),
        ] {
            let site = MnsSite { account: "11223344".to_owned(), region: region.to_owned() };
            assert_eq!(mns_site(host), Some(site), "{host}");
        }
        for host in [
            "",
            "mns.cn-hangzhou.aliyuncs.com",
            "1122.mns.cn-hangzhou.aliyuncs.com",
            "company.mns.cn-hangzhou.aliyuncs.com",
            "11223344.ram.cn-hangzhou.aliyuncs.com",
            "11223344.mns",
            "11223344.mns.",
            "11223344.mns.-internal",
            "11223344.mns.a_b.com",
            "127.0.0.1:2742",
        ] {
            assert_eq!(mns_site(host), None, "{host}");
        }
    }
}
