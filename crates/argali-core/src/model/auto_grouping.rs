//! Rules that put resources into groups, and what they have moved.

use std::collections::BTreeMap;

use argali_store::{StoreError, Transaction};
use minicbor::{Decode, Encode};

use super::auto_grouping_condition::{TagCondition, parse_target};
use super::key::{AccountTable, Key};
use super::record::{Page, Record, page, read, write};
use super::recycle_bin::expiry;
use super::resource_group::{ResourceGroup, ResourceGroupId};
use super::resource_group_settings::ResourceGroupSettings;
use crate::identifier::AccountId;
use crate::time::Timestamp;

/// For how long what a rule has moved is told, in seconds.
const TOLD_FOR_S: i64 = 90 * 24 * 3_600;

/// A rule. The first one of an account that fits a resource says into which group it goes.
#[derive(Clone, Debug, Encode, Decode)]
pub struct AutoGroupingRule {
    /// What it is known by.
    #[n(0)]
    pub id: String,
    /// A name for people.
    #[n(1)]
    pub name: String,
    /// What it is for.
    #[n(2)]
    pub description: Option<String>,
    /// What it says, in the order in which it is tried.
    #[n(3)]
    pub contents: Vec<RuleContent>,
    /// Only what lies in this.
    #[n(4)]
    pub within: RuleScope,
    /// Nothing of what lies in this.
    #[n(5)]
    pub without: RuleScope,
    /// When it was made.
    #[n(6)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[n(7)]
    pub updated_at: Timestamp,
}

/// One sentence of a rule. Conditions are kept as given, and were checked when they came.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RuleContent {
    /// What it is known by.
    #[n(0)]
    pub id: String,
    /// Which resources it is about; all, if it says nothing.
    #[n(1)]
    pub condition: Option<String>,
    /// Which group they go into.
    #[n(2)]
    pub target: String,
}

/// Resources by where they are and what they are: lists with commas, as given. What is left out narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct RuleScope {
    /// Regions.
    #[n(0)]
    pub regions: Option<String>,
    /// Resource groups that they are in.
    #[n(1)]
    pub groups: Option<String>,
    /// Their identifiers.
    #[n(2)]
    pub ids: Option<String>,
    /// Their types, such as `ecs.instance`.
    #[n(3)]
    pub types: Option<String>,
}

/// A resource, as far as rules judge by it.
#[derive(Clone, Copy, Debug)]
pub struct Groupable<'a> {
    /// The code of its service.
    pub service: &'a str,
    /// What its type is called there.
    pub resource_type: &'a str,
    /// Its identifier.
    pub id: &'a str,
    /// Where it is.
    pub region: &'a str,
    /// The group that it is in.
    pub group: &'a str,
    /// Its tags.
    pub tags: &'a BTreeMap<String, String>,
}

/// A resource that a rule has moved.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Regrouping {
    /// The rule.
    #[n(0)]
    pub rule: String,
    /// When.
    #[n(1)]
    pub at: Timestamp,
    /// The code of the resource's service.
    #[n(2)]
    pub service: String,
    /// What its type is called there.
    #[n(3)]
    pub resource_type: String,
    /// Its identifier.
    #[n(4)]
    pub resource_id: String,
    /// Where it is.
    #[n(5)]
    pub region: String,
    /// Into which group.
    #[n(6)]
    pub target: ResourceGroupId,
}

impl Record for AutoGroupingRule {}
impl Record for Regrouping {}

impl AutoGroupingRule {
    /// How many an account has at most, and how many sentences one has.
    // SPEC: the Resource Management API, CreateAutoGroupingRule.
    pub const MOST: usize = 10;

    /// The rule with this id.
    pub fn find(tx: &dyn Transaction, account: AccountId, id: &str) -> Result<Option<Self>, StoreError> {
        if id.contains('\0') {
            return Ok(None);
        }
        read(tx, &Self::table(account).text(id))
    }

    /// All rules of the account, in the order in which they are tried: the oldest first.
    pub fn all(tx: &dyn Transaction, account: AccountId) -> Result<Vec<Self>, StoreError> {
        let mut rules: Vec<Self> = page(tx, &Self::table(account), None, Self::MOST)?.records;
        rules.sort_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)));
        Ok(rules)
    }

    /// Writes the rule.
    pub fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        write(tx, &Self::table(account).text(&self.id), self);
    }

    /// Removes the rule. What it has moved stays where it is.
    pub fn delete(&self, tx: &mut dyn Transaction, account: AccountId) {
        tx.delete(Self::table(account).text(&self.id).as_bytes());
    }

    /// What the keys of all of them in an account begin with.
    pub fn table(account: AccountId) -> Key {
        Key::account(account, AccountTable::AutoGroupingRule)
    }

    /// Into which group it puts a resource, if it is about it.
    fn target(&self, resource: &Groupable<'_>) -> Option<ResourceGroupId> {
        if !self.within.admits(resource) || self.without.names(resource) {
            return None;
        }
        let fitting = self.contents.iter().find(|content| content.is_about(resource))?;
        parse_target(&fitting.target).ok()
    }
}

impl RuleContent {
    fn is_about(&self, resource: &Groupable<'_>) -> bool {
        let Some(condition) = &self.condition else { return true };
        TagCondition::parse(condition).is_ok_and(|condition| condition.holds(resource.tags))
    }
}

impl RuleScope {
    /// Whether a resource lies in everything that is narrowed.
    fn admits(&self, resource: &Groupable<'_>) -> bool {
        self.named(resource).into_iter().all(|named| named != Some(false))
    }

