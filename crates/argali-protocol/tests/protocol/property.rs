//! What holds for every request.

use argali_protocol::{
    Call, Credential, Credentials, Format, Outgoing, Placement, Scheme, format_of, sign_v1, sign_v3,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::Sent;

/// Any text that parameters may hold.
const TEXT: &str = "[^\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\u{FFFE}\u{FFFF}]{0,12}";

#[derive(Debug, Clone)]
struct Plan {
    scheme: Scheme,
    placement: Placement,
    params: Vec<(String, String)>,
    token: Option<String>,
    secret: String,
    nonce: String,
    unix_s: i64,
}

impl Plan {
    fn key_id(&self) -> &'static str {
        if self.token.is_some() { "STS.key" } else { "LTAIkey" }
    }

    fn sign(&self) -> Sent {
        let credentials = Credentials {
            access_key_id: self.key_id().into(),
            access_key_secret: self.secret.clone().into(),
            security_token: self.token.clone(),
        };
        let call = Outgoing {
            host: "127.0.0.1:2742",
            action: "CreateRole",
            version: "2015-05-01",
            params: &self.params,
            placement: self.placement,
            method: "POST",
            timestamp_unix_s: self.unix_s,
            nonce: &self.nonce,
            format: Format::Json,
            headers: &[("user-agent".into(), "argali".into())],
        };
        let sign = if self.scheme == Scheme::V1 { sign_v1 } else { sign_v3 };
        sign(&call, &credentials).unwrap().into()
    }

    /// Whether a server that knows this one key accepts the call.
    fn verifies(&self, call: &Call<'_>) -> bool {
        match &call.credential {
            Credential::Signed(signed) if signed.access_key_id == self.key_id() => {
                signed.verify(self.secret.as_bytes()).is_ok()
            }
            _ => false,
        }
    }
}

fn plans() -> impl Strategy<Value = Plan> {
    let params = proptest::collection::btree_map("[A-Z][a-z.0-9é&=+% ]{0,6}", TEXT, 0..8);
    let scheme = select(vec![Scheme::V1, Scheme::V3]);
    let placement = select(vec![Placement::Query, Placement::Form]);
    // The years in which signatures are made; a nonce and a token travel in headers under V3.
    let rest = (proptest::option::of("[!-~]{1,30}"), TEXT, "[!-~]{1,20}", 0..4_000_000_000_i64);
    (scheme, placement, params, rest).prop_map(
        |(scheme, placement, params, (token, secret, nonce, unix_s))| {
            // Single upper-case letters and lower-case tails never make the name of a common parameter.
            Plan { scheme, placement, params: params.into_iter().collect(), token, secret, nonce, unix_s }
        },
    )
}

/// All that a server goes by.
fn meaning(call: &Call<'_>) -> String {
    let signed = match &call.credential {
        Credential::Anonymous => None,
        Credential::Signed(signed) => {
            Some((&signed.access_key_id, &signed.security_token, &signed.nonce, &signed.timestamp))
        }
    };
    let pairs: Vec<_> = call.params.iter().collect();
    format!("{} {} {} {signed:?} {pairs:?}", call.action, call.version, call.host)
}

/// The bytes of headers and body that a signature covers.
fn covered(sent: &mut Sent, scheme: Scheme) -> Vec<&mut u8> {
    let headers = sent.headers.iter_mut().filter(|(name, _)| scheme == Scheme::V3 && name != "accept");
    headers.flat_map(|(_, value)| value.iter_mut()).chain(sent.body.iter_mut()).collect()
}

proptest! {
    #[test]
    fn what_is_signed_verifies(plan in plans()) {
        plan.sign().read(|call| {
            let call = call.unwrap();
            prop_assert!(plan.verifies(&call));
            let Credential::Signed(signed) = &call.credential else { unreachable!() };
            let other_secret = plan.secret.clone() + "x";
            prop_assert!(signed.verify(other_secret.as_bytes()).is_err());
            prop_assert_eq!(signed.timestamp, Ok(plan.unix_s));
            prop_assert_eq!(signed.nonce.as_ref(), plan.nonce.as_str());
            prop_assert_eq!(signed.security_token.as_deref(), plan.token.as_deref());
            prop_assert_eq!((call.action.as_ref(), call.version.as_ref()), ("CreateRole", "2015-05-01"));
            for (name, value) in &plan.params {
                prop_assert_eq!(call.params.get(name), Some(value.as_str()));
            }
            Ok(())
        })?;
    }

    #[test]
    fn no_covered_byte_can_be_changed(plan in plans(), at in any::<Index>(), byte in 0x20_u8..0x7F) {
        let original = plan.sign();
        let meant = original.read(|call| meaning(&call.unwrap()));
        let mut changed = original.clone();
        let mut target = std::mem::take(&mut changed.target).into_bytes();
        {
            let mut places: Vec<_> = target.iter_mut().collect();
            places.extend(covered(&mut changed, plan.scheme));
            let place = at.index(places.len());
            *places[place] = byte;
        }
        changed.target = String::from_utf8(target).unwrap();
        changed.with(format_of);
        changed.read(|call| {
            if let Ok(call) = call {
                // `%2a` for `%2A`, for instance, says the same and is the same.
                prop_assert!(!plan.verifies(&call) || meaning(&call) == meant, "{}", changed.target);
            }
            Ok(())
        })?;
    }

    #[test]
    fn arbitrary_requests_never_panic(
        method in select(vec!["GET", "POST", "PUT", ""]),
        target in prop_oneof![
            ".{0,40}",
            "(http://h)?/\\?(([AB]|Action|Version|Signature|Format|Tag\\.1\\.Key)=(1|x|%|%2|%FF|\\+|JSON)?&){0,8}",
        ],
        headers in proptest::collection::vec((
            select(vec![
                "host", "authorization", "accept", "content-type", "date", "x-acs-action", "x-acs-version",
                "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256", "x-acs-security-token", "via",
            ]),
            prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..20),
                select(vec![
                    "application/x-www-form-urlencoded",
                    "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host;via,Signature=b",
                    "2025-01-02T03:04:05Z",
                ]).prop_map(Vec::from),
            ],
        ), 0..8),
        body in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..40),
            "(([AB]|[A-Z][a-z.0-9]{0,5})=[ -~]{0,4}&){0,8}".prop_map(Vec::from),
        ],
    ) {
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let sent = Sent { method: method.into(), target, headers, body };
        sent.with(format_of);
        sent.read(|call| match call {
            Ok(call) => {
                drop(call.params.deserialize::<serde_json::Value>());
                if let Credential::Signed(signed) = &call.credential {
                    drop(signed.verify(b"secret").map_err(|mismatch| mismatch.message()));
                }
            }
            Err(refusal) => drop((refusal.code(), refusal.message(), refusal.to_string())),
        });
    }
}
