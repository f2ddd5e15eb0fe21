//! The parameters that belong to the protocol rather than to an operation, and the scheme they speak of.

use std::borrow::Cow;

use crate::ProtocolError;
use crate::headers::Headers;
use crate::params::Params;

/// The common parameters of a call, also empty ones, found in one pass over all.
// SPEC: wire protocol, common parameters of V1.
#[derive(Default)]
pub(crate) struct Common<'p, 'a> {
    pub(crate) access_key_id: Option<&'p Cow<'a, str>>,
    pub(crate) action: Option<&'p Cow<'a, str>>,
    pub(crate) format: Option<&'p Cow<'a, str>>,
    pub(crate) security_token: Option<&'p Cow<'a, str>>,
    pub(crate) signature: Option<&'p Cow<'a, str>>,
    pub(crate) signature_method: Option<&'p Cow<'a, str>>,
    pub(crate) signature_nonce: Option<&'p Cow<'a, str>>,
    pub(crate) signature_version: Option<&'p Cow<'a, str>>,
    pub(crate) timestamp: Option<&'p Cow<'a, str>>,
    pub(crate) version: Option<&'p Cow<'a, str>>,
    signature_type: Option<&'p Cow<'a, str>>,
    bearer_token: Option<&'p Cow<'a, str>>,
    /// A signature parameter of object storage, which has no place in an RPC call that is signed.
    object_storage: Option<&'p Cow<'a, str>>,
}

impl<'p, 'a> Common<'p, 'a> {
    pub(crate) fn of(params: &'p Params<'a>) -> Self {
        let mut common = Self::default();
        for param in params.as_slice() {
            let place = match param.name.as_ref() {
                "AccessKeyId" => &mut common.access_key_id,
                "Action" => &mut common.action,
                "BearerToken" => &mut common.bearer_token,
                "Format" => &mut common.format,
                "SecurityToken" => &mut common.security_token,
                "Signature" => &mut common.signature,
                "SignatureMethod" => &mut common.signature_method,
                "SignatureNonce" => &mut common.signature_nonce,
                "SignatureType" => &mut common.signature_type,
                "SignatureVersion" => &mut common.signature_version,
                "Timestamp" => &mut common.timestamp,
                "Version" => &mut common.version,
                "OSSAccessKeyId" | "x-oss-signature" => &mut common.object_storage,
                _ => continue,
            };
            *place = Some(&param.value);
        }
        common
    }

    /// Whether a credential travels in parameters, whole or in part.
    fn has_credential(&self) -> bool {
        [self.access_key_id, self.signature, self.security_token, self.bearer_token]
            .iter()
            .any(Option::is_some)
    }
}

/// The scheme of the credential in a request.
pub(crate) enum Offer<'a> {
    /// Signature V3, by the fields of this `Authorization`.
    V3(&'a str),
    /// Signature V1, by the common parameters.
    V1,
    Nothing,
}

impl<'a> Offer<'a> {
    /// Finds the one scheme of a request; two are refused.
    // SPEC: security requirements, R2 and R4; wire protocol, other schemes.
    pub(crate) fn of(headers: &Headers<'a>, common: &Common<'_, '_>) -> Result<Self, ProtocolError> {
        let by_parameter = common.has_credential();
        let two = |detail| Err(ProtocolError::TwoCredentials(detail));
        if headers.authorization.is_some() && by_parameter {
            return two("an Authorization header and signature parameters");
        }
        if headers.bearer_token.is_some() && (headers.authorization.is_some() || by_parameter) {
            return two("a bearer token and a signature");
        }
        if (headers.authorization.is_some() || by_parameter) && common.object_storage.is_some() {
            return two("signature parameters of object storage and of another scheme");
        }
        if let Some(authorization) = headers.authorization {
            return match authorization.split_once([' ', '\t']) {
                Some(("ACS3-HMAC-SHA256", fields)) => Ok(Self::V3(fields)),
                None if authorization == "ACS3-HMAC-SHA256" => Ok(Self::V3("")),
                _ => Err(ProtocolError::SignatureMethod),
            };
        }
        let signature_type = common.signature_type.map_or("", Cow::as_ref);
        if headers.bearer_token.is_some() || common.bearer_token.is_some() || signature_type == "BEARERTOKEN"
        {
            return Err(ProtocolError::BearerToken);
        }
        match signature_type {
            "" => Ok(if by_parameter { Self::V1 } else { Self::Nothing }),
            _ => Err(ProtocolError::SignatureMethod),
        }
    }
}
