//! Sessions: listed by both sides, ended by either, and by nobody else.
// SPEC: security, sessions.

use argali_testkit::{Client, Delegation, Engine, Enterprise, TestServer, hours, minutes, trust};
use serde_json::Value;

use crate::expect::Calls;
use crate::shape::{complete, known};
use crate::stage::text;
use crate::world::tenant_on;

const REVOKED: &str = "InvalidSecurityToken.Revoked";

#[track_caller]
fn listed(client: &Client, params: &[(&str, &str)]) -> Vec<Value> {
    let answer = client.must("Argali", "ListSessions", params);
    known("Argali", "ListSessions", &answer);
    answer["Sessions"]["Session"].as_array().unwrap().clone()
}

#[track_caller]
fn names(client: &Client, params: &[(&str, &str)]) -> Vec<String> {
    listed(client, params).iter().map(|session| text(&session["SessionName"])).collect()
}

/// The number of the session of this name.
#[track_caller]
fn id_of(client: &Client, name: &str) -> String {
    let sessions = listed(client, &[]);
    let session = sessions.iter().find(|session| session["SessionName"] == name);
    text(&session.unwrap_or_else(|| panic!("no session `{name}`: {sessions:?}"))["SessionId"])
}

#[track_caller]
fn lives(session: &Client) {
    session.must("Sts", "GetCallerIdentity", &[]);
}

#[track_caller]
fn has_ended(session: &Client) {
    session.refused("Sts", "GetCallerIdentity", &[], REVOKED);
}

#[test]
fn only_those_who_are_concerned_see_or_end_a_session() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    let session = alice.assume(&role_arn, "at-work").unwrap();
    let stranger = tenant_on(&server);
    assert!(listed(&stranger.client, &[]).is_empty());
    let id = id_of(&a.client, "at-work");
    stranger.client.refused("Argali", "EndSession", &[("SessionId", &id)], "EntityNotExist.Session");
    let unknown = "0".repeat(32);
    a.client.refused("Argali", "EndSession", &[("SessionId", &unknown)], "EntityNotExist.Session");
    a.client.refused("Argali", "EndSession", &[("SessionId", "short")], "InvalidParameter.SessionId");
    a.client.refused("Argali", "EndSession", &[], "MissingSessionId");
    // A session without the permission cannot even end itself.
    session.refused("Argali", "EndSession", &[("SessionId", &id)], "NoPermission");
    alice.refused("Argali", "ListSessions", &[], "NoPermission");
    lives(&session);
    assert_eq!(id_of(&b.client, "at-work"), id, "both sides see the same session");
}

#[test]
fn a_session_is_shown_with_the_person_it_began_with() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    let params =
        [("RoleArn", role_arn.as_str()), ("RoleSessionName", "at-work"), ("SourceIdentity", "alice@b.test")];
    let issued = alice.must("Sts", "AssumeRole", &params);
    let answer = a.must("Argali", "ListSessions", &[]);
    complete("Argali", "ListSessions", &answer, &["Marker", "Sessions.Session[].Reason"]);
    let session = &answer["Sessions"]["Session"][0];
    let alice_id = b.must("Ram", "GetUser", &[("UserName", "alice")])["User"]["UserId"].clone();
    for (member, value) in [
        ("AccountId", "11223344"),
        ("RoleName", "ecs-admin"),
        ("SessionName", "at-work"),
        ("Status", "Live"),
        ("SourceArn", "acs:ram::12345678:user/alice"),
        ("SourceAccountId", "12345678"),
        ("OriginalAccountId", "12345678"),
        ("OriginalPrincipalId", alice_id.as_str().unwrap()),
        ("OriginalUserName", "alice"),
        ("SourceIdentity", "alice@b.test"),
        ("SourceIp", "127.0.0.1"),
        ("AccessKeyId", issued["Credentials"]["AccessKeyId"].as_str().unwrap()),
        ("Expiration", issued["Credentials"]["Expiration"].as_str().unwrap()),
    ] {
        assert_eq!(session[member], value, "{member}");
    }
    assert_eq!(b.must("Argali", "ListSessions", &[])["Sessions"], answer["Sessions"]);
}

