//! What people show besides their passwords: a code of an MFA device, or a passkey.

use argali_store::{StoreError, Transaction};
use minicbor::data::Type;
use minicbor::decode::Error as DecodeError;
use minicbor::{Decode, Decoder, Encode, Encoder, encode};

use super::access_key::KeyOwner;
use super::mfa_device::MfaDevice;
use super::passkey::Passkey;
use super::security_preference::SecurityPreference;
use crate::identifier::{AccountId, MfaDeviceId, PasskeyId};

/// With what somebody has shown a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactor {
    /// A code of this device.
    MfaDevice(MfaDeviceId),
    /// This passkey.
    Passkey(PasskeyId),
}

/// With what somebody can show a second factor.
#[derive(Debug)]
pub struct SecondFactors {
    /// The MFA device, if there is one.
    pub device: Option<MfaDeviceId>,
    /// The passkeys; none where the account does not accept them.
    pub passkeys: Vec<Passkey>,
}

impl SecondFactor {
    /// Whether it still counts: it is its owner's, and the account accepts what it is.
    pub fn counts(
        self,
        tx: &dyn Transaction,
        (account, owner): (AccountId, KeyOwner),
        preference: &SecurityPreference,
    ) -> Result<bool, StoreError> {
        match self {
            Self::MfaDevice(id) => {
                Ok(MfaDevice::of_owner(tx, account, owner)?.is_some_and(|device| device.id == id))
            }
            Self::Passkey(id) => Ok(preference.passkeys && Passkey::find(tx, account, owner, id)?.is_some()),
        }
    }
}

impl SecondFactors {
    /// Those of a user or of the account's owner that count.
    pub fn of(tx: &dyn Transaction, account: AccountId, owner: KeyOwner) -> Result<Self, StoreError> {
        let accepts = SecurityPreference::of(tx, account)?.passkeys;
        let passkeys = if accepts { Passkey::of_owner(tx, account, owner)? } else { Vec::new() };
        let device = MfaDevice::of_owner(tx, account, owner)?.map(|device| device.id);
        Ok(Self { device, passkeys })
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.device.is_none() && self.passkeys.is_empty()
    }

    /// Whether `factor` is one of them.
    pub fn hold(&self, factor: SecondFactor) -> bool {
        match factor {
            SecondFactor::MfaDevice(id) => self.device == Some(id),
            SecondFactor::Passkey(id) => self.passkeys.iter().any(|passkey| passkey.id == id),
        }
    }
}

/// A device is written as its number alone, as before there were passkeys; a passkey as an array that holds its own.
impl<C> Encode<C> for SecondFactor {
    fn encode<W: encode::Write>(
        &self,
        e: &mut Encoder<W>,
        cx: &mut C,
    ) -> Result<(), encode::Error<W::Error>> {
        match self {
            Self::MfaDevice(id) => id.encode(e, cx),
            Self::Passkey(id) => id.encode(e.array(1)?, cx),
        }
    }
}

impl<'b, C> Decode<'b, C> for SecondFactor {
    fn decode(d: &mut Decoder<'b>, cx: &mut C) -> Result<Self, DecodeError> {
        if d.datatype()? != Type::Array {
            return Ok(Self::MfaDevice(MfaDeviceId::decode(d, cx)?));
        }
        let at = d.position();
        match d.array()? {
            Some(1) => Ok(Self::Passkey(PasskeyId::decode(d, cx)?)),
            _ => Err(DecodeError::message("not a second factor").at(at)),
        }
    }
}
