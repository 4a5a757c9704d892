//! `glomers completions`: the scripts, and what bash makes of one.

use crate::glomers::Glomers;
use std::process::Command;

#[test]
fn every_shell_completes_commands_and_the_flags_of_settings() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = Glomers::new(&["completions", shell]).end().exits(0).stdout;
        for word in ["completions", "baseline", "nemesis-interval", "watch"] {
            assert!(script.contains(word), "{shell} does not complete {word}");
        }
        assert!(!script.contains("watchdog"), "{shell} completes a hidden command");
    }
    Glomers::new(&["completions", "tcsh"]).end().exits(254).says(&["powershell"]);
}

/// What bash offers for the last of these words.
fn offered(script: &str, words: &str) -> Option<String> {
    let last = words.rsplit(' ').next().unwrap();
    let previous = words.rsplit(' ').nth(1).unwrap();
    let ask = format!(
        "{script}\nCOMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n\
         _glomers glomers '{last}' '{previous}'; echo \"${{COMPREPLY[*]}}\""
    );
    let output = Command::new("bash").args(["--norc", "-c", &ask]).output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

#[test]
fn bash_completes() {
    let script = Glomers::new(&["completions", "bash"]).end().exits(0).stdout;
    for (words, expected) in [
        ("glomers comp", "compare completions"),
        ("glomers run --wat", "--watch"),
        ("glomers init --lang ja", "javascript java"),
    ] {
        match offered(&script, words) {
            Some(offered) => assert_eq!(offered, expected, "{words}"),
            None => glomers_recordings::skipped("completions in bash: it is not installed"),
        }
    }
}
