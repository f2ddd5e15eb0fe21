//! Names that people read, made from names that programs write.

/// The words of a name such as `ModifyDBInstanceSpec`.
pub(super) fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(*letter);
        }
    }
    words
}

/// What several of a type are called: `Security groups` of `security_group`.
pub(super) fn plural(name: &str) -> String {
    let mut text = name.replace('_', " ");
    let end = match text.chars().last() {
        Some('y') if !text.ends_with("ay") && !text.ends_with("ey") => {
            text.pop();
            "ies"
        }
        Some('s' | 'x') => "es",
        _ if text.ends_with("ch") || text.ends_with("sh") => "es",
        _ => "s",
    };
    text.push_str(end);
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What an operation does with something, without the names of what it does it with: `Stop` of `StopInstance`.
pub(super) fn deed(operation: &str, nouns: &[String]) -> Vec<String> {
    let mut rest = operation.to_owned();
    for noun in nouns.iter().filter(|noun| !noun.is_empty()) {
        rest = rest.replace(&format!("{noun}s"), "").replace(noun, "");
    }
    words(if rest.is_empty() { operation } else { &rest })
}

/// What programs call a type within names of operations: `SecurityGroup` of `security_group`.
pub(super) fn camel(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>())
    };
    name.split('_').filter_map(word).collect()
}