#[test]
fn either_side_ends_a_session_at_its_next_request() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    for (who, side) in [(&a, "owns the role"), (&b, "owns the role")] {
        let (session, other) =
            (alice.assume(&role_arn, "ended").unwrap(), alice.assume(&role_arn, "other").unwrap());
        lives(&session);
        let id = id_of(&who.client, "ended");
        who.must("Argali", "EndSession", &[("SessionId", &id)]);
        has_ended(&session);
        lives(&other);
        // Ending it again changes nothing, and is no error.
        who.must("Argali", "EndSession", &[("SessionId", &id)]);
        for viewer in [&a, &b] {
            let shown = listed(&viewer.client, &[("SessionId", &id)]);
            assert_eq!((shown.len(), &shown[0]["Status"]), (1, &"Ended".into()));
            assert!(text(&shown[0]["Reason"]).contains(side), "{}", shown[0]["Reason"]);
            assert_eq!(names(&viewer.client, &[("Status", "Ended"), ("SessionId", &id)]), ["ended"]);
        }
        let live = id_of(&who.client, "other");
        who.must("Argali", "EndSession", &[("SessionId", &live)]);
    }
    assert!(names(&a.client, &[("Status", "Live")]).is_empty());
}

#[test]
fn whatever_ends_a_session_shows_in_the_list() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    alice.assume(&role_arn, "at-work").unwrap();
    let status = || text(&listed(&b.client, &[])[0]["Status"]);
    assert_eq!(status(), "Live");
    let set_trust = |principals: &[&str]| {
        let document = trust(principals).to_string();
        let params = [("RoleName", "ecs-admin"), ("NewAssumeRolePolicyDocument", document.as_str())];
        a.must("Ram", "UpdateRole", &params);
    };
    set_trust(&[]);
    assert_eq!(status(), "Ended");
    set_trust(&[&b.root_arn()]);
    assert_eq!(status(), "Live");
    let grant =
        [("UserName", "alice"), ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
    b.must("Ram", "DetachPolicyFromUser", &grant);
    assert_eq!(status(), "Ended");
    b.must("Ram", "AttachPolicyToUser", &grant);
    assert_eq!(status(), "Live");
    server.clock().advance(hours(1));
    assert!(listed(&a.client, &[]).is_empty(), "its time has run out");
    let over = listed(&a.client, &[("IncludeExpired", "true")]);
    assert_eq!((over.len(), &over[0]["Status"]), (1, &"Expired".into()));
    server.clock().advance(hours(24));
    assert!(listed(&a.client, &[("IncludeExpired", "true")]).is_empty(), "it is long over");
}

/// Alice of `company-b` assumes `first` of `company-a`, and from there `second` of `company-c`.
fn chain(server: &TestServer) -> ([Enterprise; 3], Client, Client) {
    let a = server.account("company-a", "11111");
    let b = server.account("company-b", "22222");
    let c = server.account("company-c", "33333");
    let first = a.role("first", &[&b.root_arn()], &["AliyunSTSAssumeRoleAccess"]);
    let second = c.role("second", &["acs:ram::11111:role/first"], &[]);
    let alice = b.user("alice");
    b.grant("alice", "AliyunSTSAssumeRoleAccess");
    let first = alice.assume(&first, "one").unwrap();
    let second = first.assume(&second, "two").unwrap();
    ([a, b, c], first, second)
}

