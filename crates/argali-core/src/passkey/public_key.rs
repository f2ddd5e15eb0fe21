//! Public keys of passkeys, as authenticators write them, and the signatures made with their other halves.
// SPEC: RFC 9052 and 9053 (COSE), RFC 8230 (RSA keys); W3C Web Authentication, cryptographic algorithm identifiers.

use minicbor::data::Type;
use minicbor::{Decode, Decoder, Encode};
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};

use super::Rejected;

/// The kinds of keys that are supported, by the numbers that COSE gives them, the preferred first.
pub const ALGORITHMS: [i64; 3] = [ES256, ED_DSA, RS256];

const ES256: i64 = -7;
const ED_DSA: i64 = -8;
const RS256: i64 = -257;

/// What COSE calls the members of a key.
mod label {
    pub(super) const KIND: i64 = 1;
    pub(super) const ALGORITHM: i64 = 3;
    /// The curve; of an RSA key the modulus.
    pub(super) const FIRST: i64 = -1;
    /// The point's first coordinate; of an RSA key the exponent.
    pub(super) const SECOND: i64 = -2;
    /// The point's other coordinate.
    pub(super) const THIRD: i64 = -3;
}

/// Kinds of keys and curves, as COSE numbers them.
const OKP: i64 = 1;
const EC2: i64 = 2;
const RSA: i64 = 3;
const P_256: i64 = 1;
const ED25519: i64 = 6;

/// How many members a key has at most.
const MOST_MEMBERS: u64 = 16;
/// Moduli have 2,048 to 4,096 bits.
const SHORTEST_MODULUS: usize = 256;
const LONGEST_MODULUS: usize = 512;
const LONGEST_EXPONENT: usize = 4;

/// The public key of a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum PublicKey {
    /// A point on P-256, uncompressed.
    #[n(0)]
    Es256(#[cbor(n(0), with = "minicbor::bytes")] [u8; 65]),
    /// A point on edwards25519.
    #[n(1)]
    EdDsa(#[cbor(n(0), with = "minicbor::bytes")] [u8; 32]),
    /// An RSA key.
    #[n(2)]
    Rs256 {
        /// The modulus, without leading zeros.
        #[cbor(n(0), with = "minicbor::bytes")]
        modulus: Vec<u8>,
        /// The exponent.
        #[cbor(n(1), with = "minicbor::bytes")]
        exponent: Vec<u8>,
    },
}

/// The members of a key as they are read.
#[derive(Debug, Default)]
struct Members<'b> {
    kind: Option<i64>,
    algorithm: Option<i64>,
    curve: Option<i64>,
    /// Those that are bytes, by label: -1, -2, -3.
    bytes: [Option<&'b [u8]>; 3],
}

impl PublicKey {
    /// Reads the key that `cbor` is at. Fails if it is none, or of a kind that is not supported.
    pub(super) fn read(cbor: &mut Decoder<'_>) -> Result<Self, Rejected> {
        let members = Members::read(cbor)?;
        let [first, second, third] = members.bytes;
        match (members.kind, members.algorithm, members.curve) {
            (Some(EC2), Some(ES256), Some(P_256)) => {
                let (Some(x), Some(y)) = (second, third) else { return Err(Rejected::Malformed) };
                // 4 says that both coordinates follow.
                let point = [&[4], x, y].concat().try_into();
                if x.len() != y.len() { Err(Rejected::Malformed) } else { into_key(point, Self::Es256) }
            }
            (Some(OKP), Some(ED_DSA), Some(ED25519)) => {
                into_key(second.unwrap_or_default().try_into(), Self::EdDsa)
            }
            (Some(RSA), Some(RS256), None) => {
                let (Some(modulus), Some(exponent)) = (first, second) else {
                    return Err(Rejected::Malformed);
                };
                let begins = |bytes: &[u8]| bytes.first().is_some_and(|first| *first != 0);
                let fits = (SHORTEST_MODULUS..=LONGEST_MODULUS).contains(&modulus.len())
                    && exponent.len() <= LONGEST_EXPONENT;
                if !fits || !begins(modulus) || !begins(exponent) {
                    return Err(Rejected::Algorithm);
                }
                Ok(Self::Rs256 { modulus: modulus.to_vec(), exponent: exponent.to_vec() })
            }
            (Some(_), Some(_), _) => Err(Rejected::Algorithm),
            _ => Err(Rejected::Malformed),
        }
    }

    /// Checks a signature of `message`.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Rejected> {
        let checked =
            match self {
                Self::Es256(point) => UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_ASN1, point)
                    .verify(message, signature),
                Self::EdDsa(point) => {
                    UnparsedPublicKey::new(&signature::ED25519, point).verify(message, signature)
                }
                Self::Rs256 { modulus, exponent } => RsaPublicKeyComponents { n: modulus, e: exponent }
                    .verify(&signature::RSA_PKCS1_2048_8192_SHA256, message, signature),
            };
        checked.map_err(|_| Rejected::Signature)
    }
}

fn into_key<T, E>(bytes: Result<T, E>, key: impl FnOnce(T) -> PublicKey) -> Result<PublicKey, Rejected> {
    bytes.map(key).map_err(|_| Rejected::Malformed)
}

impl<'b> Members<'b> {
    fn read(cbor: &mut Decoder<'b>) -> Result<Self, Rejected> {
        let malformed = |_| Rejected::Malformed;
        let number = cbor.map().map_err(malformed)?.filter(|number| *number <= MOST_MEMBERS);
        let mut members = Self::default();
        for _ in 0..number.ok_or(Rejected::Malformed)? {
            let label = cbor.i64().map_err(malformed)?;
            let is_new = match (label, cbor.datatype().map_err(malformed)?) {
                (label::KIND, _) => members.kind.replace(cbor.i64().map_err(malformed)?).is_none(),
                (label::ALGORITHM, _) => members.algorithm.replace(cbor.i64().map_err(malformed)?).is_none(),
                (label::THIRD..=label::FIRST, Type::Bytes) => {
                    let bytes = cbor.bytes().map_err(malformed)?;
                    let place =
                        usize::try_from(label::FIRST - label).ok().and_then(|at| members.bytes.get_mut(at));
                    place.is_some_and(|place| place.replace(bytes).is_none())
                }
                (label::FIRST, _) => members.curve.replace(cbor.i64().map_err(malformed)?).is_none(),
                // A compressed point has a sign here, which nobody writes.
                (label::SECOND | label::THIRD, _) => false,
                _ => cbor.skip().map(|()| true).map_err(malformed)?,
            };
            if !is_new {
                return Err(Rejected::Malformed);
            }
        }
        Ok(members)
    }
}
