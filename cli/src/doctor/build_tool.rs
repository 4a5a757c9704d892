//! Guesses, from its text, which programs the shell starts for a `build` of glomers.toml.

/// Reserved words and built-in commands of the shell (POSIX, "Shell Command Language").
const SHELL_WORDS: [&str; 40] = [
    "!", ".", ":", "[", "{", "}", "alias", "break", "case", "cd", "command", "continue", "do",
    "done", "echo", "elif", "else", "esac", "eval", "exec", "exit", "export", "false", "fi", "for",
    "if", "printf", "pwd", "read", "return", "set", "shift", "test", "then", "trap", "true",
    "umask", "unset", "until", "while",
];
/// Characters with which a word is not the plain name of a program.
const SPECIAL: &str = "$`'\"\\(){}*?<>~=#";

/// The first words of all commands that are names of programs, without repetitions. A path is only
/// included for the first command: a `cd` or a build step may precede later ones.
pub(super) fn programs(build: &str) -> Vec<String> {
    let mut programs: Vec<String> = Vec::new();
    for (position, command) in commands(build).into_iter().enumerate() {
        let mut words = command.split_whitespace().skip_while(|word| is_assignment(word));
        let Some(program) = words.next() else { continue };
        let is_program = !SHELL_WORDS.contains(&program)
            && !program.contains(|c| SPECIAL.contains(c))
            && (position == 0 || !program.contains('/'));
        if is_program && !programs.iter().any(|known| known == program) {
            programs.push(program.to_owned());
        }
    }
    programs
}

/// Splits at `;`, `&`, `|` and line breaks outside quotes; skips comments and here-documents.
fn commands(build: &str) -> Vec<&str> {
    let mut commands = Vec::new();
    let mut start = 0;
    let mut quote = None;
    let mut before = ' ';
    let mut in_comment = false;
    let build = build.split_once("<<").map_or(build, |(build, _)| build);
    for (position, c) in build.char_indices() {
        let follows = build[position..].chars().nth(1);
        match (quote, c) {
            _ if in_comment && c != '\n' => {}
            (Some(open), _) => {
                if c == open && before != '\\' {
                    quote = None;
                }
            }
            (None, '\'' | '"') if before != '\\' => quote = Some(c),
            (None, '#') if before.is_whitespace() => {
                commands.push(&build[start..position]);
                in_comment = true;
            }
            // `2>&1` and `&>` are redirections.
            (None, '&') if matches!(before, '>' | '<') || follows == Some('>') => {}
            (None, ';' | '&' | '|' | '\n') => {
                if !in_comment {
                    commands.push(&build[start..position]);
                }
                in_comment = false;
                start = position + 1;
            }
            (None, _) => {}
        }
        before = c;
    }
    if !in_comment {
        commands.push(&build[start..]);
    }
    commands.retain(|command| !command.trim().is_empty());
    commands
}

/// Whether a word is a variable assignment, such as `CGO_ENABLED=0`.
fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && name.starts_with(|c: char| !c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(build: &str, expected: &[&str]) {
        assert_eq!(programs(build), expected, "{build}");
    }

    #[test]
    fn the_first_word_is_the_program() {
        check("cargo build --release", &["cargo"]);
        check("  go build -o node .\n", &["go"]);
        check("CGO_ENABLED=0 GOOS=linux go build", &["go"]);
        check("./build.sh fast", &["./build.sh"]);
        check("", &[]);
    }

    #[test]
    fn several_commands_have_several_programs() {
        check("cd node && make deps; cargo build 2>&1 | tee log", &["make", "cargo", "tee"]);
        check("make a && make b || exit 1", &["make"]);
        check("mkdir -p bin\n# then; what\ngo build &> log", &["mkdir", "go"]);
        check("cd node && ./build.sh", &[]);
    }

    #[test]
    fn what_only_the_shell_understands_is_no_program() {
        check("\"$CARGO\" build; ${CC:-cc} x.c; (cd a; make)", &[]);
        check("echo 'a; b && c'; \"my tool\" x", &[]);
        check("if true; then go build; fi", &[]);
        check("cat > x.c <<END\nint main; void\nEND\n", &["cat"]);
    }
}
