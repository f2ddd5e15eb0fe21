//! What an account asks of logons, and what its users may do to themselves without a policy.

use std::net::IpAddr;
use std::str::FromStr;

use argali_policy::Network;
use argali_protocol::{Invalid, Reason};
use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize};

use super::access_key::KeyOwner;
use super::key::{AccountTable, Key};
use super::record::{Record, read, write};
use crate::identifier::AccountId;
use crate::operation::SelfService;
use crate::time::Timestamp;

/// The security preference of an account. Whoever has set none has the default.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SecurityPreference {
    /// How long a logon lasts, in hours: 1 to 24.
    #[n(0)]
    pub session_hours: u8,
    /// Whether a second factor that was shown may be remembered for seven days.
    #[n(1)]
    pub remember_mfa: bool,
    /// Who must show a second factor.
    #[n(2)]
    pub mfa_for_logon: MfaForLogon,
    /// Whether users may change their passwords.
    #[n(3)]
    pub own_password: bool,
    /// Whether users may manage their AccessKeys.
    #[n(4)]
    pub own_access_keys: bool,
    /// Whether users may manage their MFA devices.
    #[n(5)]
    pub own_mfa_devices: bool,
    /// Whether users may manage their public keys. There are none, so it has no effect.
    #[n(6)]
    pub own_public_keys: bool,
    /// Where users may log on from; anywhere if empty.
    #[n(7)]
    pub networks: NetworkMasks,
    /// Whether users may register passkeys and log on with them.
    #[n(8)]
    pub passkeys: bool,
    /// Whether users may link a messenger. There is none, so it has no effect.
    #[n(9)]
    pub own_messenger: bool,
    /// Whether users may manage their service credentials.
    #[n(10)]
    pub own_service_credentials: bool,
    /// After how many days without a logon none is possible.
    #[n(11)]
    pub max_idle_days_users: u16,
    /// After how many days without use an AccessKey stops working.
    #[n(12)]
    pub max_idle_days_access_keys: u16,
    /// How sensitive operations are verified, as the administrator lists it.
    #[n(13)]
    pub verification_types: Vec<String>,
    /// What happens at a logon that looks risky, as the administrator says. Deprecated, and without effect.
    #[n(14)]
    pub risk_logon: Option<String>,
}

impl Record for SecurityPreference {}

/// Who must show a second factor when logging on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "lowercase")]
pub enum MfaForLogon {
    /// Everybody.
    #[n(0)]
    Mandatory,
    /// Whoever has a device, or has to have one.
    #[n(1)]
    Independent,
    /// The same, but those with a device only when they come with a browser that has shown none of its codes lately.
    #[n(2)]
    Adaptive,
}

impl Default for SecurityPreference {
    // SPEC: limits, security preference.
    fn default() -> Self {
        Self {
            session_hours: 6,
            remember_mfa: false,
            mfa_for_logon: MfaForLogon::Independent,
            own_password: true,
            own_access_keys: false,
            own_mfa_devices: true,
            own_public_keys: false,
            networks: NetworkMasks::default(),
            passkeys: true,
            own_messenger: true,
            own_service_credentials: false,
            max_idle_days_users: 730,
            max_idle_days_access_keys: 730,
            verification_types: Vec::new(),
            risk_logon: None,
        }
    }
}

impl SecurityPreference {
    /// The preference of an account.
    pub fn of(tx: &dyn Transaction, account: AccountId) -> Result<Self, StoreError> {
        Ok(read(tx, &key(account))?.unwrap_or_default())
    }

