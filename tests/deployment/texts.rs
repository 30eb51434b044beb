//! Hostile texts, and the settings that are shown.

use crate::{COMPOSE, DOCKERFILE, VALUES, append, facts, oarlock, petstore, text};

#[test]
fn hostile_texts_stay_texts() {
    const HOSTILE: &str = "a\"b\\c $HOME ${X} $(id) {{ .Values.user }} 'd' #e: `f` - [g";
    let folder = petstore("hostile");
    let quoted = serde_json::to_string(HOSTILE).expect("JSON");
    append(
        &folder.join("oarlock.yaml"),
        &format!("deploy:\n  environment: {{ HOSTILE: {quoted} }}\n  log: {quoted}\n"),
    );
    oarlock(&folder, &["generate"]).expect("it is generated");
    let facts = facts(&folder, "petstore");
    assert_eq!(facts[&(VALUES, "environment.HOSTILE".into())], HOSTILE);
    assert_eq!(facts[&(VALUES, "log".into())], HOSTILE);
    let compose = &facts[&(COMPOSE, "environment.HOSTILE".into())];
    assert_eq!(compose.replace("$$", "$"), HOSTILE);
    assert!(!compose.replace("$$", "").contains('$'), "{compose}");
    let dockerfile = text(&folder, DOCKERFILE);
    let line = dockerfile
        .lines()
        .find(|line| line.starts_with("ENV HOSTILE="))
        .expect("it is set");
    assert_eq!(unquoted(line.split_once('=').expect("a value").1), HOSTILE);
}

/// What Docker makes of a word in double quotes; whatever would end it, or be a variable, is none of it.
fn unquoted(word: &str) -> String {
    let inner = word
        .strip_prefix('"')
        .and_then(|word| word.strip_suffix('"'))
        .expect("quotes");
    let mut letters = inner.chars();
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.extend(letters.next()),
            '"' | '$' => panic!("{letter} stands bare in {word}"),
            other => text.push(other),
        }
    }
    text
}

/// The keys that the scaffolded settings show are all there are, and as they are without them.
#[test]
fn the_settings_show_what_holds_without_them() {
    let folder = petstore("shown");
    let before = facts(&folder, "petstore");
    let shown = text(&folder, "oarlock.yaml");
    let uncommented: Vec<&str> = shown
        .lines()
        .skip_while(|line| *line != "# deploy:")
        .map(|line| line.strip_prefix("# ").expect("the last of the file"))
        .collect();
    assert!(uncommented.len() > 15, "{shown}");
    append(
        &folder.join("oarlock.yaml"),
        &format!("\n{}\n", uncommented.join("\n")),
    );
    oarlock(&folder, &["check"]).expect("nothing differs");
    assert_eq!(facts(&folder, "petstore"), before);
}
