//! `kill -9` in the middle of writing: what was acknowledged is there, and nothing is there by half.
// SPEC: security, storage, S1 and S4; tests that decide.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use argali_protocol::SignedRequest;
use argali_testkit::{Client, Credentials, Gone, Signing, allow};
use serde_json::Value;

use crate::process::{Installation, Process};
use crate::stage::text;
use crate::sts::credentials;

const ROUNDS: usize = 20;
const WRITERS: usize = 4;
const POLICY: [(&str, &str); 2] = [("PolicyName", "p"), ("PolicyType", "Custom")];
const GROUP: (&str, &str) = ("GroupName", "ops");

/// What a writer knows to be so, because it was told so.
#[derive(Debug, Default)]
struct Acknowledged {
    users: Vec<String>,
    deleted: Vec<String>,
    attached: Vec<String>,
    joined: Vec<String>,
    keys: Vec<(String, Credentials)>,
    /// The last change that was acknowledged, as it was sent.
    last: Option<SignedRequest>,
}

/// Makes one user after another with all that belongs to it, until the server is gone.
fn write(owner: &Client, writer: usize, round: usize, count: &AtomicUsize) -> Acknowledged {
    let mut known = Acknowledged::default();
    let mut number = 0;
    while write_one(owner, &format!("u-{round}-{writer}-{number}"), number, &mut known, count).is_ok() {
        number += 1;
    }
    known
}

fn write_one(
    owner: &Client,
    name: &str,
    number: usize,
    known: &mut Acknowledged,
    count: &AtomicUsize,
) -> Result<(), Gone> {
    let user = ("UserName", name);
    let mut change = |action: &str, params: &[(&str, &str)]| {
        let request = owner.sign("Ram", action, params);
        let answer = owner.attempt_signed(&request)?;
        let answer = answer.unwrap_or_else(|failure| panic!("{action} {params:?}: {failure}"));
        count.fetch_add(1, Ordering::SeqCst);
        known.last = Some(request);
        Ok(answer)
    };
    change("CreateUser", &[user])?;
    known.users.push(name.to_owned());
    let change = |action: &str, params: &[(&str, &str)]| {
        let answer = owner.attempt("Ram", action, params)?;
        count.fetch_add(1, Ordering::SeqCst);
        Ok::<Value, Gone>(answer.unwrap_or_else(|failure| panic!("{action} {params:?}: {failure}")))
    };
    change("AttachPolicyToUser", &[user, POLICY[0], POLICY[1]])?;
    known.attached.push(name.to_owned());
    change("AddUserToGroup", &[user, GROUP])?;
    known.joined.push(name.to_owned());
    let made = change("CreateAccessKey", &[user])?;
    let part = |name: &str| text(&made["AccessKey"][name]);
    let key = Credentials {
        access_key_id: part("AccessKeyId"),
        access_key_secret: argali_protocol::Secret::new(part("AccessKeySecret")),
        security_token: None,
    };
    known.keys.push((name.to_owned(), key.clone()));
    if number % 3 == 2 {
        // The whole way back, so that deletions are hit as well.
        forget(known, name);
        change("DeleteAccessKey", &[user, ("UserAccessKeyId", &key.access_key_id)])?;
        change("RemoveUserFromGroup", &[user, GROUP])?;
        change("DetachPolicyFromUser", &[user, POLICY[0], POLICY[1]])?;
        change("DeleteUser", &[user])?;
        known.deleted.push(name.to_owned());
    }
    Ok(())
}

/// What becomes of it is not known until it is acknowledged.
fn forget(known: &mut Acknowledged, name: &str) {
    for list in [&mut known.users, &mut known.attached, &mut known.joined] {
        list.retain(|other| other != name);
    }
    known.keys.retain(|(other, _)| other != name);
}

/// Every name in a list of users, page by page.
fn listed(owner: &Client, action: &str, params: &[(&str, &str)]) -> BTreeSet<String> {
    let (mut names, mut marker) = (BTreeSet::new(), None::<String>);
    loop {
        let mut all = [params, &[("MaxItems", "1000")]].concat();
        all.extend(marker.as_deref().map(|marker| ("Marker", marker)));
        let page = owner.call("Ram", action, &all).unwrap();
        names.extend(page["Users"]["User"].as_array().unwrap().iter().map(|user| text(&user["UserName"])));
        match page["Marker"].as_str() {
            Some(next) => marker = Some(next.to_owned()),
            None => return names,
        }
    }
}

