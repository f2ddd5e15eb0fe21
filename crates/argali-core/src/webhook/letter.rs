//! What webhooks say: the body, and what proves whose it is.
// SPEC: Standard Webhooks 1.0 (standardwebhooks.com): headers, signature and the form of secrets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::kind_of;
use super::post::Letter;
use crate::audit::Event;
use crate::error::ApiError;
use crate::identifier::RequestId;
use crate::model::Webhook;
use crate::services::actiontrail::shown;
use crate::time::Timestamp;
use crate::vault::{SecretKey, SecretText};

/// What a secret begins with.
const SECRET_START: &str = "whsec_";

/// A secret as receivers keep it.
pub(crate) fn written(secret: &SecretKey) -> SecretText {
    SecretText::new(format!("{SECRET_START}{}", STANDARD.encode(secret.expose())))
}

/// A message with its number, which is that of what it says: said again, it has the same.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: String,
    body: Vec<u8>,
}

impl Message {
    /// Tells of events as the webhook's account sees them.
    pub(super) fn events(webhook: &Webhook, events: &[&Event]) -> Self {
        let told = |event: &&Event| json!({ "kind": kind_of(event), "event": shown(event, webhook.account) });
        let events: Vec<Value> = events.iter().map(told).collect();
        Self::new(webhook, "events", json!({ "events": events }))
    }

    /// Says that somebody tries whether messages arrive.
    pub(crate) fn ping(webhook: &Webhook, request: RequestId) -> Self {
        Self::new(webhook, "ping", json!({ "requestId": request.to_string(), "events": [] }))
    }

    fn new(webhook: &Webhook, kind: &str, more: Value) -> Self {
        let mut said = json!({ "type": kind, "accountId": webhook.account, "webhookId": webhook.id });
        if let (Some(said), Value::Object(more)) = (said.as_object_mut(), more) {
            said.extend(more);
        }
        let body = said.to_string().into_bytes();
        let digest = hex::encode(Sha256::digest(&body));
        Self { id: format!("msg-{}", digest.get(..32).unwrap_or_default()), body }
    }

    /// The message as it is sent at `now`.
    ///
    /// # Errors
    ///
    /// Fails if the webhook's address is none, which it was not when it was kept.
    pub(crate) fn sealed(
        self,
        webhook: &Webhook,
        secret: &SecretKey,
        now: Timestamp,
    ) -> Result<Letter, ApiError> {
        let time = now.as_seconds().to_string();
        let signature = signature(secret, &self.id, &time, &self.body);
        let headers =
            vec![("webhook-id", self.id), ("webhook-timestamp", time), ("webhook-signature", signature)];
        let url = webhook.url.parts().map_err(|invalid| ApiError::internal(invalid.message))?;
        Ok(Letter { account: webhook.account, url, headers, body: self.body })
    }
}

fn signature(secret: &SecretKey, id: &str, time: &str, body: &[u8]) -> String {
    // A key of any length is one.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.expose()) else { return String::new() };
    let mac = mac.chain_update(id).chain_update(".").chain_update(time).chain_update(".").chain_update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_published_example() {
        // The example of the Standard Webhooks libraries.
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        let mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
        let text = format!("{id}.1614265330.{{\"test\": 2432232314}}");
        let expected = format!("v1,{}", STANDARD.encode(mac.chain_update(text).finalize().into_bytes()));
        assert_eq!(expected, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let key = SecretKey::new([7; 32]);
        let signed = signature(&key, id, "1614265330", b"{\"test\": 2432232314}");
        assert!(signed.starts_with("v1,") && signed != expected);
        assert_eq!(written(&key).expose(), format!("whsec_{}", STANDARD.encode([7; 32])));
    }
}
