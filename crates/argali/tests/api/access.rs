//! Who may call what: every operation, called by every kind of caller.
//!
//! The operations come from the registry, so that none is forgotten: a new one fails here until it has an entry in
//! `stage/`. What comes of each call is kept in a snapshot, where a change of access shows as a line.

use std::fmt::Write;

use argali_testkit::registry::{Refusal, Registered};
use argali_testkit::{ApiFailure, Client, Credentials, Enterprise, Format, TestServer, allow};
use serde_json::{Value, json};

use crate::expect::well_mannered;
use crate::shape::known;
use crate::stage::{Params, Stage, borrowed, fresh};
use crate::world::{operators_on, tenant_on};

/// Operations that need no permission: everybody may ask who they are. This list only shrinks.
// SPEC: evaluation, AssumeRole, the note on GetCallerIdentity.
const OPEN: &[(&str, &str)] = &[("Sts", "GetCallerIdentity")];
/// Operations on the caller itself, which accounts let their users do unless they say otherwise.
// SPEC: limits, security preference.
const ON_ONESELF: &[(&str, &str)] = &[("Ram", "ChangePassword"), ("Ims", "ChangePassword")];
/// Operations on the console logon that is presented: whoever signs has none. This list only shrinks.
pub(crate) const LOGON_ONLY: &[(&str, &str)] = &[
    ("Argali", "AddFavouriteRole"),
    ("Argali", "BeginPasskeyRegistration"),
    ("Argali", "BindOwnerMFADevice"),
    ("Argali", "BeginPasskeyVerification"),
    ("Argali", "EndLogonSessions"),
    ("Argali", "ExtendRole"),
    ("Argali", "GetLogonSession"),
    ("Argali", "GetOwnerMFADevice"),
    ("Argali", "GetPasswordRules"),
    ("Argali", "GetSwitchedRoleEnd"),
    ("Argali", "ListFavouriteRoles"),
    ("Argali", "ListLogonSessions"),
    ("Argali", "ListSwitchedRoles"),
    ("Argali", "ListUsableRoles"),
    ("Argali", "LogOff"),
    ("Argali", "RegisterPasskey"),
    ("Argali", "RemoveFavouriteRole"),
    ("Argali", "SetPreferences"),
    ("Argali", "SwitchBack"),
    ("Argali", "SwitchRole"),
    ("Argali", "UnbindOwnerMFADevice"),
    ("Argali", "VerifyIdentity"),
];
/// Operations that the account itself may not call, and how it is refused. This list only shrinks.
// SPEC: evaluation, AssumeRole: the account itself is refused; the errors of ChangePassword.
const CLOSED_TO_OWNERS: &[(&str, &str, &str)] = &[
    ("Sts", "AssumeRole", "NoPermission"),
    ("Ram", "ChangePassword", "NotSupport.Account"),
    ("Ims", "ChangePassword", "NotSupport.Account"),
];

/// Operations that nobody succeeds with on these servers, and why not. This list only shrinks: `argali/server.rs` has one
/// with a world that it can go back to.
pub(crate) const NOT_HERE: &[(&str, &str, &str)] = &[("Argali", "ResetWorld", "NotSupport.Server")];

/// The callers, but for the one without a signature.
struct Cast {
    /// Signs with the owner's key, and the wrong secret.
    forger: Client,
    /// A user without any policy.
    ungranted: Client,
    /// A session of a role without any policy.
    session: Client,
    /// A user that may do everything but the operation in question.
    denied: Client,
    /// A user that may do nothing but the operation in question.
    granted: Client,
    /// The owner of another account.
    stranger: Enterprise,
}

/// What the owner and each of the cast came to, in the order of the snapshot's columns.
type Row = [String; 8];
/// Operations that need a further permission: whoever has events told must be allowed to look them up.
const NEEDS_MORE: [(&str, &str); 1] = [("Argali", "CreateWebhook")];

const COLUMNS: [&str; 8] =
    ["anonymous", "forger", "ungranted", "session", "denied", "granted", "owner", "stranger"];

