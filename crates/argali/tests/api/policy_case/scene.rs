//! A server with the accounts, principals and policies of one case.

use std::collections::BTreeMap;

use argali_policy::case::{AttachedLayer, CasePrincipal, PrincipalKind, Situation, Via};
use argali_server::Timestamp;
use argali_testkit::{Client, Credentials, Enterprise, TestClock, TestServer, allow};
use serde_json::json;

use super::ask::last_part;
use super::document::make_trusted;
use crate::expect::Calls;
use crate::stage::{Stage, fresh, text};

/// Who lets the principals of cases into their roles.
const SOURCE: &str = "case-source";

/// The server of one case.
pub(super) struct Scene {
    pub(super) server: TestServer,
    /// The account that the principal belongs to; the owner's, if it is nobody.
    pub(super) home: Enterprise,
    /// The account that owns the resource; the same or another.
    pub(super) owner: Enterprise,
    /// The principal, which has no policy yet.
    pub(super) caller: Client,
    /// Users and roles that are there, such as `user/alice`.
    known: Vec<String>,
}

impl Scene {
    /// Sets up a server that offers the services of a file, the accounts and the principal, an hour before the time
    /// of the case.
    pub(super) fn set(situation: &Situation<'_>, service: Option<&str>) -> Self {
        let folder = tempfile::TempDir::with_prefix("argali-case-").unwrap();
        let mut builder = TestServer::builder()
            .configure(|config| config.listen.trusted_proxies = vec!["127.0.0.1".parse().unwrap()]);
        if let Some(service) = service {
            std::fs::write(folder.path().join("case.toml"), service).unwrap();
            builder = builder.configure(|config| config.services.dir = folder.path().to_owned());
        }
        let clock = TestClock::default();
        if let Some(time) = time_of(situation) {
            clock.set(Timestamp::from_seconds(time.as_seconds() - 3_600));
        }
        let server = builder.clock(clock).start();
        let principal = &situation.principal;
        let owner_id = situation.request.owner.as_str();
        let home_id = match principal.kind {
            PrincipalKind::Anonymous => owner_id,
            _ => &principal.account,
        };
        let home = server.account("home", home_id);
        let owner = match owner_id == home_id {
            true => home.clone(),
            false => server.account("owner", owner_id),
        };
        let mut known = Vec::new();
        let caller = caller(&home, situation, &mut known);
        Self { server, home, owner, caller, known }
    }

    /// Makes a role with the trust policy of the case; one that trusts nobody if the case has none.
    pub(super) fn role_to_assume(&mut self, situation: &Situation<'_>, name: &str) {
        let nobody = argali_testkit::trust(&[]).to_string();
        let trust = situation.attached.iter().find(|one| one.layer == AttachedLayer::Trust);
        let trust = trust.map_or(nobody.as_str(), |one| one.text);
        make_trusted(&self.owner, trust, &mut self.known);
        self.owner.must("Ram", "CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", trust)]);
    }

    /// Attaches the identity policies of the case, as `rewrite` gives their texts.
    pub(super) fn attach(&self, situation: &Situation<'_>, rewrite: impl Fn(&str) -> String) {
        let principal = &situation.principal;
        let scopes = self.resource_groups(situation);
        let mut groups = Vec::new();
        for one in &situation.attached {
            let AttachedLayer::Identity { via, group } = &one.layer else { continue };
            let scope = group.as_ref().map(|group| ("ResourceGroupId", scopes[group].as_str()));
            let (policy, document) = (fresh("case"), rewrite(one.text));
            let made = [("PolicyName", policy.as_str()), ("PolicyDocument", &document)];
            self.home.must("Ram", "CreatePolicy", &made);
            let custom = [("PolicyName", policy.as_str()), ("PolicyType", "Custom")];
            let attach = |operation: &str, name: &str, whom: &str| {
                let params = custom.into_iter().chain([(name, whom)]).chain(scope);
                self.home.must("Ram", operation, &params.collect::<Vec<_>>());
            };
            match via {
                Via::Group(group) => {
                    if !groups.contains(&group) {
                        self.home.must("Ram", "CreateGroup", &[("GroupName", group)]);
                        let member = [("UserName", principal.name.as_str()), ("GroupName", group)];
                        self.home.must("Ram", "AddUserToGroup", &member);
                        groups.push(group);
                    }
                    attach("AttachPolicyToGroup", "GroupName", group);
                }
                _ if principal.kind == PrincipalKind::AssumedRole => {
                    attach("AttachPolicyToRole", "RoleName", &principal.name);
                }
                _ => attach("AttachPolicyToUser", "UserName", &principal.name),
            }
        }
    }

    /// The resource groups in which policies of the case count: the one that the resource is in is the default one.
    fn resource_groups(&self, situation: &Situation<'_>) -> BTreeMap<String, String> {
        let asked_in = situation.request.resource_group.as_ref();
        let named = situation.attached.iter().filter_map(|one| match &one.layer {
            AttachedLayer::Identity { group, .. } => group.as_ref(),
            _ => None,
        });
        let mut ids = BTreeMap::new();
        for group in named {
            ids.entry(group.clone()).or_insert_with(|| match asked_in {
                Some(asked) if asked != group => self.other_group(),
                _ => self.default_group(),
            });
        }
        ids
    }

    /// A resource group that nothing is in.
    fn other_group(&self) -> String {
        let name = fresh("group");
        let params = [("Name", name.as_str()), ("DisplayName", &name)];
        let made = self.home.must("ResourceManager", "CreateResourceGroup", &params);
        text(&made["ResourceGroup"]["Id"])
    }

    /// The resource group in which resources are unless told otherwise.
    fn default_group(&self) -> String {
        let stage = Stage::new(&self.server, self.home.clone());
        let params = stage.params("Vpc", "MoveResourceGroup");
        params.into_iter().find(|(name, _)| *name == "NewResourceGroupId").unwrap().1
    }

    /// Moves the clock to the time of the case.
    pub(super) fn wait_for(&self, situation: &Situation<'_>) {
        if let Some(time) = time_of(situation) {
            self.server.clock().set(time);
        }
    }
}

