//! Page markers: good for the list and the account that they were given out for, and for nothing else.

use std::net::{IpAddr, Ipv4Addr};

use argali_core::caller::Origin;
use argali_core::dispatch::Incoming;
use argali_protocol::{HttpRequest, decode_answer};
use argali_testkit::{ApiFailure, Enterprise, TestServer, minutes};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::{Probe, Target, outcome};
use crate::engine::{Shape, Words};

pub(super) static TARGET: Target = Target {
    name: "marker",
    shape: Shape::Words,
    words: Words::anywhere(&[
        "0", "1", "2", "3", "4", "5", "6", "7", "A", "_", "-", "=", "AQ", "\n", "alice",
    ]),
    seeds: || {
        let lists = Lists::new();
        let seeds = lists.given_out.iter().map(|(list, marker)| format!("{list}\n{marker}").into_bytes());
        seeds.collect()
    },
    start: || Box::new(Lists::new()),
};

/// A list that comes in pages: operation, what asks for a page of one, the marker's name in request and in answer.
const LISTS: [(&str, &str, &str, &str); 5] = [
    ("Ram", "ListUsers", "MaxItems", "Marker"),
    ("Ram", "ListGroups", "MaxItems", "Marker"),
    ("Ram", "ListRoles", "MaxItems", "Marker"),
    ("Ram", "ListPolicies", "MaxItems", "Marker"),
    ("Ecs", "DescribeSecurityGroups", "MaxResults", "NextToken"),
];

/// How many calls a server answers before a new one takes its place: the records of a server grow.
const PER_SERVER: u32 = 20_000;

/// Two accounts that have several of everything.
struct Lists {
    server: TestServer,
    accounts: [Enterprise; 2],
    runtime: Runtime,
    /// The list's number (that of the account's lists, then those of the other), and a marker of it.
    given_out: Vec<(usize, String)>,
    answered: u32,
}

impl Lists {
    fn new() -> Self {
        let server = TestServer::builder().seed(1).start();
        let accounts = [("company-a", "11223344"), ("company-b", "12345678")].map(|(alias, id)| {
            let account = server.account(alias, id);
            for name in ["alice", "bob", "carol"] {
                account.must("Ram", "CreateUser", &[("UserName", name)]);
                account.must("Ram", "CreateGroup", &[("GroupName", name)]);
                account.role(name, &[], &[]);
            }
            account
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut lists = Self { server, accounts, runtime, given_out: Vec::new(), answered: 0 };
        lists.make_security_groups();
        for list in 0..2 * LISTS.len() {
            let mut marker = String::new();
            for _ in 0..2 {
                let answer = lists.page(list, &marker).unwrap();
                let (_, _, _, name) = LISTS[list % LISTS.len()];
                marker = answer[name].as_str().expect("a list of several has another page").to_owned();
                lists.given_out.push((list, marker.clone()));
            }
        }
        lists
    }

    fn make_security_groups(&self) {
        for account in &self.accounts {
            let region = ("RegionId", "cn-hangzhou");
            let vpc = account.must("Vpc", "CreateVpc", &[region, ("CidrBlock", "10.0.0.0/8")]);
            self.server.clock().advance(minutes(1));
            for _ in 0..3 {
                let of = ("VpcId", vpc["VpcId"].as_str().unwrap());
                account.must("Ecs", "CreateSecurityGroup", &[region, of]);
            }
        }
    }

    /// Asks for the page after a marker, as the listener would.
    fn page(&self, list: usize, marker: &str) -> Result<Value, ApiFailure> {
        let (product, action, size, name) = LISTS[list % LISTS.len()];
        let account = &self.accounts[list / LISTS.len()];
        let mut params = vec![(size, "1"), ("RegionId", "cn-hangzhou")];
        params.extend(Some((name, marker)).filter(|_| !marker.is_empty()));
        let signed = account.client.sign(product, action, &params);
        let headers: Vec<(&str, &[u8])> =
            signed.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let http = HttpRequest {
            method: &signed.method,
            target: &signed.target,
            headers: &headers,
            body: &signed.body,
        };
        let origin = Origin { source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST), secure_transport: false };
        let answer = self.runtime.block_on(self.server.core().dispatch(&Incoming { http, origin }));
        assert!(answer.status < 500, "{}", answer.body.escape_ascii());
        decode_answer(answer.status, answer.content_type, &answer.body)
    }
}

impl Probe for Lists {
    fn probe(&mut self, input: &[u8]) -> u64 {
        let Some((list, marker)) = std::str::from_utf8(input).ok().and_then(|text| text.split_once('\n'))
        else {
            return 0;
        };
        let Some(list) = list.parse::<usize>().ok().filter(|list| *list < 2 * LISTS.len()) else { return 0 };
        // Other characters are refused before anybody asks what the marker is.
        if marker.is_empty() || marker.chars().any(|c| c < ' ' || matches!(c, '\u{FFFE}' | '\u{FFFF}')) {
            return 0;
        }
        if self.answered == PER_SERVER {
            *self = Self::new();
        }
        self.answered += 1;
        match self.page(list, marker) {
            Ok(_) => {
                let given = self.given_out.iter().any(|(of, known)| *of == list && known == marker);
                assert!(given, "a marker that was never given out leads on: {marker}");
                outcome((list, marker))
            }
            Err(failure) => {
                assert!(failure.code.starts_with("InvalidParameter"), "{failure}");
                outcome((list, failure.code, marker.len().min(100)))
            }
        }
    }
}
