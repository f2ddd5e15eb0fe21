//! Security tokens: what opens was sealed, for this key, and is the only writing of it.

use argali_core::env::{Clock, Env};
use argali_core::identifier::{AccountId, RoleId, UserId};
use argali_core::session::{BadToken, Circumstances, Claims, Source, TokenKeys};
use argali_core::time::Timestamp;
use argali_core::vault::SecretKey;
use argali_testkit::{SeededEntropy, TestClock};
use std::sync::Arc;

use super::{Probe, Target, outcome};
use crate::engine::{Shape, Words};

pub(super) static TARGET: Target = Target {
    name: "token",
    shape: Shape::Words,
    words: Words::anywhere(&["A", "_", "-", "=", "AQ", "STS.abcdefghijklmnopqrstuvwx", "STS.", "\n"]),
    seeds: || {
        Sealed::new()
            .originals
            .into_iter()
            .map(|(key, token, _)| [key.as_bytes(), b"\n", token.as_bytes()].concat())
            .collect()
    },
    start: || Box::new(Sealed::new()),
};

/// Keys in force, and tokens that they sealed.
struct Sealed {
    keys: TokenKeys,
    /// AccessKeyId, token, what it says.
    originals: Vec<(String, String, Claims)>,
}

impl Sealed {
    fn new() -> Self {
        let clock: Arc<dyn Clock> = Arc::new(TestClock::default());
        let env = Env::new(clock, Arc::new(SeededEntropy::new(7)));
        let keys = TokenKeys::default();
        keys.install([(2, SecretKey::new([2; 32])), (1, SecretKey::new([1; 32]))]);
        let first = claims(None);
        let second = claims(Some(&first));
        let long = Claims { policy: Some("x".repeat(2_048)), ..claims(Some(&second)) };
        let mut originals = Vec::new();
        for claims in [first, second, long] {
            for key in ["STS.abcdefghijklmnopqrstuvwx", "STS.ABCDEFGHIJKLMNOPQRSTUVWX"] {
                let (token, _) = keys.seal(&env, key, &claims).unwrap();
                originals.push((key.to_owned(), token, claims.clone()));
            }
        }
        Self { keys, originals }
    }
}

/// What a session says, of a user or of another session.
fn claims(parent: Option<&Claims>) -> Claims {
    let account: AccountId = "11223344".parse().unwrap();
    let user: UserId = "200000000000000001".parse().unwrap();
    let role: RoleId = "300000000000000001".parse().unwrap();
    let now = Timestamp::from_seconds(1_796_112_000);
    Claims {
        session_id: "00112233445566778899aabbccddeeff".parse().unwrap(),
        account,
        role_id: role,
        role_name: "ops".parse().unwrap(),
        session_name: "alice".parse().unwrap(),
        source_identity: None,
        issued_at: now,
        issue_revision: vec![(account, 3)],
        ends_at: now.plus_seconds(3_600),
        policy: None,
        circumstances: Circumstances {
            source_ip: "192.0.2.1".parse().unwrap(),
            secure_transport: false,
            mfa_present: None,
            external_id: Some("external".parse().unwrap()),
        },
        source: match parent {
            Some(parent) => Source::Session(Box::new(parent.clone())),
            None => Source::AccessKey { account, user, access_key_id: "LTAIkey".to_owned() },
        },
        in_console: parent.is_some(),
    }
}

impl Probe for Sealed {
    fn probe(&mut self, input: &[u8]) -> u64 {
        let Some((key, token)) = std::str::from_utf8(input).ok().and_then(|text| text.split_once('\n'))
        else {
            return 0;
        };
        match self.keys.open(key, token) {
            Ok((claims, secret)) => {
                let original = self.originals.iter().find(|(k, t, _)| k == key && t == token);
                let Some((_, _, said)) = original else { panic!("opens, and was not sealed: {key} {token}") };
                assert_eq!(*said, claims);
                assert!(secret.expose().len() >= 40);
                outcome((key, token))
            }
            Err(refusal) => {
                assert_ne!(refusal, BadToken::TooLong, "is for sealing");
                // Where a token ends before it is looked into.
                outcome((refusal == BadToken::Mismatch, token.len().min(80), key.len().min(40)))
            }
        }
    }
}
