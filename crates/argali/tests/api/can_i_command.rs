//! `argali can-i`: what it says, and how it ends.

use argali_testkit::Enterprise;
use serde_json::Value;

use crate::process::Installation;

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn yes_is_zero_and_no_is_one() {
    let installation = Installation::new();
    let server = installation.serve("warn");
    let owner = server.client(installation.create_account("company-a", "11223344"));
    let a = Enterprise { id: "11223344".to_owned(), alias: "company-a".to_owned(), client: owner };
    let alice = a.user("alice");
    a.grant("alice", "AliyunECSReadOnlyAccess");
    let run = |arguments: &[&str], who: &argali_testkit::Client| {
        let output = installation.run(&[&["can-i"], arguments].concat(), &server, who.credentials());
        (output.status.code().unwrap(), said(&output.stdout), said(&output.stderr))
    };
    let (code, out, err) = run(&["ecs:DescribeInstances", "*", "-o", "table"], &alice);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(
        out,
        "yes: `acs:ram::11223344:user/alice` may do `ecs:DescribeInstances` on `*`. Statement 1 of the system policy \
         `AliyunECSReadOnlyAccess` allows it.\n\
         \x20 asked       policies in the scope of the account, of account 11223344 allows\n\
         \x20             Statement 1 of the system policy `AliyunECSReadOnlyAccess` allows it.\n\
         \x20             {\"Action\":[\"ecs:Describe*\",\"ecs:List*\"],\"Effect\":\"Allow\",\"Resource\":\"*\"}\n"
    );
    let (code, out, _) = run(&["ecs:StopInstance", "*", "--as", "alice"], &a.client);
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &answer["Allowed"]), (1, &Value::Bool(false)), "JSON in a pipe");
    let condition = ["--condition", "acs:SourceIp=10.0.0.1", "--resource-group", "rg-1"];
    assert_eq!(run(&[&["ecs:StopInstance", "*"], &condition[..]].concat(), &alice).0, 1);
    // What cannot be asked, and what may not.
    assert_eq!(run(&["ecs:StopInstance", "*", "--condition", "x"], &alice).0, 2);
    assert_eq!(run(&["StopInstance", "*"], &alice).0, 2);
    assert_eq!(run(&["ecs:StopInstance", "*", "--as", "root"], &alice).0, 3);
    assert_eq!(run(&["ecs:StopInstance", "*", "--as", "nobody"], &a.client).0, 4);
}

#[test]
fn who_can_lists_those_who_may() {
    let installation = Installation::new();
    let server = installation.serve("warn");
    let owner = server.client(installation.create_account("company-a", "11223344"));
    let a = Enterprise { id: "11223344".to_owned(), alias: "company-a".to_owned(), client: owner };
    a.user("alice");
    let bob = a.user("bob");
    a.grant("alice", "AliyunECSFullAccess");
    let arguments = ["who-can", "ecs:StopInstance", "*"];
    let output = installation.run(&arguments, &server, a.client.credentials());
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let arns = answer["Principals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| found["AuthPrincipalArn"].as_str().unwrap());
    let expected = ["acs:ram::11223344:root", "acs:ram::11223344:user/alice"];
    assert_eq!(arns.collect::<Vec<_>>(), expected);
    assert_eq!(installation.run(&arguments, &server, bob.credentials()).status.code(), Some(3));
}
