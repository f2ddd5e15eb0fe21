//! Diagnoses as text: sealed, so that only the accounts that they concern can have them opened, and nobody can make one.
//!
//! `01 01 ‖ key id ‖ nonce ‖ XChaCha20-Poly1305(JSON)` in base64. The head is authenticated with the rest, and makes
//! the text begin as the reference's does.
// SPEC: wire protocol, AccessDeniedDetail, EncodedDiagnosticMessage.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::Diagnosis;
use crate::env::Env;
use crate::identifier::AccountId;
use crate::vault::SecretKey;

/// Format, cipher, and the number of the key, of which there is one.
const HEAD: [u8; 6] = [1, 1, 0, 0, 0, 0];

/// The longest text that is looked at, in characters; what is sealed is shorter.
pub(crate) const LONGEST: usize = 32_768;

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Message<'a> {
    /// The accounts that may have it opened.
    accounts: Cow<'a, [AccountId]>,
    diagnosis: Cow<'a, Diagnosis>,
}

impl Diagnosis {
    /// The text that [`Diagnosis::open`] opens for each of `accounts`.
    pub(crate) fn seal(&self, key: &SecretKey, env: &Env, accounts: &[AccountId]) -> String {
        let message = Message { accounts: accounts.into(), diagnosis: Cow::Borrowed(self) };
        // Texts, numbers and lists of them always have a JSON form.
        let plain = serde_json::to_vec(&message).unwrap_or_default();
        let nonce = env.random();
        let mut bytes = Vec::with_capacity(HEAD.len() + nonce.len() + plain.len() + 16);
        bytes.extend_from_slice(&HEAD);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&key.encrypt(&nonce, &HEAD, &plain));
        STANDARD.encode(bytes)
    }

    /// Opens a text for `account`; `None` if it is not one that was sealed for it, whole and unchanged.
    pub(crate) fn open(key: &SecretKey, account: AccountId, text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let bytes = STANDARD.decode(text).ok()?;
        let (nonce, sealed) = bytes.strip_prefix(&HEAD)?.split_first_chunk()?;
        let plain = key.decrypt(nonce, &HEAD, sealed)?;
        let message: Message<'static> = serde_json::from_slice(&plain).ok()?;
        message.accounts.contains(&account).then(|| message.diagnosis.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use argali_policy::{Context, Decision, Policies, Principal, Request, Resource, evaluate};

    use super::super::{PrincipalRecord, Refused};
    use super::*;

    const OWNER: &str = "11223344";

    fn account(id: &str) -> AccountId {
        id.parse().unwrap()
    }

    /// The refusal of a user without policies.
    fn refusal(arn: &str, conditions: &Context) -> Diagnosis {
        let principal = Principal::User { account: OWNER, name: "alice", id: "2" };
        let resource = Resource { arn, owner: OWNER };
        let question = Request { principal, action: "ecs:StopInstance", resource, context: conditions };
        let decision: Decision = evaluate(&Policies::default(), &question);
        let principal = PrincipalRecord {
            account: account(OWNER),
            kind: "SubUser".into(),
            id: "2".to_owned(),
            display_name: "2".to_owned(),
        };
        Diagnosis::of(Refused {
            principal,
            question: &question,
            resource_group: None,
            decision: &decision,
            session_policy: None,
        })
    }

    #[test]
    fn only_the_accounts_that_it_was_sealed_for_have_it_opened() {
        let env = Env::system();
        let key = SecretKey::generate(&env);
        let mut conditions = Context::new();
        conditions.set("acs:SourceIp", "10.0.0.1");
        let diagnosis = refusal("acs:ecs:cn-hangzhou:11223344:instance/i-1", &conditions);
        let text = diagnosis.seal(&key, &env, &[account(OWNER), account("12345678")]);
        assert!(text.starts_with("AQEAAAAA"), "{text}");
        for reader in [OWNER, "12345678"] {
            assert_eq!(Diagnosis::open(&key, account(reader), &text), Some(diagnosis.clone()));
        }
        assert_eq!(Diagnosis::open(&key, account("55667788"), &text), None);
        assert_eq!(
            Diagnosis::open(&SecretKey::generate(&env), account(OWNER), &text),
            None,
            "another server"
        );
    }

    #[test]
    fn no_bit_may_differ() {
        let env = Env::system();
        let key = SecretKey::generate(&env);
        let text = refusal("*", &Context::new()).seal(&key, &env, &[account(OWNER)]);
        let bytes = STANDARD.decode(&text).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut bent = bytes.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Diagnosis::open(&key, account(OWNER), &STANDARD.encode(bent)), None, "bit {bit}");
        }
        for suspect in [format!("{text}="), format!("{text} "), text.chars().skip(4).collect(), String::new()]
        {
            assert_eq!(Diagnosis::open(&key, account(OWNER), &suspect), None);
        }
    }

    #[test]
    fn a_text_is_never_too_long_to_be_opened() {
        let env = Env::system();
        let key = SecretKey::generate(&env);
        let mut conditions = Context::new();
        for n in 0..100 {
            conditions.set(format!("acs:RequestTag/{n}"), "\u{1}".repeat(100));
        }
        let diagnosis = refusal(&"\"".repeat(100_000), &conditions);
        assert!(diagnosis.is_cut && diagnosis.conditions.len() < 100, "{}", diagnosis.conditions.len());
        let text = diagnosis.seal(&key, &env, &[account(OWNER)]);
        assert!(text.len() < LONGEST * 2 / 3, "{}", text.len());
        assert_eq!(Diagnosis::open(&key, account(OWNER), &text), Some(diagnosis));
    }
}