#[test]
fn along_a_chain_everybody_sees_and_ends_what_hangs_on_them() {
    for ender in 0..3 {
        let server = TestServer::start();
        let (accounts, first, second) = chain(&server);
        let [a, b, c] = &accounts;
        assert_eq!(names(&a.client, &[]), ["two", "one"], "the newest first");
        assert_eq!(names(&b.client, &[]), ["two", "one"]);
        assert_eq!(names(&c.client, &[]), ["two"], "what leads to a role is its owner's business, no more");
        let child = &listed(&c.client, &[])[0];
        assert_eq!(child["SourceArn"], "acs:ram::11111:assumed-role/first/one");
        assert_eq!(
            (&child["OriginalAccountId"], &child["OriginalUserName"]),
            (&"22222".into(), &"alice".into())
        );
        let id = id_of(&accounts[ender].client, "two");
        accounts[ender].must("Argali", "EndSession", &[("SessionId", &id)]);
        has_ended(&second);
        lives(&first);
    }
    // The parent takes its child along.
    let server = TestServer::start();
    let ([_, b, c], first, second) = chain(&server);
    let id = id_of(&b.client, "one");
    c.client.refused("Argali", "EndSession", &[("SessionId", &id)], "EntityNotExist.Session");
    b.must("Argali", "EndSession", &[("SessionId", &id)]);
    has_ended(&first);
    has_ended(&second);
    assert_eq!(listed(&c.client, &[])[0]["Status"], "Ended");
}

