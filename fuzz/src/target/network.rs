//! Network policies of AccessKeys: read or refused, and they admit whom a slow reading of the same text admits.

use std::net::IpAddr;

use argali_core::model::NetworkPolicy;
use serde_json::Value;

use super::{Probe, Target, gist, outcome};
use crate::engine::{Shape, Words, part};

pub(super) static TARGET: Target = Target {
    name: "network",
    shape: Shape::Json,
    words: Words {
        any: &[
            "Version",
            "Status",
            "Statements",
            "Type",
            "Value",
            "IPList",
            "Active",
            "Inactive",
            "AllowAllVPC",
        ],
        of_members: &[
            ("Status", &["Active", "Inactive"]),
            ("Type", &["ClassicWhiteList", "VPCWhiteList"]),
            ("Value", &["", "vpc-1", "AllowAllVPC"]),
            (
                "IPList",
                &[
                    "192.0.2.7",
                    "192.0.2.0/24",
                    "0.0.0.0/0",
                    "10.0.0.0/33",
                    "2001:db8::/32",
                    "::/0",
                    "::1/128",
                ],
            ),
        ],
    },
    seeds: || {
        let office = r#"{"Type":"ClassicWhiteList","IPList":["192.0.2.0/24","2001:db8::1","10.0.0.1/32"]}"#;
        let vpc = r#"{"Type":"VPCWhiteList","Value":"vpc-1","IPList":["0.0.0.0/0","::/0"]}"#;
        let policy =
            |statements: &str| format!(r#"{{"Version":1,"Status":"Active","Statements":[{statements}]}}"#);
        let seeds = [NetworkPolicy::NONE.to_owned(), policy(office), policy(&format!("{vpc},{office}"))];
        seeds.map(String::into_bytes).into()
    },
    start: || Box::new(Network),
};

/// Who tries.
const ADDRESSES: [&str; 6] = ["192.0.2.7", "192.0.3.7", "10.0.0.1", "2001:db8::1", "::1", "::ffff:192.0.2.7"];

struct Network;

impl Probe for Network {
    fn probe(&mut self, input: &[u8]) -> u64 {
        let Ok(text) = std::str::from_utf8(input) else { return 0 };
        let policy = match part(|| NetworkPolicy::parse(text)) {
            Ok(policy) => policy,
            Err(reason) => return outcome(gist(&reason)),
        };
        let written: Value = serde_json::from_str(text).unwrap();
        let statements = written["Statements"].as_array().unwrap();
        assert_eq!(policy.is_none(), statements.is_empty() && written["Status"] == "Inactive");
        let admitted = ADDRESSES.map(|address| {
            let address: IpAddr = address.parse().unwrap();
            let admitted = policy.admits(address);
            let named = statements.iter().filter(|statement| statement["Type"] == "ClassicWhiteList");
            let mut named = named.flat_map(|statement| statement["IPList"].as_array().unwrap());
            let wanted =
                written["Status"] == "Inactive" || named.any(|item| covers(item.as_str().unwrap(), address));
            assert_eq!(admitted, wanted, "{address}");
            admitted
        });
        outcome((admitted, statements.len().min(3)))
    }
}

/// Whether a network has an address, bit by bit.
fn covers(network: &str, address: IpAddr) -> bool {
    let (first, length) =
        network.split_once('/').map_or((network, None), |(first, length)| (first, Some(length)));
    let (first, asked) = (bits(first.parse().unwrap()), bits(address));
    let length = length.map_or(first.len(), |length| length.parse().unwrap());
    first.len() == asked.len() && first.get(..length) == asked.get(..length)
}

fn bits(address: IpAddr) -> Vec<bool> {
    let bytes = match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    bytes.into_iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect()
}
