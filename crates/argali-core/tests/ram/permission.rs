//! What each operation needs permission for: nothing less will do, and nothing more is asked.

use crate::world::{ACCOUNT, Params, World, allow, document, trust};

/// An operation, parameters, and what the caller must be allowed to use it on, after `acs:ram:*:<account>:`.
type Case = (&'static str, Params<'static>, &'static [&'static str]);

const USER: (&str, &str) = ("UserName", "u");
const GROUP: (&str, &str) = ("GroupName", "g");
const ROLE: (&str, &str) = ("RoleName", "r");
const SERVICE: (&str, &str) = ("ServiceName", "actiontrail.aliyuncs.com");
const LINKED_ROLE: (&str, &str) = ("RoleName", "AliyunServiceRoleForActionTrail");
const CUSTOM: (&str, &str) = ("PolicyType", "Custom");
const SYSTEM: (&str, &str) = ("PolicyType", "System");
const POLICY: (&str, &str) = ("PolicyName", "p");
const VERSION: (&str, &str) = ("VersionId", "v1");
const KEY: (&str, &str) = ("UserAccessKeyId", "LTAInone");
const NAMES: (&str, &str) = ("ResourceNames", r#"["r","s"]"#);
const DEVICE: (&str, &str) = ("SerialNumber", "acs:ram::11223344:mfa/d");
const CODES: [(&str, &str); 2] = [("AuthenticationCode1", "123456"), ("AuthenticationCode2", "654321")];
const TAG: (&str, &str) = ("Tag", r#"[{"Key":"team"}]"#);

const CASES: &[Case] = &[
    ("CreateUser", &[USER], &["user/*"]),
    ("GetUser", &[USER], &["user/u"]),
    ("ListUsers", &[], &["user/*"]),
    ("UpdateUser", &[USER], &["user/u"]),
    ("DeleteUser", &[USER], &["user/u"]),
    ("CreateAccessKey", &[USER], &["user/u"]),
    ("CreateAccessKey", &[], &["user/caller"]),
    ("UpdateAccessKey", &[USER, KEY, ("Status", "Active")], &["user/u"]),
    ("DeleteAccessKey", &[USER, KEY], &["user/u"]),
    ("DeleteAccessKey", &[KEY], &["user/caller"]),
    ("ListAccessKeys", &[USER], &["user/u"]),
    ("ListAccessKeys", &[], &["user/caller"]),
    ("GetAccessKeyLastUsed", &[USER, KEY], &["user/u"]),
    ("GetAccessKeyLastUsed", &[KEY], &["user/caller"]),
    ("CreateGroup", &[GROUP], &["group/*"]),
    ("GetGroup", &[GROUP], &["group/g"]),
    ("ListGroups", &[], &["group/*"]),
    ("UpdateGroup", &[GROUP], &["group/g"]),
    ("DeleteGroup", &[GROUP], &["group/g"]),
    ("AddUserToGroup", &[USER, GROUP], &["user/u", "group/g"]),
    ("RemoveUserFromGroup", &[USER, GROUP], &["user/u", "group/g"]),
    ("ListGroupsForUser", &[USER], &["user/u"]),
    ("ListUsersForGroup", &[GROUP], &["group/g"]),
    ("CreateRole", &[ROLE, ("AssumeRolePolicyDocument", "{}")], &["role/r"]),
    ("GetRole", &[ROLE], &["role/r"]),
    ("ListRoles", &[], &["role/*"]),
    ("UpdateRole", &[ROLE], &["role/r"]),
    ("DeleteRole", &[ROLE], &["role/r"]),
    ("CreateServiceLinkedRole", &[SERVICE], &["role/*"]),
    ("GetServiceLinkedRoleTemplate", &[SERVICE], &["role/*"]),
    ("DeleteServiceLinkedRole", &[LINKED_ROLE], &["role/*"]),
    ("CreatePolicy", &[POLICY, ("PolicyDocument", "{}")], &["policy/p"]),
    ("GetPolicy", &[POLICY, CUSTOM], &["policy/p"]),
    ("GetPolicy", &[POLICY, SYSTEM], &["system:policy/p"]),
    ("ListPolicies", &[], &["policy/*"]),
    ("UpdatePolicyDescription", &[POLICY, ("NewDescription", "d")], &["policy/p"]),
    ("DeletePolicy", &[POLICY], &["policy/p"]),
    ("CreatePolicyVersion", &[POLICY, ("PolicyDocument", "{}")], &["policy/p"]),
    ("GetPolicyVersion", &[POLICY, CUSTOM, VERSION], &["policy/p"]),
    ("GetPolicyVersion", &[POLICY, SYSTEM, VERSION], &["system:policy/p"]),
    ("ListPolicyVersions", &[POLICY, CUSTOM], &["policy/p"]),
    ("ListPolicyVersions", &[POLICY, SYSTEM], &["system:policy/p"]),
    ("SetDefaultPolicyVersion", &[POLICY, VERSION], &["policy/p"]),
    ("DeletePolicyVersion", &[POLICY, VERSION], &["policy/p"]),
    ("ListEntitiesForPolicy", &[POLICY, CUSTOM], &["policy/p"]),
    ("ListEntitiesForPolicy", &[POLICY, SYSTEM], &["system:policy/p"]),
    ("AttachPolicyToUser", &[USER, CUSTOM, POLICY], &["user/u", "policy/p"]),
    ("AttachPolicyToUser", &[USER, SYSTEM, POLICY], &["user/u", "system:policy/p"]),
    ("AttachPolicyToGroup", &[GROUP, CUSTOM, POLICY], &["group/g", "policy/p"]),
    ("AttachPolicyToRole", &[ROLE, CUSTOM, POLICY], &["role/r", "policy/p"]),
    ("DetachPolicyFromUser", &[USER, CUSTOM, POLICY], &["user/u", "policy/p"]),
    ("DetachPolicyFromGroup", &[GROUP, CUSTOM, POLICY], &["group/g", "policy/p"]),
    ("DetachPolicyFromRole", &[ROLE, SYSTEM, POLICY], &["role/r", "system:policy/p"]),
    ("ListPoliciesForUser", &[USER], &["user/u"]),
    ("ListPoliciesForGroup", &[GROUP], &["group/g"]),
    ("ListPoliciesForRole", &[ROLE], &["role/r"]),
    ("TagResources", &[("ResourceType", "role"), NAMES, TAG], &["role/r", "role/s"]),
    ("TagResources", &[("ResourceType", "policy"), NAMES, TAG], &["policy/r", "policy/s"]),
    ("TagResources", &[("ResourceType", "role"), ("ResourceNames", "[]"), TAG], &["role/*"]),
    ("UntagResources", &[("ResourceType", "role"), NAMES, ("All", "true")], &["role/r", "role/s"]),
    ("ListTagResources", &[("ResourceType", "role")], &["*"]),
    ("SetAccountAlias", &[("AccountAlias", "alias")], &["*"]),
    ("GetAccountAlias", &[], &["*"]),
    ("ClearAccountAlias", &[], &["*"]),
    ("CreateLoginProfile", &[USER, ("Password", "correct horse 1")], &["user/u"]),
    ("GetLoginProfile", &[USER], &["user/u"]),
    ("UpdateLoginProfile", &[USER, ("MFABindRequired", "true")], &["user/u"]),
    ("DeleteLoginProfile", &[USER], &["user/u"]),
    ("GetPasswordPolicy", &[], &["*"]),
    ("SetPasswordPolicy", &[("MinimumPasswordLength", "9")], &["*"]),
    ("GetSecurityPreference", &[], &["*"]),
    ("SetSecurityPreference", &[("LoginSessionDuration", "7")], &["*"]),
    ("CreateVirtualMFADevice", &[("VirtualMFADeviceName", "d")], &["mfa/*"]),
    ("ListVirtualMFADevices", &[], &["mfa/*"]),
    ("DeleteVirtualMFADevice", &[DEVICE], &["mfa/d"]),
    ("BindMFADevice", &[USER, DEVICE, CODES[0], CODES[1]], &["user/u"]),
    ("UnbindMFADevice", &[USER], &["user/u"]),
    ("GetUserMFAInfo", &[USER], &["user/u"]),
    ("DecodeDiagnosticMessage", &[("EncodedDiagnosticMessage", "AQEAAAAA")], &["*"]),
];

fn arn(relative: &str) -> String {
    match relative.strip_prefix("system:") {
        Some(policy) => format!("acs:ram:*:system:{policy}"),
        None => format!("acs:ram:*:{ACCOUNT}:{relative}"),
    }
}

#[test]
fn every_operation_is_among_the_cases() {
    let mut tested: Vec<_> = CASES.iter().map(|(action, ..)| (*action).to_owned()).collect();
    // Users change their own password, which their account allows them without a policy.
    tested.push("ChangePassword".to_owned());
    tested.sort();
    tested.dedup();
    assert_eq!(World::new().operations("2015-05-01"), tested);
}

/// None of what is named exists. Whoever may not ask is told nothing of that.
#[test]
fn exactly_the_resources_named_must_be_allowed() {
    let world = World::new();
    let caller = world.user("caller");
    world.policy("granted", &allow("none:None", "*"));
    world.grant("caller", "Custom", "granted");
    let rotate = ("RotateStrategy", "DeleteOldestNonDefaultVersionWhenLimitExceeded");
    let set = |statements: &[String]| {
        let text = document(&statements.join(","));
        let new = [("PolicyName", "granted"), ("PolicyDocument", &text), ("SetAsDefault", "true"), rotate];
        world.ok(&world.root, "CreatePolicyVersion", &new);
    };
    for (action, params, needed) in CASES {
        let statement = |relative: &&str| allow(&format!("ram:{action}"), &arn(relative));
        let all: Vec<_> = needed.iter().map(statement).collect();
        for left_out in 0..all.len() {
            let mut some = all.clone();
            some[left_out] = allow("ram:*", "acs:ram:*:*:none/none");
            set(&some);
            let message = world.refused(&caller, action, params, 403, "NoPermission");
            assert!(message.contains(&arn(needed[left_out])), "{message}");
            assert!(message.contains(&format!("ram:{action}")), "{message}");
        }
        set(&all);
        let (status, body) = world.call(&caller, action, params);
        assert_ne!(status, 403, "{action} {params:?}: {body}");
    }
}

#[test]
fn nobody_reaches_into_another_account() {
    let world = World::new();
    let other = world.other_account();
    world.ok(&world.root, "CreateUser", &[("UserName", "alice")]);
    world.role("ops", ACCOUNT);
    world.policy("p", &allow("ecs:*", "*"));
    world.refused(&other, "GetUser", &[("UserName", "alice")], 404, "EntityNotExist.User");
    world.refused(&other, "GetRole", &[("RoleName", "ops")], 404, "EntityNotExist.Role");
    world.refused(&other, "DeletePolicy", &[POLICY], 404, "EntityNotExist.Policy");
    let own = trust(&format!("acs:ram::{ACCOUNT}:user/nobody"));
    // Names of other accounts are accepted unseen.
    world.ok(&other, "CreateRole", &[("RoleName", "r"), ("AssumeRolePolicyDocument", &own)]);
}