/// Checks what one round left, on the server that was started after it.
fn check(process: &Process, owner: &Client, round: usize, known: &Acknowledged) {
    let users = listed(owner, "ListUsers", &[]);
    let members = listed(owner, "ListUsersForGroup", &[GROUP]);
    let entities = owner.call("Ram", "ListEntitiesForPolicy", &POLICY).unwrap();
    let holders: BTreeSet<_> =
        entities["Users"]["User"].as_array().unwrap().iter().map(|user| text(&user["UserName"])).collect();
    for (acknowledged, found) in
        [(&known.users, &users), (&known.joined, &members), (&known.attached, &holders)]
    {
        for name in acknowledged {
            assert!(found.contains(name), "round {round}: `{name}` was acknowledged and is lost");
        }
    }
    for name in &known.deleted {
        assert!(!users.contains(name), "round {round}: `{name}` was deleted and is back");
    }
    for (name, key) in &known.keys {
        let identity = process.client(key.clone()).call("Sts", "GetCallerIdentity", &[]);
        let identity = identity.unwrap_or_else(|failure| panic!("round {round}: {name}'s key: {failure}"));
        assert!(text(&identity["Arn"]).ends_with(&format!(":user/{name}")));
    }
    // Whatever else is there is there as a whole: from each side, by each index.
    assert!(members.is_subset(&users) && holders.is_subset(&users), "round {round}: something dangles");
    let begins = format!("u-{round}-");
    for name in users.iter().filter(|name| name.starts_with(&begins)) {
        let user = [("UserName", name.as_str())];
        let whole = owner.call("Ram", "GetUser", &user).unwrap_or_else(|failure| panic!("{name}: {failure}"));
        assert_eq!(text(&whole["User"]["UserName"]), *name);
        let count = |action: &str, outer: &str, inner: &str| {
            let answer = owner.call("Ram", action, &user).unwrap();
            answer[outer][inner].as_array().unwrap().len()
        };
        assert_eq!(count("ListGroupsForUser", "Groups", "Group") == 1, members.contains(name), "{name}");
        assert_eq!(count("ListPoliciesForUser", "Policies", "Policy") == 1, holders.contains(name), "{name}");
        let again = owner.call("Ram", "CreateUser", &user).unwrap_err();
        assert_eq!(again.code, "EntityAlreadyExists.User", "{name}");
    }
}

/// No request that was acknowledged runs a second time.
fn check_nonces(owner: &Client, known: &Acknowledged) {
    if let Some(request) = &known.last {
        assert_eq!(owner.send(request).unwrap_err().code, "SignatureNonceUsed");
    }
}

/// How many changes are acknowledged before the server is killed: different each round, and in no order.
fn moment(round: usize) -> usize {
    7 + (round * 37) % 83
}

