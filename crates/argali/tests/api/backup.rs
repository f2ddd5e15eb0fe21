//! `argali backup` and `argali restore`: what is refused, what is there again, and what is not.
// SPEC: security, keys and secrets, K5 and K6.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::atomic::{AtomicBool, Ordering};

use argali_testkit::{Client, Credentials};
use serde_json::Value;
use tempfile::TempDir;

use crate::crash::begin_session;
use crate::expect::Calls;
use crate::process::{Installation, Process};
use crate::stage::text;

/// A folder for files of backups, and one for what is restored.
struct Place {
    folder: TempDir,
    old: Installation,
}

impl Place {
    fn new() -> Self {
        Self { folder: TempDir::with_prefix("argali-backup-").unwrap(), old: Installation::new() }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes a backup, which must succeed, and returns its file.
    fn back_up(&self, name: &str) -> (PathBuf, Value) {
        let file = self.file(name);
        let made = self.old.operate(&["backup", file.to_str().unwrap()]);
        (file, said(&made))
    }

    /// An installation with the old one's key and nothing else.
    fn new_home(&self) -> Installation {
        let home = Installation::new();
        home.put_key(&self.old.data().join("master.key"));
        home
    }
}

fn said(output: &Output) -> Value {
    assert!(output.status.success(), "{}", complaint(output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What `restore` says when it refuses; nothing is there then.
#[track_caller]
fn refused(home: &Installation, file: &Path, exit: i32, words: &str) {
    let output = home.operate(&["restore", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(exit), "{}", complaint(&output));
    assert!(complaint(&output).contains(words), "{}", complaint(&output));
    for left in ["store", "store.restoring"] {
        assert!(!home.data().join(left).exists(), "{left} is left");
    }
}

fn users(owner: &Client) -> Vec<String> {
    let listed = owner.must("Ram", "ListUsers", &[("MaxItems", "1000")]);
    listed["Users"]["User"].as_array().unwrap().iter().map(|user| text(&user["UserName"])).collect()
}

fn user(owner: &Client, name: &str) {
    owner.must("Ram", "CreateUser", &[("UserName", name)]);
}

#[test]
fn what_cannot_be_a_backup_is_refused_and_the_part_is_named() {
    let place = Place::new();
    let server = place.old.serve("warn");
    place.old.create_account("company-a", "11223344");
    server.kill();
    let (file, made) = place.back_up("whole.backup");
    let whole = fs::read(&file).unwrap();
    assert_eq!(made["Bytes"], whole.len());
    let home = place.new_home();
    let bad = place.file("bad.backup");
    let try_with = |bytes: &[u8], words: &str| {
        fs::write(&bad, bytes).unwrap();
        refused(&home, &bad, 2, words);
    };
    try_with(b"", "no backup of Argali");
    try_with(b"something else altogether", "no backup of Argali");
    try_with(&whole[..whole.len() / 2], "cut off in its part `rows 1`");
    try_with(&whole[..whole.len() - 1], "cut off in its part `rows 2`");
    let mut bent = whole.clone();
    bent[whole.len() / 2] ^= 1;
    try_with(&bent, "damaged in its part `rows 1`");
    let mut later = whole.clone();
    later[14] = b'2';
    try_with(&later, "does not know the format");
    let nowhere = home.operate(&["restore", place.file("nowhere").to_str().unwrap()]);
    assert_eq!(nowhere.status.code(), Some(2), "{}", complaint(&nowhere));
}

#[test]
fn another_master_key_is_refused_and_a_lost_one_is_asked_for() {
    let place = Place::new();
    place.old.create_account("company-a", "11223344");
    let (file, _) = place.back_up("a.backup");
    let home = Installation::new();
    refused(&home, &file, 2, "master.key");
    let key = home.data().join("master.key");
    fs::remove_dir_all(home.data()).unwrap();
    home.put_key(&place.old.data().join("master.key"));
    fs::write(&key, "ab".repeat(32)).unwrap();
    refused(&home, &file, 2, "made under another master key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    refused(&home, &file, 2, "closed to others");
}

#[test]
fn data_is_never_overwritten() {
    let place = Place::new();
    place.old.create_account("company-a", "11223344");
    let (file, _) = place.back_up("a.backup");
    let onto = place.old.operate(&["restore", file.to_str().unwrap()]);
    assert_eq!(onto.status.code(), Some(5), "{}", complaint(&onto));
    assert!(complaint(&onto).contains("holds data"), "{}", complaint(&onto));
    let again = place.old.operate(&["backup", file.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(5), "{}", complaint(&again));
    let nothing = Installation::new();
    let of_nothing = nothing.operate(&["backup", place.file("b.backup").to_str().unwrap()]);
    assert_eq!(of_nothing.status.code(), Some(2), "{}", complaint(&of_nothing));
    assert!(!place.file("b.backup").exists() && !nothing.data().join("store").exists());
}

#[test]
fn a_full_disk_is_told_and_leaves_no_file() {
    let place = Place::new();
    place.old.create_account("company-a", "11223344");
    // A device that is full whatever is written.
    let full = place.old.operate(&["backup", "/dev/full"]);
    assert_eq!(full.status.code(), Some(5), "it is there: {}", complaint(&full));
    let to_full = std::process::Command::new("sh")
        .args(["-c", r#""$0" backup - --data "$1" > /dev/full"#, env!("CARGO_BIN_EXE_argali")])
        .arg(place.old.data())
        .env_clear()
        .output()
        .unwrap();
    assert_eq!(to_full.status.code(), Some(8), "{}", complaint(&to_full));
    assert!(complaint(&to_full).contains("No space left"), "{}", complaint(&to_full));
    let nowhere = place.old.operate(&["backup", "/nowhere/at/all.backup"]);
    assert_eq!(nowhere.status.code(), Some(8), "{}", complaint(&nowhere));
    assert!(complaint(&nowhere).contains("/nowhere/at/all.backup"), "{}", complaint(&nowhere));
}

#[test]
fn a_server_is_backed_up_while_it_works_and_another_goes_on_from_there() {
    let place = Place::new();
    let server = place.old.serve("warn");
    let account = place.old.create_account("company-a", "11223344");
    let owner = server.client(account.clone());
    let session = begin_session(&owner);
    for number in 0..20 {
        user(&owner, &format!("before-{number}"));
    }
    let writing = AtomicBool::new(true);
    let (file, made) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut number = 0;
            while writing.load(Ordering::SeqCst) {
                user(&owner, &format!("during-{number}"));
                number += 1;
            }
            number
        });
        let made: Vec<_> = (0..5).map(|number| place.back_up(&format!("{number}.backup"))).collect();
        writing.store(false, Ordering::SeqCst);
        assert!(writer.join().unwrap() > 0);
        made.into_iter().next_back().unwrap()
    });
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    user(&owner, "after");
    server.client(session.clone()).must("Sts", "GetCallerIdentity", &[]);
    let at_the_end = users(&owner);
    server.kill();

    let home = place.new_home();
    let restored = said(&home.operate(&["restore", file.to_str().unwrap()]));
    assert_eq!((&restored["Records"], &restored["Changes"]), (&made["Records"], &Value::Null));
    let server = home.serve("warn");
    let owner = server.client(account);
    let there = users(&owner);
    let before = (0..20).map(|number| format!("before-{number}"));
    assert!(before.into_iter().all(|name| there.contains(&name)));
    assert!(!there.contains(&"after".to_owned()) && there.len() < at_the_end.len());
    // One commit: what was written one after the other is there without a gap.
    let during = there.iter().filter(|name| name.starts_with("during-")).count();
    assert!((0..during).all(|number| there.contains(&format!("during-{number}"))), "{there:?}");
    let refused = server.client(session).call("Sts", "GetCallerIdentity", &[]).unwrap_err();
    assert!(refused.code.starts_with("InvalidSecurityToken"), "{refused}");
    user(&owner, "after");
    begin_another(&owner);
    let server = restart(server, &home);
    assert!(users(&server.client(owner.credentials().clone())).contains(&"after".to_owned()));
    let verified = home.operate(&["audit", "verify"]);
    assert!(verified.status.success(), "{}", complaint(&verified));
    assert!(records(&home).contains("RestoreBackup"), "it is on record");
}

/// A session can be begun anew.
fn begin_another(owner: &Client) {
    owner.must("Ram", "CreateUser", &[("UserName", "another")]);
    let made = owner.must("Ram", "CreateAccessKey", &[("UserName", "another")]);
    let grant =
        [("UserName", "another"), ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
    owner.must("Ram", "AttachPolicyToUser", &grant);
    let key = &made["AccessKey"];
    let another = owner.with_credentials(Credentials {
        access_key_id: text(&key["AccessKeyId"]),
        access_key_secret: argali_protocol::Secret::new(text(&key["AccessKeySecret"])),
        security_token: None,
    });
    let assume = [("RoleArn", "acs:ram::11223344:role/ops"), ("RoleSessionName", "session")];
    let session = crate::sts::credentials(&another.must("Sts", "AssumeRole", &assume));
    owner.with_credentials(session).must("Sts", "GetCallerIdentity", &[]);
}

fn restart(server: Process, home: &Installation) -> Process {
    server.kill();
    home.serve("warn")
}

fn records(home: &Installation) -> String {
    let files = fs::read_dir(home.data().join("audit")).unwrap().map(|entry| entry.unwrap().path());
    let texts = files.filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    texts.map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// K6: where the records of calls were kept, every key, trust and attachment that was changed since is listed.
#[test]
fn what_was_changed_since_is_listed() {
    let place = Place::new();
    let server = place.old.serve("warn");
    let account = place.old.create_account("company-a", "11223344");
    let owner = server.client(account.clone());
    begin_session(&owner);
    let (file, _) = place.back_up("a.backup");
    let made = owner.must("Ram", "CreateAccessKey", &[("UserName", "assumer")]);
    let key = text(&made["AccessKey"]["AccessKeyId"]);
    let nobody = argali_testkit::trust(&["acs:ram::12345678:root"]).to_string();
    let trust = [("RoleName", "ops"), ("NewAssumeRolePolicyDocument", nobody.as_str())];
    owner.must("Ram", "UpdateRole", &trust);
    let grant =
        [("UserName", "assumer"), ("PolicyName", "AliyunSTSAssumeRoleAccess"), ("PolicyType", "System")];
    owner.must("Ram", "DetachPolicyFromUser", &grant);
    owner.refused("Ram", "DetachPolicyFromUser", &grant, "EntityNotExist.User.Policy");
    // Whoever looks for records finds all of before, so they are written.
    owner.must("Actiontrail", "LookupEvents", &[]);
    server.kill();
    let expected = [
        ("AccessKey", "CreateAccessKey", key.as_str()),
        ("Trust", "UpdateRole", "RoleName=ops"),
        ("Attachment", "DetachPolicyFromUser", "UserName=assumer"),
    ];
    let check = |restored: &Value| {
        let changes = restored["Changes"].as_array().unwrap();
        assert_eq!(changes.len(), expected.len(), "{restored:#}");
        for (change, (kind, action, what)) in changes.iter().zip(expected) {
            assert_eq!((&change["Kind"], &change["Action"]), (&Value::from(kind), &Value::from(action)));
            assert!(text(&change["What"]).contains(what), "{change}");
            assert_eq!(change["AccountId"], "11223344");
        }
        assert_eq!(restored["CallRecordsIntact"], true);
    };
    // From where the old records lie,
    let home = place.new_home();
    let old_records = place.old.data().join("audit");
    let restore = ["restore", file.to_str().unwrap(), "--audit", old_records.to_str().unwrap()];
    check(&said(&home.operate(&restore)));
    // and where they were kept in place, and only the store was lost.
    fs::rename(place.old.data().join("store"), place.old.data().join("lost")).unwrap();
    check(&said(&place.old.operate(&["restore", file.to_str().unwrap()])));
    let server = place.old.serve("warn");
    server.client(account).must("Ram", "ListUsers", &[]);
    server.kill();
    let verified = place.old.operate(&["audit", "verify"]);
    assert!(verified.status.success(), "the chain goes on: {}", complaint(&verified));
}

/// Whatever `kill -9` leaves of a restore, no server takes it for data, and the next try succeeds.
#[test]
fn a_restore_that_was_killed_leaves_nothing_that_is_taken_for_whole() {
    let place = Place::new();
    let server = place.old.serve("warn");
    let account = place.old.create_account("company-a", "11223344");
    let owner = server.client(account.clone());
    (0..50).for_each(|number| user(&owner, &format!("user-{number}")));
    let (file, _) = place.back_up("a.backup");
    server.kill();
    let whole = fs::read(&file).unwrap();
    let home = place.new_home();
    let mut restoring = home.begin(&["restore", "-"]);
    // It has read half, waits for more, and is killed.
    let mut input = restoring.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, &whole[..whole.len() - 10]).unwrap();
    let unfinished = home.data().join("store.restoring");
    while !unfinished.join("log").exists() {
        std::thread::yield_now();
    }
    let second = home.operate(&["restore", file.to_str().unwrap()]);
    assert_eq!(second.status.code(), Some(5), "{}", complaint(&second));
    restoring.kill().unwrap();
    restoring.wait().unwrap();
    assert!(unfinished.exists() && !home.data().join("store").exists());
    for command in [&["account", "list"][..], &["serve", "--http", "127.0.0.1:0"]] {
        let started = home.operate(command);
        assert_eq!(started.status.code(), Some(2), "{}", complaint(&started));
        assert!(complaint(&started).contains("has not come to its end"), "{}", complaint(&started));
    }
    said(&home.operate(&["restore", file.to_str().unwrap()]));
    let server = home.serve("warn");
    assert_eq!(users(&server.client(account)).len(), 50);
}
