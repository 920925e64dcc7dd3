//! What subcommands say to whoever runs them at the wrong place or time.

use std::process::{Command, Stdio};

use crate::house::{House, scratch};

#[test]
fn a_command_says_what_is_missing() {
    let house = House::empty_sqlite();
    let (code, said) = house.run(&["journal", "verify"]);
    assert!(code == 2 && said.contains("migrations are pending: run hearthdesk migrate"), "{said}");
    assert_eq!(house.run(&["migrate"]).0, 0);
    assert_eq!(house.run(&["admin", "create"]).0, 0);
    let (code, said) = house.run(&["admin", "create"]);
    assert!(code == 2 && said.contains("--login"), "{said}");
    let mut without_key = house.command(&["doctor"]);
    let output = without_key.env_remove("HEARTHDESK_MASTER_KEY").stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains("no master key"), "{said}");
    assert!(!house.folder.join("master.key").exists(), "doctor made a key");
}

#[test]
fn a_database_that_does_not_answer_lacks_no_migrations() {
    let house = House::empty_sqlite();
    let run = |words: &[&str]| {
        let mut command = house.command(words);
        let output = command.env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/x").stderr(Stdio::piped()).output();
        let output = output.unwrap();
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let (code, said) = run(&["doctor"]);
    assert!(code == Some(1) && said.contains("does not answer") && !said.contains("pending"), "{said}");
    let (code, said) = run(&["journal", "verify"]);
    assert!(code == Some(2) && !said.contains("pending"), "{said}");
}

#[test]
fn whoever_checks_a_proof_gets_no_folder_and_no_key() {
    let house = House::empty_sqlite();
    assert_eq!(house.run(&["admin", "create"]).0, 0);
    assert_eq!(house.run(&["journal", "checkpoint"]).0, 0);
    let proof = house.folder.join("proof.json");
    std::fs::write(&proof, house.command(&["journal", "prove", "--position", "1"]).output().unwrap().stdout).unwrap();
    let outside = scratch();
    let mut check = Command::new(env!("CARGO_BIN_EXE_hearthdesk"));
    let status = check.args(["journal", "check"]).arg(&proof).env_clear().current_dir(&outside).status().unwrap();
    assert!(status.success());
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 0);
}
