//! Each thing that a session stands on is taken away in turn, and given back where it can be.

use argali_server::config::Revocation;
use argali_testkit::{TestServer, allow, trust};
use serde_json::json;

use super::{MALFORMED, REVOKED, Story};
use crate::expect::Calls;

const ASSUME: [(&str, &str); 2] = [("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
const ECS: [(&str, &str); 2] = [("PolicyName", "AliyunECSFullAccess"), ("PolicyType", "System")];
const ALICE: (&str, &str) = ("UserName", "alice");
const ROLE: (&str, &str) = ("RoleName", "ecs-admin");

/// Something that ends a session, and what undoes it.
struct Removal {
    what: &'static str,
    remove: fn(&Story),
    code: &'static str,
    restore: fn(&Story),
}

/// What can be taken back: then an unexpired session goes on.
const REVERSIBLE: &[Removal] = &[
    Removal {
        what: "the trust policy no longer names the account",
        remove: |story| story.trust(&trust(&[])),
        code: REVOKED,
        restore: |story| story.trust(&trust(&[&story.b.root_arn()])),
    },
    Removal {
        what: "the trust policy names another user",
        remove: |story| story.trust(&trust(&["acs:ram::12345678:user/bob"])),
        code: REVOKED,
        restore: |story| story.trust(&trust(&["acs:ram::12345678:user/alice"])),
    },
    Removal {
        what: "the trust policy denies the account",
        remove: |story| {
            let mut document = trust(&[&story.b.root_arn()]);
            let mut deny = document["Statement"][0].clone();
            deny["Effect"] = json!("Deny");
            document["Statement"].as_array_mut().unwrap().push(deny);
            story.trust(&document);
        },
        code: REVOKED,
        restore: |story| story.trust(&trust(&[&story.b.root_arn()])),
    },
    Removal {
        what: "the user's permission to assume is detached",
        remove: |story| {
            story.b.must("Ram", "DetachPolicyFromUser", &[&[ALICE], &ASSUME[..]].concat());
        },
        code: REVOKED,
        restore: |story| story.b.grant("alice", ASSUME[0].1),
    },
    Removal {
        what: "a policy that denies assuming is attached",
        remove: |story| {
            let mut document = allow(&["sts:AssumeRole"], &["*"]);
            document["Statement"][0]["Effect"] = json!("Deny");
            story.b.grant_document("alice", "never", &document);
        },
        code: REVOKED,
        restore: |story| {
            let never = [("PolicyName", "never"), ("PolicyType", "Custom")];
            story.b.must("Ram", "DetachPolicyFromUser", &[&[ALICE], &never[..]].concat());
            story.b.must("Ram", "DeletePolicy", &never[..1]);
        },
    },
    Removal {
        what: "the user's key is disabled",
        remove: |story| {
            let params = [&story.alices_key()[..], &[("Status", "Inactive")]].concat();
            story.b.must("Ram", "UpdateAccessKey", &params);
        },
        code: REVOKED,
        restore: |story| {
            let params = [&story.alices_key()[..], &[("Status", "Active")]].concat();
            story.b.must("Ram", "UpdateAccessKey", &params);
        },
    },
    Removal {
        what: "the assuming account is closed",
        remove: |story| story.server.close(&story.b),
        code: REVOKED,
        restore: |story| story.server.reopen(&story.b),
    },
    Removal {
        what: "the role's account is closed",
        remove: |story| story.server.close(&story.a),
        code: REVOKED,
        restore: |story| story.server.reopen(&story.a),
    },
];

#[test]
fn what_is_given_back_lets_an_unexpired_session_go_on() {
    let story = Story::begin();
    for Removal { what, remove, code, restore } in REVERSIBLE {
        eprintln!("{what}");
        remove(&story);
        story.ended(code);
        // And not only once.
        story.ended(code);
        restore(&story);
        story.lives();
    }
}

#[test]
fn where_the_operator_wants_it_as_upstream_issued_tokens_run_on() {
    let server = TestServer::builder()
        .configure(|config| config.identity.session_revocation = Revocation::Upstream)
        .start();
    let story = Story::begin_on(server);
    for Removal { what, remove, restore, .. } in REVERSIBLE {
        eprintln!("{what}");
        // What concerns the role itself still counts.
        let ends = *what == "the role's account is closed";
        remove(&story);
        if ends {
            story.ended(REVOKED)
        } else {
            story.lives()
        }
        restore(&story);
        story.lives();
    }
    story.a.must("Ram", "DetachPolicyFromRole", &[&[ROLE], &ECS[..]].concat());
    story.a.must("Ram", "DeleteRole", &[ROLE]);
    story.ended(MALFORMED);
}

#[test]
fn the_message_says_which_side_ended_it() {
    let story = Story::begin();
    let message = || story.session.call("Sts", "GetCallerIdentity", &[]).unwrap_err().message;
    story.trust(&trust(&[]));
    assert!(message().contains("the account that owns the role"), "{}", message());
    story.trust(&trust(&[&story.b.root_arn()]));
    story.b.must("Ram", "DetachPolicyFromUser", &[&[ALICE], &ASSUME[..]].concat());
    assert!(message().contains("the account that assumed the role"), "{}", message());
}

#[test]
fn a_role_made_again_revives_nothing() {
    let story = Story::begin();
    story.a.must("Ram", "DetachPolicyFromRole", &[&[ROLE], &ECS[..]].concat());
    story.a.must("Ram", "DeleteRole", &[ROLE]);
    story.ended(MALFORMED);
    story.a.role("ecs-admin", &[&story.b.root_arn()], &["AliyunECSFullAccess"]);
    story.ended(MALFORMED);
    // A new session of the new role is another matter.
    let session = story.alice.assume(&story.role_arn, "alice-again").unwrap();
    session.must("Sts", "GetCallerIdentity", &[]);
    story.ended(MALFORMED);
}

#[test]
fn a_key_made_again_revives_nothing() {
    let story = Story::begin();
    story.b.must("Ram", "DeleteAccessKey", &story.alices_key());
    story.ended(REVOKED);
    story.b.must("Ram", "CreateAccessKey", &[ALICE]);
    story.ended(REVOKED);
}

#[test]
fn a_user_made_again_revives_nothing() {
    let story = Story::begin();
    story.b.must("Ram", "DetachPolicyFromUser", &[&[ALICE], &ASSUME[..]].concat());
    story.b.must("Ram", "DeleteAccessKey", &story.alices_key());
    story.b.must("Ram", "DeleteUser", &[ALICE]);
    story.ended(MALFORMED);
    story.b.user("alice");
    story.b.grant("alice", ASSUME[0].1);
    story.ended(MALFORMED);
}

#[test]
fn a_mark_ends_what_began_before_it_for_good() {
    for end_both in [false, true] {
        let story = Story::begin();
        let whose = if end_both { &story.a } else { &story.b };
        story.server.end_sessions_of(whose);
        story.ended(REVOKED);
        // Not even if everything it stood on is made anew.
        story.trust(&trust(&[&story.b.root_arn()]));
        story.ended(REVOKED);
        let session = story.alice.assume(&story.role_arn, "alice-again").unwrap();
        session.must("Sts", "GetCallerIdentity", &[]);
    }
}

#[test]
fn a_permission_that_came_through_a_group_goes_with_it() {
    let story = Story::begin();
    let (ops, both) = ([("GroupName", "ops")], [ALICE, ("GroupName", "ops")]);
    story.b.must("Ram", "CreateGroup", &ops);
    story.b.must("Ram", "AddUserToGroup", &both);
    let attach = || story.b.must("Ram", "AttachPolicyToGroup", &[&ops[..], &ASSUME[..]].concat());
    attach();
    story.b.must("Ram", "DetachPolicyFromUser", &[&[ALICE], &ASSUME[..]].concat());
    story.lives();
    story.b.must("Ram", "RemoveUserFromGroup", &both);
    story.ended(REVOKED);
    story.b.must("Ram", "AddUserToGroup", &both);
    story.lives();
    story.b.must("Ram", "DetachPolicyFromGroup", &[&ops[..], &ASSUME[..]].concat());
    story.ended(REVOKED);
    attach();
    story.lives();
}

#[test]
fn a_permission_that_was_edited_counts_as_it_is_now() {
    let story = Story::begin();
    story.b.grant_document(
        "alice",
        "delegate",
        &allow(&["sts:AssumeRole"], &["acs:ram:*:11223344:role/ecs-admin"]),
    );
    story.b.must("Ram", "DetachPolicyFromUser", &[&[ALICE], &ASSUME[..]].concat());
    story.lives();
    let another = allow(&["sts:AssumeRole"], &["acs:ram:*:11223344:role/another"]).to_string();
    let params = [("PolicyName", "delegate"), ("PolicyDocument", &another), ("SetAsDefault", "true")];
    story.b.must("Ram", "CreatePolicyVersion", &params);
    story.ended(REVOKED);
    story.b.must("Ram", "SetDefaultPolicyVersion", &[("PolicyName", "delegate"), ("VersionId", "v1")]);
    story.lives();
}

#[test]
fn what_the_role_may_do_counts_at_the_next_request() {
    let story = Story::begin();
    let describe = [("RegionId", "cn-hangzhou")];
    story.session.must("Ecs", "DescribeInstances", &describe);
    story.a.must("Ram", "DetachPolicyFromRole", &[&[ROLE], &ECS[..]].concat());
    story.session.refused("Ecs", "DescribeInstances", &describe, "Forbidden.RAM");
    // The session is still one; it only may not do anything.
    story.lives();
    story.a.must("Ram", "AttachPolicyToRole", &[&[ROLE], &ECS[..]].concat());
    story.session.must("Ecs", "DescribeInstances", &describe);
}

#[test]
fn what_does_not_bear_on_it_ends_nothing() {
    let story = Story::begin();
    let a = |action, params: &[(&str, &str)]| {
        story.a.must("Ram", action, params);
        story.lives();
    };
    a("CreateUser", &[("UserName", "somebody")]);
    a("UpdateRole", &[ROLE, ("NewDescription", "for emergencies")]);
    a("UpdateRole", &[ROLE, ("NewAllowConsoleLogin", "false")]);
    story.b.must("Ram", "CreateAccessKey", &[ALICE]);
    story.lives();
    // The account is trusted, whatever its users are called.
    story.b.must("Ram", "UpdateUser", &[ALICE, ("NewUserName", "alice.b")]);
    story.lives();
    story.trust(&trust(&["acs:ram::12345678:user/alice.b"]));
    story.lives();
    story.b.must("Ram", "UpdateUser", &[("UserName", "alice.b"), ("NewUserName", "alice.c")]);
    story.ended(REVOKED);
}

#[test]
fn two_sessions_of_one_role_are_judged_each_on_its_own() {
    let story = Story::begin();
    let bob = story.b.user("bob");
    story.b.grant("bob", ASSUME[0].1);
    let bobs = bob.assume(&story.role_arn, "bob-at-work").unwrap();
    let alices_second = story.alice.assume(&story.role_arn, "alice-at-home").unwrap();
    story.b.must("Ram", "DetachPolicyFromUser", &[&[ALICE], &ASSUME[..]].concat());
    story.ended(REVOKED);
    alices_second.refused("Sts", "GetCallerIdentity", &[], REVOKED);
    bobs.must("Sts", "GetCallerIdentity", &[]);
}
