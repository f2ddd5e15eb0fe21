//! `argali why`: what it says, and how it ends.

use argali_testkit::Enterprise;
use serde_json::Value;

use crate::process::Installation;

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_refusal_becomes_a_page() {
    let installation = Installation::new();
    let server = installation.serve("warn");
    let owner = server.client(installation.create_account("company-a", "11223344"));
    let a = Enterprise { id: "11223344".to_owned(), alias: "company-a".to_owned(), client: owner };
    let alice = a.user("alice");
    let run = |arguments: &[&str], who: &argali_testkit::Client| {
        let output = installation.run(&[&["why"], arguments].concat(), &server, who.credentials());
        (output.status.code().unwrap(), said(&output.stdout), said(&output.stderr))
    };
    let refused = alice.call("Ram", "DeleteUser", &[("UserName", "alice")]).unwrap_err();
    let id = refused.request_id.unwrap();
    let (code, page, err) = run(&[&id, "-o", "table"], &alice);
    assert_eq!((code, err.as_str()), (0, ""), "the explanation is the answer");
    let without_time: Vec<_> =
        page.lines().filter(|line| !line.contains("time") && !line.contains("Time")).collect();
    assert_eq!(
        without_time.join("\n").replace(&id, "ID"),
        "denied: It was refused. No policy attached in the account's scope allows it.\n\
         \x20 call        Ram DeleteUser NoPermission\n\
         \x20 request     ID\n\
         \x20 caller      acs:ram::11223344:user/alice\n\
         \x20 refused     ram:DeleteUser on acs:ram:*:11223344:user/alice\n\
         \x20 by          policies in the scope of the account, of account 11223344\n\
         \x20 with        acs:SecureTransport = false\n\
         \x20 with        acs:SourceIp = 127.0.0.1\n\
         \x20 now         The policies decide the same now.\n\
         \x20 asked       policies in the scope of the account, of account 11223344 is silent\n\
         \x20             No policy attached in the account's scope allows it.\n\
         \x20 fix         Attach a policy that allows `ram:DeleteUser` on `acs:ram:*:11223344:user/alice`."
    );
    let (code, json, _) = run(&[&id], &a.client);
    let answer: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, &answer["Outcome"]), (0, &Value::from("Denied")), "JSON in a pipe");
    assert_eq!(run(&["00000000-0000-4000-8000-000000000000"], &a.client).0, 4);
    assert_eq!(run(&["00000000-0000-4000-8000-000000000000"], &alice).0, 3);
    assert_eq!(run(&[], &alice).0, 2);
}
