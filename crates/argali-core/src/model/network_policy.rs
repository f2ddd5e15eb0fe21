//! From which networks AccessKeys may be used: the JSON that callers write, and what it says.

use std::net::IpAddr;

use argali_policy::Network;
use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};
use serde::Deserialize;
use serde_json::Value;

use super::access_key::AccessKey;
use super::key::{AccountTable, Key};
use super::record::{Record, damaged, read, write};
use crate::identifier::AccountId;

/// A network policy of AccessKeys, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkPolicy {
    is_active: bool,
    is_empty: bool,
    /// The public networks that it names. Nothing comes through a VPC here, so that what it says of those admits nobody.
    networks: Vec<Network>,
}

/// The network policy of all AccessKeys of an account, as it was given.
#[derive(Clone, Debug, Encode, Decode)]
#[cbor(transparent)]
struct Given(#[n(0)] String);

impl Record for Given {}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Document {
    version: Option<u8>,
    status: Status,
    statements: Vec<Statement>,
}

#[derive(PartialEq, Eq, Deserialize)]
enum Status {
    Active,
    Inactive,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Statement {
    r#type: Kind,
    value: Option<String>,
    #[serde(rename = "IPList")]
    addresses: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
enum Kind {
    ClassicWhiteList,
    #[serde(rename = "VPCWhiteList")]
    VpcWhiteList,
}

impl NetworkPolicy {
    /// What is answered where there is none.
    pub const NONE: &str = r#"{"Version":1,"Status":"Inactive","Statements":[]}"#;
    /// More characters than any has that is written without much white space.
    const LONGEST: usize = 32_768;
    // SPEC: limits, quotas, AccessKey policy (network): conditions, IP items.
    /// How many statements one has at most.
    pub const MOST_STATEMENTS: usize = 8;
    /// How many addresses and networks a statement names at most.
    pub const MOST_ADDRESSES: usize = 50;

    /// Reads one.
    ///
    /// # Errors
    ///
    /// Fails with the end of a sentence that begins with "It".
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > Self::LONGEST {
            return Err(format!("has more than {} characters", Self::LONGEST));
        }
        let document: Document =
            serde_json::from_str(text).map_err(|error| format!("is not of the documented form: {error}"))?;
        if !serde_json::from_str(text).is_ok_and(|written| is_written_out(&written)) {
            return Err("is not of the documented form: write objects with their members, and names as text"
                .to_owned());
        }
        if document.version.is_some_and(|version| version != 1) {
            return Err("has another Version than 1".to_owned());
        }
        let most = Self::MOST_STATEMENTS;
        if document.statements.len() > most {
            return Err(format!("has more than {most} Statements"));
        }
        let mut networks = Vec::new();
        for statement in &document.statements {
            let named = statement.networks()?;
            if statement.r#type == Kind::ClassicWhiteList {
                networks.extend(named);
            }
        }
        let is_empty = document.statements.is_empty();
        Ok(Self { is_active: document.status == Status::Active, is_empty, networks })
    }

    /// Whether it says nothing, which is as good as none.
    pub fn is_none(&self) -> bool {
        self.is_empty && !self.is_active
    }

    /// Whether a key may be used from `address`.
    pub fn admits(&self, address: IpAddr) -> bool {
        !self.is_active || self.networks.iter().any(|network| network.contains(address))
    }

    /// The one that counts for a key: its own while that is active, or else its account's.
    pub fn of_key(tx: &dyn Transaction, key: &AccessKey) -> Result<Option<Self>, StoreError> {
        let own = key.network_policy.as_deref().map(Self::kept).transpose()?;
        match own.filter(|own| own.is_active) {
            Some(own) => Ok(Some(own)),
            None => {
                let given = Self::of_account(tx, key.account)?;
                Ok(given.as_deref().map(Self::kept).transpose()?.filter(|policy| policy.is_active))
            }
        }
    }

    /// The text of the account's own, if it has one.
    pub fn of_account(tx: &dyn Transaction, account: AccountId) -> Result<Option<String>, StoreError> {
        Ok(read::<Given>(tx, &Self::account_key(account))?.map(|Given(text)| text))
    }

    /// Sets the account's own, which must be one; with `None`, it has none any more.
    pub fn set_of_account(tx: &mut dyn Transaction, account: AccountId, text: Option<String>) {
        let key = Self::account_key(account);
        match text {
            Some(text) => write(tx, &key, &Given(text)),
            None => tx.delete(key.as_bytes()),
        }
    }

    fn account_key(account: AccountId) -> Key {
        Key::account(account, AccountTable::KeyNetworkPolicy)
    }

    fn kept(text: &str) -> Result<Self, StoreError> {
        Self::parse(text).map_err(|reason| damaged(format!("a network policy {reason}")))
    }
}

impl Statement {
    fn networks(&self) -> Result<Vec<Network>, String> {
        let most = NetworkPolicy::MOST_ADDRESSES;
        if self.addresses.is_empty() || self.addresses.len() > most {
            return Err(format!("has a statement whose IPList does not name 1 to {most} addresses"));
        }
        match (self.r#type, self.value.as_deref().unwrap_or_default()) {
            (Kind::ClassicWhiteList, "") => {}
            (Kind::ClassicWhiteList, _) => return Err("names a VPC in a ClassicWhiteList".to_owned()),
            (Kind::VpcWhiteList, value) if is_vpc(value) => {}
            (Kind::VpcWhiteList, _) => {
                return Err("has a VPCWhiteList whose Value is neither a VPC nor AllowAllVPC".to_owned());
            }
        }
        let network = |text: &String| {
            Network::parse(text).ok_or_else(|| format!("names `{text}`, which is no address or network"))
        };
        self.addresses.iter().map(network).collect()
    }
}

/// Whether objects and names are what they must be: serde also takes lists for objects, and objects for names.
fn is_written_out(policy: &Value) -> bool {
    let is_text = |value: Option<&Value>| value.is_some_and(Value::is_string);
    let is_statement = |value: &Value| value.is_object() && is_text(value.get("Type"));
    let statements = policy.get("Statements").and_then(Value::as_array);
    is_text(policy.get("Status")) && statements.is_some_and(|all| all.iter().all(is_statement))
}

fn is_vpc(value: &str) -> bool {
    let rest = value.strip_prefix("vpc-").unwrap_or_default();
    value == "AllowAllVPC"
        || (1..=60).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::super::golden::check;
    use super::*;

    fn of(status: &str, statements: &str) -> Result<NetworkPolicy, String> {
        NetworkPolicy::parse(&format!(r#"{{"Version":1,"Status":"{status}","Statements":[{statements}]}}"#))
    }

    const OFFICE: &str = r#"{"Type":"ClassicWhiteList","IPList":["192.0.2.7","10.0.0.0/8","2001:db8::/32"]}"#;
    const VPC: &str = r#"{"Type":"VPCWhiteList","Value":"vpc-bp1234567890","IPList":["0.0.0.0/0","::/0"]}"#;

    #[test]
    fn it_admits_the_public_networks_that_it_names() {
        let policy = of("Active", &format!("{OFFICE},{VPC}")).unwrap();
        for (address, admitted) in [
            ("192.0.2.7", true),
            ("10.1.2.3", true),
            ("2001:db8::7", true),
            ("192.0.2.8", false),
            ("::1", false),
        ] {
            assert_eq!(policy.admits(address.parse().unwrap()), admitted, "{address}");
        }
        let address = "192.0.2.8".parse().unwrap();
        assert!(of("Inactive", OFFICE).unwrap().admits(address));
        for nobody in ["", VPC] {
            assert!(!of("Active", nobody).unwrap().admits(address), "{nobody}");
        }
        assert!(NetworkPolicy::parse(NetworkPolicy::NONE).unwrap().is_none());
    }

    #[test]
    fn what_is_none_is_told_why() {
        let list = |kind: &str, rest: &str, count: usize| {
            let addresses = vec!["\"192.0.2.7\""; count].join(",");
            format!(r#"{{"Type":"{kind}"{rest},"IPList":[{addresses}]}}"#)
        };
        let classic = |count| list("ClassicWhiteList", "", count);
        for (statements, reason) in [
            (classic(0), "IPList"),
            (classic(51), "IPList"),
            (vec![classic(1); 9].join(","), "more than 8"),
            (list("ClassicWhiteList", r#","Value":"vpc-1""#, 1), "names a VPC"),
            (list("VPCWhiteList", "", 1), "neither"),
            (list("VPCWhiteList", r#","Value":"vpc_1""#, 1), "neither"),
            (list("BlackList", "", 1), "unknown variant"),
            (list("ClassicWhiteList", r#","Colour":"red""#, 1), "unknown field"),
            (r#"{"Type":"ClassicWhiteList","IPList":["10.0.0.0/33"]}"#.to_owned(), "no address"),
        ] {
            let told = of("Active", &statements).unwrap_err();
            assert!(told.contains(reason), "{statements}: {told}");
        }
        for text in [
            "",
            "[]",
            "{}",
            r#"{"Status":"Active","Statements":null}"#,
            r#"{"Version":2,"Status":"Active","Statements":[]}"#,
            r#"{"Status":"Perhaps","Statements":[]}"#,
            r#"{"Status":{"Inactive":null},"Statements":[]}"#,
            r#"{"Status":"Active","Statements":[["ClassicWhiteList",null,["10.0.0.1"]]]}"#,
            r#"{"Status":"Active","Statements":[{"Type":{"ClassicWhiteList":null},"IPList":["10.0.0.1"]}]}"#,
            r#"[1,"Inactive",[]]"#,
            &" ".repeat(NetworkPolicy::LONGEST + 1),
        ] {
            assert!(NetworkPolicy::parse(text).is_err(), "{text}");
        }
        assert!(of("Active", &vec![classic(50); 8].join(",")).is_ok());
        assert!(NetworkPolicy::parse(r#"{"Status":"Active","Statements":[]}"#).is_ok());
    }

    #[test]
    fn what_every_format_wrote_reads_as_the_same() {
        check("KeyNetworkPolicy", &Given(NetworkPolicy::NONE.to_owned()));
    }
}