impl Cast {
    fn assemble(server: &TestServer, owner: &Enterprise) -> Self {
        let real = owner.client.credentials();
        let wrong = argali_protocol::Secret::new("not the secret of this key".to_owned());
        let forger = owner.client.with_credentials(Credentials { access_key_secret: wrong, ..real.clone() });
        let role = owner.role("without-rights", &[&owner.root_arn()], &[]);
        let assumer = owner.user("assumer");
        owner.grant("assumer", "AliyunSTSAssumeRoleAccess");
        let denied = owner.user("denied");
        owner.grant("denied", "AdministratorAccess");
        Self {
            forger,
            ungranted: owner.user("ungranted"),
            session: assumer.assume(&role, "session").unwrap(),
            denied,
            granted: owner.user("granted"),
            stranger: tenant_on(server),
        }
    }
}

/// Calls one operation as everybody.
fn everybody(stage: &Stage<'_>, cast: &Cast, product: &str, action: &str, permission: &str) -> Row {
    let params = stage.params(product, action);
    let call =
        |client: &Client, params: &Params| outcome(product, &client.call(product, action, &borrowed(params)));
    let anonymous = {
        let mut signed = cast.ungranted.sign(product, action, &borrowed(&params));
        signed.headers.retain(|(name, _)| name != "authorization");
        outcome(product, &cast.ungranted.send(&signed))
    };
    let (forger, ungranted, session) =
        (call(&cast.forger, &params), call(&cast.ungranted, &params), call(&cast.session, &params));
    let denied = with_policy(&stage.owner, "denied", "Deny", permission, || call(&cast.denied, &params));
    let stranger = call(&cast.stranger.client, &params);
    let granted = with_policy(&stage.owner, "granted", "Allow", permission, || call(&cast.granted, &params));
    let owner = by_owner(stage, product, action);
    [anonymous, forger, ungranted, session, denied, granted, owner, stranger]
}

/// Calls an operation as the account itself, in both forms of answers, which must be those of the reference.
fn by_owner(stage: &Stage<'_>, product: &str, action: &str) -> String {
    let client = &stage.owner.client;
    let result = client.call(product, action, &borrowed(&stage.params(product, action)));
    if let Ok(answer) = &result {
        known(product, action, answer);
        let params = stage.params(product, action);
        let request = client.format(Format::Xml).sign(product, action, &borrowed(&params));
        let (status, content_type, body) = client.exchange(&request);
        let body = String::from_utf8(body).unwrap();
        assert_eq!((status, content_type.as_str()), (200, "text/xml;charset=utf-8"), "{action}: {body}");
        let root = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><{action}Response><RequestId>");
        assert!(body.starts_with(&root) && body.ends_with(&format!("</{action}Response>")), "{body}");
    }
    outcome(product, &result)
}

/// Does something while a user has a policy about one action.
fn with_policy<T>(owner: &Enterprise, user: &str, effect: &str, action: &str, act: impl FnOnce() -> T) -> T {
    let (name, mut document) = (fresh("only"), allow(&[action], &["*"]));
    document["Statement"][0]["Effect"] = json!(effect);
    owner.grant_document(user, &name, &document);
    let result = act();
    let params = [("UserName", user), ("PolicyName", &name), ("PolicyType", "Custom")];
    owner.must("Ram", "DetachPolicyFromUser", &params);
    owner.must("Ram", "DeletePolicy", &params[1..2]);
    result
}

fn outcome(product: &str, result: &Result<Value, ApiFailure>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(failure) => {
            well_mannered(product, failure);
            failure.code.clone()
        }
    }
}

