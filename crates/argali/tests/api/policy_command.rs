//! `argali policy`: what it says, and how it ends.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder with one file in it.
struct Folder(TempDir);

impl Folder {
    fn with(file: &str, text: &str) -> Self {
        let folder = TempDir::with_prefix("argali-policy-").unwrap();
        std::fs::write(folder.path().join(file), text).unwrap();
        Self(folder)
    }

    /// What the program says and how it ends, run in the folder without anybody's settings.
    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_argali"));
        command.arg("policy").args(arguments).current_dir(self.0.path()).env_clear().stdin(Stdio::null());
        command.output().unwrap()
    }

    #[track_caller]
    fn says(&self, arguments: &[&str], exit: i32, stdout: &str, stderr: &str) {
        let output = self.run(arguments);
        let (said, complained) = (text(&output.stdout), text(&output.stderr));
        assert_eq!((said.as_str(), complained.as_str()), (stdout, stderr));
        assert_eq!(output.status.code(), Some(exit));
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The worked example of the documentation.
fn example() -> String {
    let page = std::fs::read_to_string(docs().join("policies.md")).unwrap();
    let (_, rest) = page.split_once("```json\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

fn docs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

#[test]
fn the_example_in_the_documentation_passes() {
    let folder = Folder::with("access.cases.json", &example());
    folder.says(&["test", "access.cases.json"], 0, "3 passed, 0 failed\n", "");
}

#[test]
fn a_case_that_comes_out_otherwise_is_listed_with_its_reason() {
    let other_team = example().replace(
        r#""acs:ResourceTag/team": "web" }
      }"#,
        r#""acs:ResourceTag/team": "db" }
      }"#,
    );
    let folder = Folder::with("access.cases.json", &other_team);
    let page = std::fs::read_to_string(docs().join("policies.md")).unwrap();
    let shown = page.split("```").find(|block| block.contains("2 passed, 1 failed")).unwrap();
    folder.says(&["test", "access.cases.json"], 1, shown.trim_start(), "");

    let output = folder.run(&["test", "access.cases.json", "-o", "json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stderr), "2 passed, 1 failed\n");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&answer["Passed"], &answer["Failed"]), (&json!(2), &json!(1)));
    let failure = &answer["Failures"][0];
    assert_eq!((&failure["Id"], &failure["Line"]), (&json!("operators-stop-their-own"), &json!(4)));
    assert_eq!((&failure["Expected"], &failure["Got"]), (&json!("Allow"), &json!("ImplicitDeny")));
}

#[test]
fn every_kind_of_decision_has_its_reason() {
    let case = |id: &str, members: &str| format!(r#"{{"id": "{id}", {members}}}"#);
    let allow = r#""policy": {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "ecs:*", "Resource": "*"}]}"#;
    let request = |action: &str, owner: &str| {
        let arn = format!("acs:ecs:*:{owner}:instance/*");
        format!(
            r#""request": {{"action": "{action}", "resource": "{arn}", "owner": "{owner}", "context": {{}}}}"#
        )
    };
    let user = r#""principal": {"type": "RAMUser", "account": "1", "name": "alice"}"#;
    let owner = r#""principal": {"type": "Account", "account": "1"}"#;
    let held = format!(r#"{{"layer": "identity", "via": "user:alice", "scope": "account", {allow}}}"#);
    let cases = [
        case(
            "owner",
            &format!(
                r#""kind": "access", "expect": "ImplicitDeny", {owner}, "attached": [], {}"#,
                request("ecs:StopInstance", "1")
            ),
        ),
        case(
            "assumes",
            &format!(
                r#""kind": "assume", "expect": "Allow", {owner}, "attached": [], {}"#,
                request("sts:AssumeRole", "1")
            ),
        ),
        case(
            "elsewhere",
            &format!(
                r#""kind": "access", "expect": "Allow", {user}, "attached": [{held}], {}"#,
                request("ecs:StopInstance", "2")
            ),
        ),
        case(
            "held",
            &format!(
                r#""kind": "access", "expect": "ImplicitDeny", {user}, "attached": [{held}], {}"#,
                request("ecs:StopInstance", "1")
            ),
        ),
        case(
            "bounded",
            &format!(
                r#""kind": "access", "expect": "Allow", {user}, "attached": [{held}, {{"layer": "control", "level": "folder", {}}}], {}"#,
                allow.replace("Allow", "Deny"),
                request("ecs:StopInstance", "1"),
            ),
        ),
        case(
            "exempt",
            &format!(
                r#""kind": "access", "expect": "ExplicitDeny", {user}, "attached": [], {}"#,
                request("sts:GetCallerIdentity", "1")
            ),
        ),
        case(
            "document",
            r#""kind": "validate", "expect": "Malformed", "document_kind": "trust", "message": "nothing", "document": {}"#,
        ),
    ];
    let folder = Folder::with(
        "c.json",
        &format!("{{\"format\": \"argali-policy-cases/1\", \"cases\": [{}]}}", cases.join(",\n")),
    );
    let said = text(&folder.run(&["test", "c.json"]).stdout);
    for line in [
        "allowed on `acs:ecs:*:1:instance/*`: an account may do everything on what it owns",
        "denied on `acs:ecs:*:1:instance/*`: an account assumes no role",
        "denied on `acs:ecs:*:2:instance/*`: no policy applies, as on a resource of another account",
        "allowed on `acs:ecs:*:1:instance/*` by Statement[0] of attached[0]",
        "denied on `acs:ecs:*:1:instance/*` by Statement[0] of attached[1] (control policy, folder)",
        "allowed on `acs:ecs:*:1:instance/*`: the operation needs no permission",
        "refused with: `Version` is missing",
        "which does not say: nothing",
    ] {
        assert!(said.lines().any(|said| said.trim() == line), "{line}:\n{said}");
    }
    assert!(said.ends_with("\n0 passed, 7 failed\n"), "{said}");
}

#[test]
fn what_cannot_be_understood_is_told_with_its_place() {
    let folder =
        Folder::with("c.json", &example().replace("\"expect\": \"Malformed\"", "\"expect\": \"Allow\""));
    let said = "error: the cases cannot be understood, and none was run\n  c.json:48: case \
                `no-number-in-quotes-forgotten`: `expect` is `Allow`, which its kind cannot come to: \
                expected `Valid` or `Malformed`\n";
    folder.says(&["test", "c.json"], 2, "", said);
    let said = "error: cannot read `absent.json`: No such file or directory (os error 2)\n";
    folder.says(&["test", "absent.json"], 2, "", said);
}

#[test]
fn documents_are_looked_through() {
    let document = |action: &str| {
        format!(r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#)
    };
    let folder = Folder::with("good.json", &document("ecs:StopInstance"));
    std::fs::write(folder.0.path().join("ops.json"), document("ecs:StopInstanse")).unwrap();
    std::fs::write(folder.0.path().join("bad.json"), document("ecs")).unwrap();
    folder.says(&["lint", "good.json", "--strict"], 0, "1 document: 0 errors, 0 warnings\n", "");
    let page = std::fs::read_to_string(docs().join("policies.md")).unwrap();
    let shown = page.split("```").find(|block| block.contains("1 document: 0 errors, 1 warning")).unwrap();
    let (_, shown) = shown.trim_start().split_once('\n').unwrap();
    folder.says(&["lint", "ops.json"], 0, shown, "");
    folder.says(&["lint", "ops.json", "--strict"], 1, shown, "");
    let said = "bad.json: error: `Statement[0].Action`: `ecs` is not allowed here: write `*` or \
                `<ram-code>:<operation>`, for example `ecs:Describe*`\n2 documents: 1 error, 0 warnings\n";
    folder.says(&["lint", "bad.json", "good.json"], 1, said, "");
    let output = folder.run(&["lint", "good.json", "--kind", "trust", "-o", "json"]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["Findings"][0]["Rule"], "malformed", "{answer}");
    assert_eq!(
        (output.status.code(), text(&output.stderr).as_str()),
        (Some(1), "1 document: 1 error, 0 warnings\n")
    );
}

#[test]
fn declared_services_and_long_documents_are_known() {
    let service = concat!(
        "service = \"moss\"\ntitle = \"Moss\"\nproduct = \"Moss\"\nversion = \"2019-08-15\"\nram_code = \"moss\"\n",
        "authorization = \"service\"\nother_accounts = \"open\"\n[table.app]\nkey = \"Id\"\nrows = [{ Id = \"a\" }]\n",
        "[operation.DescribeApps]\nserves = \"app\"\nchecks = [\"all\"]\nanswer = { Apps = \"{items}\" }\n"
    );
    let folder = Folder::with("moss.toml", service);
    let document = |resource: &str| {
        format!(
            r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"moss:*","Resource":"{resource}"}}]}}"#
        )
    };
    std::fs::write(folder.0.path().join("narrow.json"), document("acs:moss:*:*:app/a")).unwrap();
    std::fs::write(folder.0.path().join("long.json"), document(&"a".repeat(7_000))).unwrap();
    let said = text(&folder.run(&["lint", "narrow.json", "--services", "."]).stdout);
    assert!(said.contains("`moss` tells no resources apart") && said.contains("(too-narrow)"), "{said}");
    folder.says(&["lint", "narrow.json"], 0, "1 document: 0 errors, 0 warnings\n", "");
    let said = text(&folder.run(&["lint", "long.json"]).stdout);
    assert!(
        said.starts_with(
            "long.json: error: has 7080 characters, white space between words not counted: 6144"
        ),
        "{said}"
    );
}
