//! What an account has of the identity service and of object storage, as its server says.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::client::{ARGALI, Api, CallError, Client, RAM, STS};
use crate::failure::Failure;

use super::calls::{ENTITIES, Entity, IMS, RESOURCE_MANAGER};
use super::model::{
    BUCKET, GROUP, Grant, Key, POLICY, RESOURCE_GROUP, ROLE, SHOWN, TAGS, Thing, Things, USER, membership,
    text,
};
use super::tags::{self, TAGGED};

/// How many a page has where pages are asked for by marker.
const PAGE: &str = "100";
/// The resource group that every account has.
const DEFAULT_GROUP: &str = "default";

/// Who is signed in, and where.
#[derive(Debug)]
pub(super) struct Caller {
    /// The number of the account.
    pub(super) account: String,
    /// Its second name, if it has one.
    pub(super) alias: Option<String>,
    /// The name of the user who is signed in, if it is one.
    pub(super) user: Option<String>,
}

/// Whether tags are read, which takes a call each and a permission of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WithTags {
    Yes,
    No,
}

/// Reads what an account has.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) client: &'a Client,
}

impl Reader<'_> {
    /// Finds out who is signed in.
    pub(super) fn caller(&self) -> Result<Caller, Failure> {
        let answer = self.call(STS, "GetCallerIdentity", &[])?;
        let alias = self.call(RAM, "GetAccountAlias", &[]).ok();
        let arn = text(answer.get("Arn")).unwrap_or_default();
        Ok(Caller {
            account: text(answer.get("AccountId")).unwrap_or_default().to_owned(),
            alias: alias.and_then(|answer| text(answer.get("AccountAlias")).map(str::to_owned)),
            user: arn.split_once(":user/").map(|(_, name)| name.to_owned()),
        })
    }

    /// The default domain of the account, which names of principals end in.
    pub(super) fn domain(&self) -> Result<String, Failure> {
        let answer = self.call(IMS, "GetDefaultDomain", &[])?;
        Ok(text(answer.get("DefaultDomainName")).unwrap_or_default().to_owned())
    }

    /// Everything of the identity service but credentials.
    pub(super) fn identities(&self, tags: WithTags) -> Result<Things, Failure> {
        let mut things = Things::new();
        for entity in &ENTITIES {
            match entity.kind {
                RESOURCE_GROUP => self.resource_groups(entity, &mut things)?,
                _ => self.entities(entity, &mut things)?,
            }
        }
        for role in self.by_marker_of(ARGALI, "SearchRoles", &[], &["Roles"])? {
            let name = text(role.get("RoleName")).unwrap_or_default();
            if let Some(thing) = things.get_mut(&Key::new(ROLE, name)) {
                let is_shown = text(role.get("Visibility")) != Some("Hidden");
                thing.properties.insert(SHOWN.to_owned(), is_shown.into());
            }
        }
        let users: Vec<String> =
            things.keys().filter(|key| key.kind == USER).map(|key| key.name.clone()).collect();
        for user in users {
            let answer = self.call(RAM, "ListGroupsForUser", &[("UserName", &user)])?;
            for group in list(&answer, &["Groups", "Group"]) {
                let name = text(group.get("GroupName")).unwrap_or_default();
                things.extend([membership(&user, name, Default::default())]);
            }
        }
        self.grants(&mut things)?;
        if tags == WithTags::Yes {
            self.add_tags(&mut things)?;
        }
        Ok(things)
    }

    fn add_tags(&self, things: &mut Things) -> Result<(), Failure> {
        let domain = self.domain()?;
        for (key, thing) in things.iter_mut().filter(|(key, _)| TAGGED.contains(&key.kind.as_str())) {
            let (api, params) = tags::listing(&key.kind, thing.id.as_deref().unwrap_or(&key.name), &domain);
            let tags = tags::listed(&self.client.call(api, "ListTagResources", &params)?);
            thing.properties.insert(TAGS.to_owned(), tags.into());
        }
        Ok(())
    }

    fn entities(&self, entity: &Entity, things: &mut Things) -> Result<(), Failure> {
        let (list_action, path, show) = match entity.kind {
            POLICY => ("ListPolicies", ["Policies", "Policy"], "GetPolicy"),
            GROUP => ("ListGroups", ["Groups", "Group"], "GetGroup"),
            ROLE => ("ListRoles", ["Roles", "Role"], "GetRole"),
            _ => ("ListUsers", ["Users", "User"], "GetUser"),
        };
        let custom = [("PolicyType", "Custom")];
        let own: &[(&str, &str)] = if entity.kind == POLICY { &custom } else { &[] };
        for listed in self.by_marker(list_action, own, &path)? {
            let name = text(listed.get(entity.target)).unwrap_or_default().to_owned();
            let mut params = vec![(entity.target, name.as_str())];
            params.extend(own);
            let answer = self.call(RAM, show, &params)?;
            let shown = answer.get(path[1]).unwrap_or(&Value::Null);
            // What belongs to a service is made and removed by it.
            if shown.get("IsServiceLinkedRole") == Some(&Value::Bool(true)) {
                continue;
            }
            let mut thing = Thing { id: Some(name.clone()), ..Thing::default() };
            for (property, member, _) in entity.properties {
                if let Some(value) = shown.get(*member).filter(|value| **value != "") {
                    thing.properties.insert((*property).to_owned(), value.clone());
                }
            }
            let document = match entity.kind {
                POLICY => {
                    answer.pointer("/DefaultPolicyVersion/PolicyDocument").map(|found| ("document", found))
                }
                ROLE => shown.get("AssumeRolePolicyDocument").map(|found| ("trust", found)),
                _ => None,
            };
            if let Some((property, found)) = document {
                let document = serde_json::from_str(found.as_str().unwrap_or_default());
                thing.properties.insert(property.to_owned(), document.unwrap_or_else(|_| found.clone()));
            }
            things.insert(Key::new(entity.kind, name), thing);
        }
        Ok(())
    }

    fn resource_groups(&self, entity: &Entity, things: &mut Things) -> Result<(), Failure> {
        let own = [("PageSize", PAGE)];
        let listed = self.by_number(
            RESOURCE_MANAGER,
            "ListResourceGroups",
            &own,
            &["ResourceGroups", "ResourceGroup"],
        );
        for group in listed? {
            let id = text(group.get("Id")).map(str::to_owned);
            let name = text(group.get("Name")).unwrap_or_default();
            let shown = text(group.get("DisplayName")).map(|shown| ("display_name".to_owned(), shown.into()));
            let properties = shown.into_iter().collect();
            things.insert(Key::new(entity.kind, name), Thing { id, properties, ..Thing::default() });
        }
        Ok(())
    }

    fn grants(&self, things: &mut Things) -> Result<(), Failure> {
        let own = [("PageSize", PAGE)];
        let path = ["PolicyAttachments", "PolicyAttachment"];
        let groups: BTreeMap<String, String> = things
            .iter()
            .filter(|(key, _)| key.kind == RESOURCE_GROUP)
            .filter_map(|(key, thing)| Some((thing.id.clone()?, key.name.clone())))
            .collect();
        for listed in self.by_number(RESOURCE_MANAGER, "ListPolicyAttachments", &own, &path)? {
            let of = |name: &str| text(listed.get(name)).unwrap_or_default();
            let to = of("PrincipalName").split('@').next().unwrap_or_default();
            let to_kind = match of("PrincipalType") {
                "IMSUser" => USER,
                "IMSGroup" => GROUP,
                _ => ROLE,
            };
            // What a service-linked role may do is its service's.
            if !things.contains_key(&Key::new(to_kind, to)) {
                continue;
            }
            let grant = Grant {
                to_kind: to_kind.to_owned(),
                to: to.to_owned(),
                policy: of("PolicyName").to_owned(),
                in_group: groups.get(of("ResourceGroupId")).cloned(),
            };
            things.insert(grant.key(), grant.thing(Default::default()));
        }
        Ok(())
    }

    /// All buckets.
    pub(super) fn buckets(&self) -> Result<Things, Failure> {
        let mut things = Things::new();
        let listed = self.client.oss("GET", None, &[], &[])?;
        for name in elements(&listed, "Name") {
            let acl = self.client.oss("GET", Some(name), &[("acl", "")], &[])?;
            let acl = elements(&acl, "Grant").next().map(|acl| ("acl".to_owned(), acl.into()));
            let properties = acl.into_iter().collect();
            things.insert(
                Key::new(BUCKET, name),
                Thing { id: Some(name.to_owned()), properties, ..Thing::default() },
            );
        }
        Ok(things)
    }

    /// The keys of a user and whether it logs on to the console: what must go before the user does.
    pub(super) fn credentials_of(&self, user: &str) -> Result<(Vec<String>, bool), Failure> {
        let answer = self.call(RAM, "ListAccessKeys", &[("UserName", user)])?;
        let keys = list(&answer, &["AccessKeys", "AccessKey"]).iter();
        let keys = keys.filter_map(|key| text(key.get("AccessKeyId")).map(str::to_owned)).collect();
        let logs_on = match self.client.call(RAM, "GetLoginProfile", &params(&[("UserName", user)])) {
            Ok(_) => true,
            Err(CallError::Refused(refusal)) if refusal.status == 404 => false,
            Err(error) => return Err(error.into()),
        };
        Ok((keys, logs_on))
    }

    fn by_marker(&self, action: &str, own: &[(&str, &str)], path: &[&str]) -> Result<Vec<Value>, Failure> {
        self.by_marker_of(RAM, action, own, path)
    }

    fn by_marker_of(
        &self,
        api: Api<'_>,
        action: &str,
        own: &[(&str, &str)],
        path: &[&str],
    ) -> Result<Vec<Value>, Failure> {
        let mut found = Vec::new();
        let mut marker = String::new();
        loop {
            let mut params = vec![("MaxItems", PAGE)];
            params.extend(own);
            if !marker.is_empty() {
                params.push(("Marker", &marker));
            }
            let answer = self.call(api, action, &params)?;
            found.extend(list(&answer, path).iter().cloned());
            let next = text(answer.get("Marker")).map(str::to_owned);
            match (answer.get("IsTruncated"), next) {
                (Some(Value::Bool(true)), Some(next)) => marker = next,
                _ => return Ok(found),
            }
        }
    }

    /// All pages; `own` says how many a page has.
    pub(super) fn by_number(
        &self,
        api: Api<'_>,
        action: &str,
        own: &[(&str, &str)],
        path: &[&str],
    ) -> Result<Vec<Value>, Failure> {
        let size = own.iter().find(|(name, _)| *name == "PageSize").and_then(|(_, size)| size.parse().ok());
        let mut found = Vec::new();
        for page in 1_u32.. {
            let page = page.to_string();
            let mut params = own.to_vec();
            params.push(("PageNumber", &page));
            let answer = self.call(api, action, &params)?;
            let listed = list(&answer, path);
            found.extend(listed.iter().cloned());
            if listed.len() < size.unwrap_or(1) {
                break;
            }
        }
        Ok(found)
    }

    pub(super) fn call(&self, api: Api<'_>, action: &str, own: &[(&str, &str)]) -> Result<Value, Failure> {
        Ok(self.client.call(api, action, &params(own))?)
    }
}

/// Whether a resource group is the one that every account has.
pub(super) fn is_default_group(key: &Key) -> bool {
    key.kind == RESOURCE_GROUP && key.name == DEFAULT_GROUP
}

fn params(own: &[(&str, &str)]) -> Vec<(String, String)> {
    own.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(super) fn list<'v>(answer: &'v Value, path: &[&str]) -> &'v [Value] {
    let found = path.iter().try_fold(answer, |value, member| value.get(member));
    found.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The texts of an XML document's elements of one name, which hold nothing that XML would escape.
fn elements<'x>(document: &'x str, name: &str) -> impl Iterator<Item = &'x str> {
    let (start, end) = (format!("<{name}>"), format!("</{name}>"));
    document
        .split(&start)
        .skip(1)
        .filter_map(move |rest| rest.split(&end).next())
        .collect::<Vec<_>>()
        .into_iter()
}
