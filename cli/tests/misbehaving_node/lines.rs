//! Answers whose lines are odd or wrong.

/// The line of an answer, with its newline, as a node with this fault prints it.
pub(crate) fn changed(fault: &str, line: &str) -> Vec<u8> {
    match fault {
        "line-dict" => format!("{}\n", line.replace('"', "'")).into(),
        "line-bom" => format!("\u{feff}{line}\n").into(),
        "line-utf16" => format!("{line}\n").encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "line-indented" => format!("{}\n", line.replace('{', "{\n  ").replace('}', "\n}")).into(),
        "line-renamed" => format!("{}\n", line.replace("\"dest\"", "\"to\"")).into(),
        "line-unfinished" => line.into(),
        "line-twice" => format!("{line}{line}\n").into(),
        "line-behind" => format!("{line};\n").into(),
        "line-key-twice" => format!("{}\n", line.replacen('{', r#"{"id":1,"id":2,"#, 1)).into(),
        "line-latin1" => {
            let mut bytes = Vec::new();
            for character in format!("{}\n", line.replace("Please", "Pl\u{e9}ase")).chars() {
                bytes.push(u8::try_from(character).unwrap_or(b'?'));
            }
            bytes
        }
        _ => format!("{line}\n").into(),
    }
}