    /// Whether a resource is named by any of its lists.
    fn names(&self, resource: &Groupable<'_>) -> bool {
        self.named(resource).contains(&Some(true))
    }

    /// For each list that there is, whether the resource is on it.
    fn named(&self, resource: &Groupable<'_>) -> [Option<bool>; 4] {
        let full_type = format!("{}.{}", resource.service, resource.resource_type);
        [
            (&self.regions, resource.region),
            (&self.groups, resource.group),
            (&self.ids, resource.id),
            (&self.types, full_type.as_str()),
        ]
        .map(|(list, value)| {
            let list = list.as_ref()?;
            Some(list.split(',').any(|listed| listed.trim().eq_ignore_ascii_case(value)))
        })
    }
}

impl Regrouping {
    /// Moves a resource by the first rule that is about it, if the account has rules and one leads to another group
    /// that is there; says which.
    pub fn by_rule(
        tx: &mut dyn Transaction,
        account: AccountId,
        resource: &Groupable<'_>,
        now: Timestamp,
    ) -> Result<Option<ResourceGroupId>, StoreError> {
        if !ResourceGroupSettings::of(tx, account)?.auto_grouping {
            return Ok(None);
        }
        let rules = AutoGroupingRule::all(tx, account)?;
        let found = rules.into_iter().find_map(|rule| Some((rule.target(resource)?, rule.id)));
        let Some((target, rule)) = found else { return Ok(None) };
        if target.as_str() == resource.group || !ResourceGroup::exists(tx, account, &target)? {
            return Ok(None);
        }
        let moved = Self {
            rule,
            at: now,
            service: resource.service.to_owned(),
            resource_type: resource.resource_type.to_owned(),
            resource_id: resource.id.to_owned(),
            region: resource.region.to_owned(),
            target: target.clone(),
        };
        moved.save(tx, account);
        Ok(Some(target))
    }

    /// At most `size` of those of one rule, the oldest first.
    pub fn page(
        tx: &dyn Transaction,
        account: AccountId,
        rule: &str,
        after: Option<&[u8]>,
        size: usize,
    ) -> Result<Page<Self>, StoreError> {
        page(tx, &Self::table(account, rule), after, size)
    }

    /// What the keys of those of one rule begin with.
    pub fn table(account: AccountId, rule: &str) -> Key {
        Key::account(account, AccountTable::Regrouping).text(rule)
    }

    /// What of its key follows the table's.
    pub fn place(&self) -> Vec<u8> {
        let millis = u64::try_from(self.at.as_millis()).unwrap_or_default();
        [&millis.to_be_bytes()[..], self.resource_id.as_bytes(), &[0]].concat()
    }

    fn save(&self, tx: &mut dyn Transaction, account: AccountId) {
        let key = Self::table(account, &self.rule).bytes(&self.place());
        write(tx, &key, self);
        tx.put(expiry(self.at.plus_seconds(TOLD_FOR_S), &key).as_bytes(), &[]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::check;
    use super::*;

    fn rule(within: RuleScope, without: RuleScope) -> AutoGroupingRule {
        let at = Timestamp::from_millis(1_750_000_000_123);
        let target = r#"{"featurePath":"$.resourceGroupId","featureSource":"RESOURCE","operator":"StringEquals","desired":"rg-aekz25pfurj0000"}"#;
        AutoGroupingRule {
            id: "gr-aekz25pfurj0000".to_owned(),
            name: "online".to_owned(),
            description: None,
            contents: vec![RuleContent { id: "rc-1".to_owned(), condition: None, target: target.to_owned() }],
            within,
            without,
            created_at: at,
            updated_at: at,
        }
    }

    #[test]
    fn a_rule_is_about_what_is_within_and_not_without() {
        let tags = BTreeMap::new();
        let instance = Groupable {
            service: "ecs",
            resource_type: "instance",
            id: "i-1",
            region: "cn-hangzhou",
            group: "rg-acfm00000000000",
            tags: &tags,
        };
        let list = |text: &str| Some(text.to_owned());
        let types = |text| RuleScope { types: list(text), ..RuleScope::default() };
        let regions = |text| RuleScope { regions: list(text), ..RuleScope::default() };
        for (within, without, expected) in [
            (RuleScope::default(), RuleScope::default(), true),
            (types("vpc.vpc, ECS.instance"), RuleScope::default(), true),
            (types("vpc.vpc"), RuleScope::default(), false),
            (RuleScope { regions: list("cn-beijing"), ..types("ecs.instance") }, RuleScope::default(), false),
            (types("ecs.instance"), regions("cn-hangzhou"), false),
            (types("ecs.instance"), regions("cn-beijing"), true),
            (types(""), RuleScope::default(), false),
        ] {
            let rule = rule(within, without);
            assert_eq!(rule.target(&instance).is_some(), expected, "{rule:?}");
        }
    }

    #[test]
    fn what_every_format_wrote_reads_as_the_same() {
        let scope = RuleScope { types: Some("ecs.instance".to_owned()), ..RuleScope::default() };
        check("AutoGroupingRule", &rule(scope, RuleScope::default()));
        let moved = Regrouping {
            rule: "gr-aekz25pfurj0000".to_owned(),
            at: Timestamp::from_millis(1_750_000_000_123),
            service: "ecs".to_owned(),
            resource_type: "instance".to_owned(),
            resource_id: "i-1".to_owned(),
            region: "cn-hangzhou".to_owned(),
            target: "rg-aekz25pfurj0000".parse().unwrap(),
        };
        check("Regrouping", &moved);
    }
}
