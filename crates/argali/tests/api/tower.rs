//! A service of one's own: the first one of docs/services.md, as it stands there.

use std::fs;
use std::process::Command;

use argali_testkit::{TestServer, allow, seconds};
use tempfile::TempDir;

use crate::expect::Calls;
use crate::stage::text;

const GUIDE: &str = include_str!("../../../../docs/services.md");

/// The service file in the guide.
fn example() -> &'static str {
    GUIDE.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap()
}

/// A folder with one service file.
fn folder(file: &str, content: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(file), content).unwrap();
    folder
}

#[test]
fn the_first_service_of_the_guide_makes_starts_stops_and_deletes_towers() {
    let services = folder("tower.toml", example());
    let server =
        TestServer::builder().configure(|config| config.services.dir = services.path().to_owned()).start();
    let a = server.account("company-a", "11223344");
    a.client.call("Tower", "CreateTower", &[]).unwrap_err();
    let made =
        a.must("Tower", "CreateTower", &[("Name", "north"), ("Tag.1.Key", "team"), ("Tag.1.Value", "web")]);
    let id = text(&made["TowerId"]);
    let this = [("TowerId", id.as_str())];
    let state = || text(&a.must("Tower", "DescribeTowers", &this)["Towers"][0]["Status"]);
    let fails = |action: &str| a.client.call("Tower", action, &this).unwrap_err().code;
    assert_eq!((state().as_str(), fails("StopTower").as_str()), ("Stopped", "IncorrectTowerStatus"));
    a.must("Tower", "StartTower", &this);
    assert_eq!((state().as_str(), fails("DeleteTower").as_str()), ("Starting", "IncorrectTowerStatus"));
    server.clock().advance(seconds(2));
    assert_eq!(state(), "Running");
    // A policy can name it, and nothing else is allowed by that.
    let alice = a.user("alice");
    let arn = format!("acs:tower:cn-hangzhou:{}:tower/{id}", a.id);
    a.grant_document("alice", "one-tower", &allow(&["tower:StopTower"], &[&arn]));
    alice.must("Tower", "StopTower", &this);
    let refusal = alice.call("Tower", "DeleteTower", &this).unwrap_err();
    assert_eq!((refusal.code.as_str(), refusal.status), ("Forbidden.RAM", 403));
    let listed = a.must("ResourceManager", "ListResources", &[("Service", "tower")]);
    assert_eq!(listed["Resources"]["Resource"][0]["ResourceId"], id);
    server.clock().advance(seconds(2));
    a.must("Tower", "DeleteTower", &this);
    assert_eq!(fails("StartTower"), "InvalidTowerId.NotFound");
}

#[test]
fn files_are_checked_without_a_server() {
    let check = |folder: &TempDir, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_argali"));
        command.args(["services", "check", "tower.toml"]).args(more).current_dir(folder.path()).env_clear();
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, said) = check(&folder("tower.toml", example()), &["-o", "table"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("`tower` is right"), "{said}");
    let last = "deletes = \"tower\"\nfrom = [\"Stopped\"]";
    let wrong = example().replace(last, &last.replace("Stopped", "Stoped")).replace("{Floors}", "{Rooms}");
    let line = wrong.lines().count();
    let broken = folder("tower.toml", &wrong);
    let (code, said) = check(&broken, &["-o", "table"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(&format!("tower.toml:{line}:9: `tower.tower` has no state `Stoped`")), "{said}");
    assert!(said.contains("`tower.tower` has no field `Rooms`"), "all mistakes are told at once: {said}");
    let (code, said) = check(&broken, &["-o", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &answer["Mistakes"][0]["File"]), (Some(1), &"tower.toml".into()));
    assert!(answer["Mistakes"][0]["Line"].is_u64(), "{answer}");
    assert_eq!(check(&folder("other.toml", ""), &[]).0, Some(2), "a file that is not there");
}
