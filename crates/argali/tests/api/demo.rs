//! `argali demo`, the first thing that anybody runs.

use std::process::Command;

#[test]
fn the_story_comes_out_as_it_must() {
    let output = Command::new(env!("CARGO_BIN_EXE_argali")).arg("demo").env_clear().output().unwrap();
    let (told, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}\n{said}");
    assert!(told.contains("AssumeRole") && told.contains("InvalidSecurityToken.Revoked"), "{told}");
}