/// What must hold of every operation, whatever the snapshot says.
fn check(operation: &Registered, row: &Row) {
    let (product, action) = (operation.product.as_str(), operation.name());
    let refusal = match operation.refusal {
        Refusal::NoPermission => "NoPermission",
        Refusal::ForbiddenRam => "Forbidden.RAM",
        Refusal::AccessDenied => "AccessDenied",
    };
    let [anonymous, forger, ungranted, session, denied, granted, owner, _] = row;
    assert_eq!(forger, "SignatureDoesNotMatch", "{product} {action} with a wrong signature");
    if operation.endpoint.is_open() {
        // It judges by what is presented to it, whoever presents it.
        return;
    }
    assert_eq!(anonymous, "MissingAccessKeyId", "{product} {action} without a signature");
    if LOGON_ONLY.contains(&(product, action)) {
        assert!(row[2..].iter().all(|outcome| outcome == "Logon.Required"), "{product} {action}: {row:?}");
        return;
    }
    let open = OPEN.contains(&(product, action));
    let expected = if open { "ok" } else { refusal };
    let by_itself = if ON_ONESELF.contains(&(product, action)) { "ok" } else { expected };
    assert_eq!(ungranted, by_itself, "{product} {action} by a user without policies");
    assert_eq!(session, expected, "{product} {action} by a session without policies");
    assert_eq!(denied, expected, "{product} {action} by a user who is denied it");
    let listed = |list: &[(&str, &str, &'static str)]| {
        list.iter().find(|(its, name, _)| (*its, *name) == (product, action)).map(|(_, _, code)| *code)
    };
    let success = listed(NOT_HERE).unwrap_or("ok");
    let expected = if NEEDS_MORE.contains(&(product, action)) { refusal } else { success };
    assert_eq!(granted, expected, "{product} {action} by a user who may do nothing else");
    let expected = listed(CLOSED_TO_OWNERS).unwrap_or(success);
    assert_eq!(owner, expected, "{product} {action} by the account itself");
}

fn matrix(product: &str) -> String {
    let (server, owner) = operators_on(crate::stage::builder());
    let cast = Cast::assemble(&server, &owner);
    let stage = Stage::new(&server, owner);
    let mut table = format!("{:34}", "");
    for column in COLUMNS {
        write!(table, "{column:22}").unwrap();
    }
    for operation in server.core().registry().iter().filter(|operation| operation.product == product) {
        let action = operation.name();
        let row = everybody(&stage, &cast, product, action, operation.action);
        check(operation, &row);
        write!(table, "\n{action:33} ").unwrap();
        for outcome in row {
            write!(table, "{outcome:22}").unwrap();
        }
    }
    table.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// Declares a test for each product.
macro_rules! matrices {
    ($($test:ident = $product:literal;)*) => {
        $(#[test]
        fn $test() {
            insta::assert_snapshot!(matrix($product));
        })*

        #[test]
        fn every_product_is_in_a_matrix() {
            let server = crate::world::shared();
            for operation in server.core().registry().iter() {
                let product = operation.product.as_str();
                assert!([$($product),*].contains(&product), "add `{product}` to a matrix");
            }
        }
    };
}

matrices! {
    of_ram = "Ram";
    of_sts = "Sts";
    of_ims = "Ims";
    of_resource_management = "ResourceManager";
    of_actiontrail = "Actiontrail";
    of_our_own_operations = "Argali";
    of_ecs = "Ecs";
    of_vpc = "Vpc";
    of_rds = "Rds";
    of_slb = "Slb";
    of_sofa = "SOFA";
}

#[test]
fn a_refusal_says_who_was_refused_what_and_why() {
    let owner = crate::world::tenant();
    let role = owner.role("without-rights", &[&owner.root_arn()], &[]);
    let user = owner.user("alice");
    let user_id = owner.must("Ram", "GetUser", &[("UserName", "alice")])["User"]["UserId"].clone();
    let detail = |client: &Client| {
        let failure = client.call("Ram", "ListUsers", &[]).unwrap_err();
        assert_eq!((failure.code.as_str(), failure.status), ("NoPermission", 403));
        let resource = format!("acs:ram:*:{}:user/*", owner.id);
        assert!(
            failure.message.contains(&resource) && failure.message.contains("ram:ListUsers"),
            "{failure}"
        );
        *failure.access_denied_detail.expect("a refusal has its detail")
    };
    let implicit = detail(&user);
    assert_eq!(implicit.auth_action, "ram:ListUsers");
    assert_eq!(implicit.auth_principal_type, "SubUser");
    assert_eq!(implicit.auth_principal_owner_id, owner.id);
    assert_eq!(implicit.auth_principal_display_name, user_id);
    assert_eq!(implicit.no_permission_type, "ImplicitDeny");
    assert_eq!(implicit.policy_type, "AccountLevelIdentityBasedPolicy");

    owner.grant("alice", "AdministratorAccess");
    let explicit = with_policy(&owner, "alice", "Deny", "ram:ListUsers", || detail(&user));
    assert_eq!(explicit.no_permission_type, "ExplicitDeny");

    let session = detail(&user.assume(&role, "at-work").unwrap());
    assert_eq!(session.auth_principal_type, "AssumedRoleUser");
    assert_eq!(session.auth_principal_owner_id, owner.id);
    assert_eq!(session.auth_principal_display_name, "without-rights:at-work");
}