#[test]
fn lists_are_filtered_and_paged() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    let own = a.role("own", &[&a.root_arn()], &[]);
    let carol = a.user("carol");
    a.grant("carol", "AliyunSTSAssumeRoleAccess");
    for number in 0..5 {
        alice.assume(&role_arn, &format!("alice-{number}")).unwrap();
    }
    carol.assume(&own, "carol").unwrap();
    assert_eq!(names(&a.client, &[("RoleName", "OWN")]), ["carol"]);
    assert_eq!(names(&a.client, &[("SourceAccountId", "11223344")]), ["carol"]);
    assert_eq!(names(&a.client, &[("SourceAccountId", "12345678")]).len(), 5);
    assert_eq!(names(&b.client, &[("AccountId", "12345678")]).len(), 0);
    assert_eq!(names(&b.client, &[("AccountId", "11223344")]).len(), 5);
    assert_eq!(names(&a.client, &[("RoleName", "nothing")]).len(), 0);
    a.client.refused("Argali", "ListSessions", &[("Status", "Sleeping")], "InvalidParameter.Status");
    a.client.refused("Argali", "ListSessions", &[("MaxItems", "0")], "InvalidParameter.MaxItems");

    let (mut seen, mut marker) = (Vec::new(), None::<String>);
    loop {
        let mut params = vec![("MaxItems", "4")];
        params.extend(marker.as_deref().map(|marker| ("Marker", marker)));
        let page = a.must("Argali", "ListSessions", &params);
        let sessions = page["Sessions"]["Session"].as_array().unwrap();
        seen.extend(sessions.iter().map(|session| text(&session["SessionName"])));
        match page["Marker"].as_str() {
            Some(next) => marker = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(seen, ["carol", "alice-4", "alice-3", "alice-2", "alice-1", "alice-0"]);
    let page = a.must("Argali", "ListSessions", &[("MaxItems", "4")]);
    let marker = text(&page["Marker"]);
    b.client.refused("Argali", "ListSessions", &[("Marker", &marker)], "InvalidParameter.Marker");
}

#[test]
fn all_of_a_role_of_a_user_or_of_an_account_end_together() {
    let server = TestServer::start();
    let Delegation { a, b, alice, role_arn } = Delegation::set_up(&server);
    let bob = b.user("bob");
    b.grant("bob", "AliyunSTSAssumeRoleAccess");
    let auditor = a.role("auditor", &[&b.root_arn()], &[]);
    let begin = || {
        [(&alice, &role_arn), (&alice, &auditor), (&bob, &role_arn), (&bob, &auditor)]
            .map(|(who, role)| who.assume(role, "at-work").unwrap())
    };
    let expect = |sessions: &[Client; 4], alive: [bool; 4]| {
        for (session, alive) in sessions.iter().zip(alive) {
            if alive { lives(session) } else { has_ended(session) }
        }
    };
    for wrong in
        [&[][..], &[("RoleName", "auditor"), ("All", "true")], &[("RoleName", "a"), ("UserName", "b")]]
    {
        a.client.refused("Argali", "EndSessions", wrong, "InvalidParameter.RoleName");
    }
    a.client.refused("Argali", "EndSessions", &[("RoleName", "nothing")], "EntityNotExist.Role");
    // Users and roles of another account are not there.
    a.client.refused("Argali", "EndSessions", &[("UserName", "alice")], "EntityNotExist.User");
    b.client.refused("Argali", "EndSessions", &[("RoleName", "auditor")], "EntityNotExist.Role");

    let sessions = begin();
    let answer = a.must("Argali", "EndSessions", &[("RoleName", "auditor")]);
    complete("Argali", "EndSessions", &answer, &[]);
    expect(&sessions, [true, false, true, false]);
    b.must("Argali", "EndSessions", &[("UserName", "alice")]);
    expect(&sessions, [false, false, true, false]);
    // Nothing revives what a mark has ended, and new ones begin at once.
    let sessions = begin();
    expect(&sessions, [true; 4]);
    b.must("Argali", "EndSessions", &[("All", "true")]);
    expect(&sessions, [false; 4]);
    let sessions = begin();
    a.must("Argali", "EndSessions", &[("All", "true")]);
    expect(&sessions, [false; 4]);
    expect(&begin(), [true; 4]);
}

#[test]
fn ended_sessions_stay_ended_through_a_restart_and_are_forgotten_in_time() {
    let server = TestServer::builder().engine(Engine::Embedded).start();
    let Delegation { a, b: _, alice, role_arn } = Delegation::set_up(&server);
    let (session, other) = (alice.assume(&role_arn, "one").unwrap(), alice.assume(&role_arn, "two").unwrap());
    a.must("Argali", "EndSession", &[("SessionId", &id_of(&a.client, "one"))]);
    let server = server.restart();
    let again = |client: &Client| server.client(client.credentials().clone());
    has_ended(&again(&session));
    lives(&again(&other));
    assert_eq!(names(&again(&a.client), &[("Status", "Ended")]), ["one"], "its record is there, too");
    let rows = || {
        use argali_testkit::model::{GlobalTable, Key};
        let table = Key::global(GlobalTable::EndedSessionExpiry);
        let tx = server.core().store().read().unwrap();
        tx.scan(table.as_bytes(), table.end().as_bytes(), 10).unwrap().len()
    };
    server.clock().advance(minutes(59));
    server.core().tidy().unwrap();
    assert_eq!(rows(), 1);
    has_ended(&again(&session));
    server.clock().advance(minutes(2));
    server.core().tidy().unwrap();
    // Readers see what is flushed: a later change that is acknowledged says that the tidying is.
    again(&a.client).must("Ram", "CreateUser", &[("UserName", "later")]);
    assert_eq!(rows(), 0);
    again(&session).refused("Sts", "GetCallerIdentity", &[], "InvalidSecurityToken.Expired");
}

#[test]
fn where_issued_tokens_run_on_they_can_still_be_ended_by_hand() {
    use argali_server::config::Revocation;
    let server = TestServer::builder()
        .configure(|config| config.identity.session_revocation = Revocation::Upstream)
        .start();
    let (accounts, first, second) = chain(&server);
    let [a, b, _] = &accounts;
    a.must("Argali", "EndSessions", &[("RoleName", "first")]);
    has_ended(&first);
    has_ended(&second);
    let alice = b.user("another");
    b.grant("another", "AliyunSTSAssumeRoleAccess");
    let session = alice.assume("acs:ram::11111:role/first", "one").unwrap();
    lives(&session);
    b.must("Argali", "EndSessions", &[("UserName", "another")]);
    has_ended(&session);
}

#[test]
fn the_end_of_a_session_is_in_the_records_of_both_sides() {
    let server = TestServer::start();
    let Delegation { a, b: _, alice, role_arn } = Delegation::set_up(&server);
    alice.assume(&role_arn, "at-work").unwrap();
    a.must("Argali", "EndSession", &[("SessionId", &id_of(&a.client, "at-work"))]);
    let events = server.core().trail().events().unwrap();
    let event = events.iter().find(|event| event.action == "EndSession").unwrap();
    let mut accounts: Vec<_> = event.accounts.iter().map(ToString::to_string).collect();
    accounts.sort();
    assert_eq!(accounts, ["11223344", "12345678"]);
}
