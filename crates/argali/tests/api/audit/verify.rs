//! `argali audit verify`: the first record that is not as it was written is named, whatever was done to the trail.
//! Every byte, cut and exchange is tried in the unit tests of the trail; here it is the program that looks.
// SPEC: security, audit, A3.

use std::fs;
use std::path::PathBuf;

use argali_testkit::{Client, Engine, TestServer};
use serde_json::Value;

use crate::process::Installation;
use crate::world::tenant_on;

/// The files of records, the oldest first.
fn files(installation: &Installation) -> Vec<PathBuf> {
    let folder = fs::read_dir(installation.data().join("audit")).unwrap();
    let mut files: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    files
}

#[track_caller]
fn verify(installation: &Installation) -> (Option<i32>, String, String) {
    let output = installation.operate(&["audit", "verify"]);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[track_caller]
fn intact(installation: &Installation) -> u64 {
    let (code, stdout, stderr) = verify(installation);
    assert_eq!(code, Some(0), "{stderr}");
    let records = stdout.strip_suffix(" records, chain intact\n").unwrap_or_else(|| panic!("{stdout}"));
    records.parse().unwrap()
}

#[track_caller]
fn damaged(installation: &Installation, line: usize, record: usize, why: &str) {
    let (code, stdout, stderr) = verify(installation);
    assert_eq!((code, stdout.as_str()), (Some(1), ""), "{stderr}");
    let expected = format!("{}:{line}: record {record}: ", files(installation)[0].display());
    assert!(stderr.contains(&expected) && stderr.contains(why), "{stderr}");
}

/// Has a call refused: its record is written before the answer, so that it outlives the process.
#[track_caller]
fn refused(client: &Client) {
    client.call("Ram", "GetUser", &[("UserName", "nobody")]).unwrap_err();
}

#[test]
fn a_trail_is_intact_while_the_server_runs_after_it_was_killed_and_until_it_is_changed() {
    let installation = Installation::new();
    let (code, _, stderr) = verify(&installation);
    assert_eq!(code, Some(2), "there is nothing yet: {stderr}");
    let process = installation.serve("info");
    let owner = process.client(installation.create_account("company-a", "11223344"));
    for number in 0..20 {
        owner.call("Ram", "CreateUser", &[("UserName", &format!("user-{number}"))]).unwrap();
        refused(&owner);
    }
    // Changes are answered before their records are moved from the store to the trail.
    let all_are_there = (0..500).any(|_| intact(&installation) >= 40);
    assert!(all_are_there, "{} records", intact(&installation));
    process.kill();
    let records = intact(&installation);
    let process = installation.serve("info");
    let company_b = installation.create_account("company-b", "12345678");
    refused(&process.client(company_b.clone()));
    process.kill();
    assert!(intact(&installation) > records);

    let [file] = files(&installation).try_into().unwrap();
    let good = fs::read_to_string(&file).unwrap();
    let lines: Vec<_> = good.split_inclusive('\n').collect();
    let with = |changed: Vec<&str>| fs::write(&file, changed.concat()).unwrap();
    let edited = lines[11].replace("11223344", "11223345");
    with([&lines[..11], &[edited.as_str()], &lines[12..]].concat());
    damaged(&installation, 12, 11, "it was changed");
    with([&lines[..7], &lines[8..]].concat());
    damaged(&installation, 8, 7, "record 8 stands in its place");
    with([&lines[..7], &lines[6..]].concat());
    damaged(&installation, 8, 6, "a second time");
    with([&lines[..7], &[lines[8], lines[7]], &lines[9..]].concat());
    damaged(&installation, 8, 7, "record 8 stands in its place");
    with(lines[..9].to_vec());
    damaged(&installation, 10, 9, "the trail was cut");
    let output = installation.operate(&["audit", "verify", "-o", "json"]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&answer["Intact"], &answer["Record"]), (&false.into(), &9.into()));
    fs::write(&file, &good).unwrap();
    intact(&installation);
    // A server that finds it cut goes on in another file, and hides nothing.
    with(lines[..9].to_vec());
    let process = installation.serve("info");
    refused(&process.client(company_b));
    process.kill();
    let (code, _, stderr) = verify(&installation);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("record 9: it is missing"), "{stderr}");
}

#[test]
fn a_trail_is_intact_through_orderly_restarts() {
    let mut server = TestServer::builder().engine(Engine::Embedded).start();
    tenant_on(&server);
    for _ in 0..3 {
        server = server.restart();
        let folder = server.folder().unwrap();
        let verdict = argali_server::verify_trail(folder).unwrap();
        assert!(matches!(verdict, argali_server::Verdict::Intact { records } if records > 0), "{verdict:?}");
    }
}
