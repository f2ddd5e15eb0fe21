//! What the record of a call keeps of the session that the call began.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::session::{Claims, SessionId};
use crate::time::Timestamp;

/// A session as the record of its beginning knows it. Nothing here can be signed with.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionRecord {
    /// Its number.
    pub id: SessionId,
    /// The key that its calls are signed with, by which they are found.
    pub access_key_id: String,
    /// When it ends at the latest, in milliseconds since 1970 UTC.
    pub ends_at_ms: i64,
    /// What its token says, but for session policies: enough to judge at any time whether it still lives.
    ///
    /// The policies are left out because they are long and change nothing: each allowed, when it was judged, that
    /// the chain went on.
    claims: String,
}

impl SessionRecord {
    pub(super) fn of(claims: &Claims, access_key_id: &str) -> Self {
        let mut bytes = Vec::with_capacity(256);
        let written = minicbor::encode(claims.without_policies(), &mut bytes);
        debug_assert!(written.is_ok(), "a vector takes any bytes");
        Self {
            id: claims.session_id,
            access_key_id: access_key_id.to_owned(),
            ends_at_ms: claims.ends_at.as_millis(),
            claims: STANDARD_NO_PAD.encode(bytes),
        }
    }

    /// What the session's token says, without its policies. Nothing if the record was damaged.
    pub fn claims(&self) -> Option<Claims> {
        let bytes = STANDARD_NO_PAD.decode(&self.claims).ok()?;
        minicbor::decode::<Claims>(&bytes).ok().filter(|claims| claims.session_id == self.id)
    }

    /// When it ends at the latest.
    pub fn ends_at(&self) -> Timestamp {
        Timestamp::from_millis(self.ends_at_ms)
    }
}