    /// Puts the preference in force.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        write(tx, &key(account), self);
    }

    /// For how long nobody may log on before it is no longer possible.
    pub fn idle_limit_of_users(&self) -> IdleLimit {
        IdleLimit { days: self.max_idle_days_users }
    }

    /// For how long an AccessKey may lie idle. The account's own have no limit: nobody could switch them on again.
    pub fn idle_limit_of_key(&self, owner: KeyOwner) -> Option<IdleLimit> {
        let days = self.max_idle_days_access_keys;
        (owner != KeyOwner::Account).then_some(IdleLimit { days })
    }

    /// Whether whoever has a device shows its code before something sensitive, and the password is not enough.
    // SPEC: limits, security preference, VerificationTypes; which words it takes is not published.
    pub fn verifies_by_code_alone(&self) -> bool {
        self.verification_types.iter().any(|word| word == "totp")
    }

    /// Whether users may do this to themselves without a policy.
    pub fn allows(&self, what: SelfService) -> bool {
        match what {
            SelfService::Password => self.own_password,
            SelfService::AccessKeys => self.own_access_keys,
            SelfService::MfaDevices => self.own_mfa_devices,
            SelfService::ServiceCredentials => self.own_service_credentials,
        }
    }
}

/// For how long a logon or a key may lie idle before it is as good as switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdleLimit {
    days: u16,
}

impl IdleLimit {
    /// Whether what was used last at `last` has lain idle too long.
    pub fn is_passed(self, last: Timestamp, now: Timestamp) -> bool {
        now >= last.plus_seconds(i64::from(self.days) * 24 * 60 * 60)
    }
}

fn key(account: AccountId) -> Key {
    Key::account(account, AccountTable::SecurityPreference)
}

/// Addresses and networks with `;` between them, as given: at most 40, and 512 characters.
// SPEC: limits, quotas, LoginNetworkMasks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(transparent)]
pub struct NetworkMasks(#[n(0)] String);

impl NetworkMasks {
    const MOST: usize = 40;
    const LONGEST: usize = 512;

    /// Whether somebody at `address` is let in.
    pub fn admit(&self, address: IpAddr) -> bool {
        self.0.is_empty()
            || self.0.split(';').filter_map(Network::parse).any(|network| network.contains(address))
    }
}

impl FromStr for NetworkMasks {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let wrong = |why: String| Invalid::new(Reason::Value, why);
        if text.is_empty() {
            return Ok(Self::default());
        }
        if text.len() > Self::LONGEST || text.split(';').count() > Self::MOST {
            let (most, longest) = (Self::MOST, Self::LONGEST);
            return Err(wrong(format!("it may name {most} networks in {longest} characters")));
        }
        match text.split(';').find(|mask| Network::parse(mask).is_none()) {
            None => Ok(Self(text.to_owned())),
            Some(mask) => {
                Err(wrong(format!("`{mask}` is no address or network: write `10.0.0.1;192.168.0.0/16`")))
            }
        }
    }
}

impl<'de> Deserialize<'de> for NetworkMasks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_admit_their_networks() {
        let masks: NetworkMasks = "10.0.0.0/8;192.168.1.7;2001:db8::/32".parse().unwrap();
        for (address, admitted) in [
            ("10.9.8.7", true),
            ("192.168.1.7", true),
            ("2001:db8::1", true),
            ("192.168.1.8", false),
            ("::1", false),
        ] {
            assert_eq!(masks.admit(address.parse().unwrap()), admitted, "{address}");
        }
        assert!(NetworkMasks::default().admit("192.0.2.1".parse().unwrap()));
    }

    #[test]
    fn what_is_no_mask_is_refused() {
        for bad in ["10.0.0.0/33", "everywhere", "10.0.0.1,10.0.0.2", "10.0.0.1;", ";"] {
            assert!(bad.parse::<NetworkMasks>().is_err(), "{bad}");
        }
        assert!(vec!["10.0.0.1"; 40].join(";").parse::<NetworkMasks>().is_ok());
        assert!(vec!["10.0.0.1"; 41].join(";").parse::<NetworkMasks>().is_err());
        assert!(vec!["255.255.255.255"; 33].join(";").parse::<NetworkMasks>().is_err(), "too long");
    }
}