fn time_of(situation: &Situation<'_>) -> Option<Timestamp> {
    let time: jiff::Timestamp = situation.request.context.get("acs:CurrentTime").first()?.parse().unwrap();
    Some(Timestamp::from_seconds(time.as_second()))
}

/// A client of the principal.
fn caller(home: &Enterprise, situation: &Situation<'_>, known: &mut Vec<String>) -> Client {
    let CasePrincipal { kind, name, session, .. } = &situation.principal;
    match kind {
        PrincipalKind::RAMUser => {
            known.push(format!("user/{}", name.to_ascii_lowercase()));
            home.user(name)
        }
        PrincipalKind::AssumedRole => {
            known.push(format!("role/{}", name.to_ascii_lowercase()));
            let role = home.role(name, &[&home.root_arn()], &[]);
            let source = home.user(SOURCE);
            home.grant_document(
                SOURCE,
                SOURCE,
                &allow(&["sts:AssumeRole"], &[&format!("acs:ram:*:*:role/{name}")]),
            );
            let session = if session.is_empty() { "session" } else { session };
            let narrowed = situation.attached.iter().find(|one| one.layer == AttachedLayer::Session);
            let mut params = vec![("RoleArn", role.as_str()), ("RoleSessionName", session)];
            params.extend(narrowed.map(|one| ("Policy", one.text)));
            let answer = source.must("Sts", "AssumeRole", &params);
            let text = |member: &str| answer["Credentials"][member].as_str().unwrap().to_owned();
            source.with_credentials(Credentials {
                access_key_id: text("AccessKeyId"),
                access_key_secret: argali_protocol::Secret::new(text("AccessKeySecret")),
                security_token: Some(text("SecurityToken")),
            })
        }
        _ => home.client.clone(),
    }
}

/// A service file whose one operation asks for an action on resources, and nothing else; on one resource with tags,
/// which is made first, if `tagged`.
pub(super) fn declare(action: &str, resources: &[String], tagged: bool) -> String {
    let (ram_code, operation) = action.split_once(':').unwrap();
    let checks = json!(resources);
    let offered = match tagged {
        false => format!(
            "[operation.{operation}]\nserves = \"row\"\nchecks = {checks}\nanswer = {{ Rows = \"{{items}}\" }}\n"
        ),
        true => format!(
            "[resource.thing]\narn = \"{}{{id}}\"\nid = {{ parameter = \"ThingId\", prefix = \"t-\" }}\ntags = true\n\
             view = {{ ThingId = \"{{id}}\" }}\n\
             [operation.CreateThing]\ncreates = \"thing\"\nanswer = {{ ThingId = \"{{self.id}}\" }}\n\
             [operation.{operation}]\nshows = \"thing\"\nanswer = \"{{self.view}}\"\n",
            resources[0].strip_suffix(last_part(&resources[0])).unwrap_or_default()
        ),
    };
    format!(
        "service = \"case\"\ntitle = \"A case\"\nproduct = \"Case\"\nversion = \"2026-01-01\"\n\
         ram_code = \"{ram_code}\"\nauthorization = \"resource\"\nother_accounts = \"open\"\n\
         [table.row]\nkey = \"Id\"\nrows = [{{ Id = \"a\" }}]\n{offered}"
    )
}