#[test]
fn what_was_acknowledged_survives_twenty_kills() {
    let installation = Installation::new();
    let mut process = installation.serve("warn");
    let account = installation.create_account("company-a", "11223344");
    let owner = process.client(account.clone());
    let must = |client: &Client, product: &str, action: &str, params: &[(&str, &str)]| {
        client.call(product, action, params).unwrap_or_else(|failure| panic!("{action}: {failure}"))
    };
    let document = allow(&["ecs:*"], &["*"]).to_string();
    must(&owner, "Ram", "CreatePolicy", &[POLICY[0], ("PolicyDocument", &document)]);
    must(&owner, "Ram", "CreateGroup", &[GROUP]);
    let session = begin_session(&owner);

    let mut all = Vec::new();
    for round in 0..ROUNDS {
        // The host is no part of this signature, so that a request can be sent again to the next server.
        let owner = process.client(account.clone()).signing(Signing::V1Form);
        let count = AtomicUsize::new(0);
        let known: Vec<_> = std::thread::scope(|scope| {
            let (owner, count) = (&owner, &count);
            let writers: Vec<_> =
                (0..WRITERS).map(|writer| scope.spawn(move || write(owner, writer, round, count))).collect();
            while count.load(Ordering::SeqCst) < moment(round)
                && !writers.iter().all(|writer| writer.is_finished())
            {
                std::thread::yield_now();
            }
            process.kill();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        process = installation.serve("warn");
        let owner = process.client(account.clone()).signing(Signing::V1Form);
        for known in &known {
            check(&process, &owner, round, known);
            check_nonces(&owner, known);
        }
        must(&process.client(session.clone()), "Sts", "GetCallerIdentity", &[]);
        all.extend(known.into_iter().map(|known| (round, known)));
    }
    // And none of it is lost in a later round.
    let owner = process.client(account);
    for (round, known) in &all {
        check(&process, &owner, *round, known);
    }
    let acknowledged: usize = all.iter().map(|(_, known)| known.users.len() + known.deleted.len()).sum();
    assert!(acknowledged > ROUNDS, "the rounds did nothing: {acknowledged}");
}

/// Credentials of a session of the account.
pub(crate) fn begin_session(owner: &Client) -> Credentials {
    let call = |client: &Client, product: &str, action: &str, params: &[(&str, &str)]| {
        client.call(product, action, params).unwrap_or_else(|failure| panic!("{action}: {failure}"))
    };
    let trust = argali_testkit::trust(&["acs:ram::11223344:root"]).to_string();
    call(owner, "Ram", "CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", &trust)]);
    let user = ("UserName", "assumer");
    call(owner, "Ram", "CreateUser", &[user]);
    let grant = [user, ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
    call(owner, "Ram", "AttachPolicyToUser", &grant);
    let made = call(owner, "Ram", "CreateAccessKey", &[user]);
    let key = Credentials {
        access_key_id: text(&made["AccessKey"]["AccessKeyId"]),
        access_key_secret: argali_protocol::Secret::new(text(&made["AccessKey"]["AccessKeySecret"])),
        security_token: None,
    };
    let assume = [("RoleArn", "acs:ram::11223344:role/ops"), ("RoleSessionName", "session")];
    credentials(&call(&owner.with_credentials(key), "Sts", "AssumeRole", &assume))
}

/// When the grants of alice were used last, by their policies.
fn last_uses(owner: &Client, policies: [&str; 2]) -> [Option<String>; 2] {
    let of_alice = [("PrincipalType", "User"), ("PrincipalName", "alice")];
    let answer = owner.call("Argali", "SearchGrants", &of_alice).unwrap();
    let grants = answer["Grants"].as_array().unwrap();
    policies.map(|policy| {
        let grant = grants.iter().find(|grant| grant["PolicyName"] == policy).unwrap();
        grant.get("LastUseDate").map(text)
    })
}

/// Uses are noted in memory and written down now and then: a kill loses those since, and none of before.
#[test]
fn a_killed_process_loses_no_last_use_that_was_written_down() {
    let policies = ["AliyunRAMReadOnlyAccess", "AliyunActionTrailReadOnlyAccess"];
    let installation = Installation::new();
    let credentials = installation.create_account("company-a", "11223344");
    let process = installation.serve("warn");
    let owner = process.client(credentials.clone());
    let alice = ("UserName", "alice");
    owner.call("Ram", "CreateUser", &[alice]).unwrap();
    for policy in policies {
        let grant = [alice, ("PolicyName", policy), ("PolicyType", "System")];
        owner.call("Ram", "AttachPolicyToUser", &grant).unwrap();
    }
    let key = owner.call("Ram", "CreateAccessKey", &[alice]).unwrap()["AccessKey"].clone();
    let key = Credentials {
        access_key_id: text(&key["AccessKeyId"]),
        access_key_secret: argali_protocol::Secret::new(text(&key["AccessKeySecret"])),
        security_token: None,
    };
    process.client(key.clone()).call("Ram", "ListUsers", &[]).unwrap();
    let [written, unused] = last_uses(&owner, policies);
    assert!(written.is_some() && unused.is_none());
    process.stop();

    let process = installation.serve("warn");
    let owner = process.client(credentials.clone());
    let look = |process: &Process| {
        process.client(key.clone()).call("Actiontrail", "LookupEvents", &[]).unwrap();
    };
    look(&process);
    let [kept, noted] = last_uses(&owner, policies);
    assert_eq!(kept, written, "an orderly stop writes uses down");
    assert!(noted.is_some());
    process.kill();

    let process = installation.serve("warn");
    let owner = process.client(credentials);
    let [kept, lost] = last_uses(&owner, policies);
    assert_eq!(kept, written);
    // It is there after all if the process had come to write it down.
    assert!(lost.is_none() || lost == noted, "{lost:?}");
    look(&process);
    assert!(last_uses(&owner, policies)[1].is_some(), "the next use is noted as ever");
}
