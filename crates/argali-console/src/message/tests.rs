//! That everything the server can say is there in Chinese: its sentences are read from its source.
#![expect(clippy::string_slice, reason = "a text is cut at characters that were found in it")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// What stands for a value where a sentence is made.
const VALUE: &str = "¤";

/// Where sentences are made that no caller is refused with: answers that pages put into their own words, what the log
/// and whoever starts the server reads, and what service files are told.
const NOT_TOLD: [&str; 23] = [
    "argali-core/src/analysis/",
    "argali-core/src/audit/",
    "argali-core/src/backup/",
    "argali-core/src/hosted/check",
    "argali-core/src/hosted/read/",
    "argali-core/src/model/golden",
    "argali-core/src/services/argali/explanation.rs",
    "argali-core/src/services/argali/fix.rs",
    "argali-core/src/services/argali/gate.rs",
    "argali-core/src/services/argali/refused.rs",
    "argali-core/src/services/argali/replay.rs",
    "argali-core/src/services/argali/statement.rs",
    "argali-core/src/services/argali/why.rs",
    "argali-core/src/application.rs",
    "argali-core/src/core.rs",
    "argali-core/src/dispatch/outlook.rs",
    "argali-policy/src/advice.rs",
    "argali-policy/src/case/",
    "argali-policy/src/mismatch.rs",
    "argali-protocol/src/answer.rs",
    "argali-protocol/src/response.rs",
    "argali-protocol/src/xml.rs",
    "argali-core/src/backend/answer.rs",
];

/// Where reasons are made that stand within sentences.
const REASONS: [&str; 31] = [
    "argali-core/src/application.rs",
    "argali-core/src/backup/part.rs",
    "argali-core/src/federation/cache.rs",
    "argali-core/src/federation/fetch.rs",
    "argali-core/src/federation/metadata.rs",
    "argali-core/src/federation/name.rs",
    "argali-core/src/federation/token.rs",
    "argali-core/src/hosted/decode.rs",
    "argali-core/src/hosted/filter.rs",
    "argali-core/src/hosted/tag.rs",
    "argali-core/src/logon_name.rs",
    "argali-core/src/message_name.rs",
    "argali-core/src/model/auto_grouping_condition.rs",
    "argali-core/src/model/network_policy.rs",
    "argali-core/src/model/password_policy.rs",
    "argali-core/src/model/security_preference.rs",
    "argali-core/src/name.rs",
    "argali-core/src/passkey/mod.rs",
    "argali-core/src/storage_name.rs",
    "argali-core/src/url.rs",
    "argali-core/src/vocabulary.rs",
    "argali-core/src/webhook/name.rs",
    "argali-core/src/webhook/post.rs",
    "argali-core/src/services/flat_list.rs",
    "argali-core/src/services/ims/security_preference.rs",
    "argali-core/src/services/ram/tag_list.rs",
    "argali-policy/src/condition/mod.rs",
    "argali-policy/src/document/",
    "argali-policy/src/lint/",
    "argali-protocol/src/de.rs",
    "argali-protocol/src/de/failure.rs",
];

/// Literals that are no words to anybody, each with the reason.
const NO_WORDS: [(&str, &str); 29] = [
    ("argali backup 1n", "the name of a format"),
    ("argali backup ", "the same"),
    ("a key of any length will do", "why a lint is off"),
    ("keys cannot be had", "for the log"),
    ("limits are small", "why a lint is off"),
    ("the range is checked, and fractions do not matter", "the same"),
    ("its {}Resource {listed}", "for programs"),
    ("Missing: a value is required", "is taken apart before anybody reads it"),
    ("Missing: `{field}` is required", "the same"),
    ("a network policy {reason}", "a fault of what is stored"),
    ("upper-case letters, lower-case letters, digits and other characters", "part of another"),
    ("`{}`: ", "part of another"),
    (": did you mean `{similar}`?", "part of another"),
    ("{what} has 1 to {LONGEST_NAME} characters", "three sentences, each of which is there"),
    ("{what} is of letters, digits and `-`, and begins with a letter or digit", "the same"),
    (
        "no request has the key `{key}`, so that the condition {effect} holds{hint}",
        "four, each of which is there",
    ),
    ("only looked up, never gone through", "why a lint is off"),
    ("nested more than {MAX_DEPTH} deep", "is there with its line and column"),
    ("`{name}` occurs twice in one object", "the same"),
    ("a string contains a control character", "the same"),
    ("a member name", "what a parser expects, which no text fails to be"),
    ("Statement {} of policy `{}`{through} denies it.", "two, each of which is there"),
    ("it must have {} of {what}", "is there with what is meant"),
    ("the name of a queue", "part of others"),
    ("the name of a topic", "the same"),
    ("the name of a subscription", "the same"),
    ("A text that stands for the user; every application has this scope.", "pages show scopes by name"),
    ("The number of the user and the number of its account.", "the same"),
    ("The logon name and the display name of the user.", "the same"),
];

#[test]
fn whatever_a_caller_can_be_refused_with_is_there_in_chinese() {
    let mut absent = Vec::new();
    for file in sources() {
        let name = file.to_string_lossy().into_owned();
        let is_of = |list: &[&str]| list.iter().any(|part| name.contains(part));
        let gives_reasons = is_of(&REASONS);
        for text in literals(&fs::read_to_string(&file).unwrap()) {
            let told = if gives_reasons { is_phrase(&text) } else { !is_of(&NOT_TOLD) && is_sentence(&text) };
            if told && !is_known(&text) && !NO_WORDS.iter().any(|(other, _)| *other == text) {
                absent.push(format!("{name}: {text}"));
            }
        }
    }
    assert!(absent.is_empty(), "no Chinese for:\n{}", absent.join("\n"));
}

#[test]
fn whatever_service_files_say_is_there_in_chinese() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../argali-core/services");
    let mut seen = 0;
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        for message in text.split("message = \"").skip(1) {
            let message = message.replace("\\\"", "\u{1}");
            let message = message.split_once('"').unwrap().0.replace('\u{1}', "\"");
            // What an answer shows of a message is no sentence.
            if !message.starts_with('{') {
                assert!(is_known(&message), "no Chinese for: {message}");
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn each_sentence_is_there_once_with_the_same_places_in_both_languages() {
    let lists = [wire::ALL, identity::ALL, own::ALL, data::ALL, service::ALL, policy::ALL, word::ALL];
    let mut seen = BTreeSet::new();
    for (english, chinese) in lists.into_iter().flatten() {
        assert!(seen.insert(*english), "twice: {english}");
        let chosen = |text: &'static str| -> BTreeSet<(usize, bool)> {
            let place = |piece| if let Piece::Value(place) = piece { Some(place) } else { None };
            pieces(text).filter_map(place).map(|place| (place.number, place.is_words)).collect()
        };
        let (given, used) = (chosen(english), chosen(chinese));
        assert!(used.is_subset(&given), "{english}: {chinese}");
        // What a parser of JSON says is English, and where it says it is enough.
        let leaves_out = chinese.is_empty() || english.ends_with("{0~}.") || english.starts_with("not JSON");
        assert!(given.is_subset(&used) || leaves_out, "{english}: {chinese}");
        let ends = (english.ends_with('.'), chinese.ends_with('。'));
        assert!(ends.0 == ends.1, "{english}: {chinese}");
    }
}

#[test]
fn values_are_set_in_and_words_among_them_are_chinese() {
    for (english, chinese) in [
        ("The role `a.b` does not exist: check RoleName.", "角色 `a.b` 不存在，请检查 RoleName。"),
        (
            "The specified parameter UserName is not valid: it may hold letters, digits, `.`, `_` and `-`, not `!`.",
            "参数 UserName 无效：只能包含字母、数字、`.`、`_` 和 `-`，不能包含 `!`。",
        ),
        (
            "The policy `p` is already attached to the group `g`.",
            "权限策略 `p` 已授予用户组 `g`，无需重复授权。",
        ),
        (
            "The policy document is not valid: `Statement[0].Effect`: `Maybe` is not allowed here: write `Allow` or `Deny`.",
            "策略内容无效：`Statement[0].Effect`：此处不允许 `Maybe`，请写 `Allow` 或 `Deny`。",
        ),
        (
            "The operation is not allowed: The status of \"i-1\" is Stopped, which does not support this operation.",
            "操作不被允许：\"i-1\" 的状态为 Stopped，不支持该操作，请等待状态变化后重试。",
        ),
        ("MissingUserName is no sentence of ours.", ""),
    ] {
        assert_eq!(in_chinese(english).unwrap_or_default(), chinese, "{english}");
    }
}

#[test]
fn what_a_caller_calls_something_is_never_taken_for_words() {
    // Names stay as they are, whatever they are called like.
    let said = in_chinese("The user `a user` does not exist: check how it is spelled.");
    assert_eq!(said.as_deref(), Some("用户 `a user` 不存在，请检查拼写。"));
}

/// All files of the crates that answer.
fn sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut open: Vec<_> =
        ["argali-core/src", "argali-policy/src", "argali-protocol/src"].map(|path| root.join(path)).into();
    let mut files = Vec::new();
    while let Some(path) = open.pop() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if name.ends_with(".rs") && !name.contains("tests") {
            files.push(path);
        }
    }
    assert!(files.len() > 300, "{}", files.len());
    files
}

/// The texts in a file, without its comments and tests.
fn literals(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let mut texts = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['/', '"', '\'']) {
        let here = &rest[at..];
        if here.starts_with("//") {
            rest = here.split_once('\n').map_or("", |(_, after)| after);
        } else if here.starts_with("\"") && source[..source.len() - here.len()].ends_with("r#") {
            let (text, after) = here[1..].split_once("\"#").unwrap();
            texts.push(text.to_owned());
            rest = after;
        } else if here.starts_with("'\"'") || here.starts_with("'\\") {
            rest = &here[3..];
        } else if let Some(inside) = here.strip_prefix('"') {
            let (text, after) = literal(inside);
            texts.push(text);
            rest = after;
        } else {
            rest = &here[1..];
        }
    }
    texts
}

/// A literal up to its end, and what follows.
fn literal(inside: &str) -> (String, &str) {
    let mut text = String::new();
    let mut characters = inside.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (text, &inside[at + 1..]),
            '\\' => match characters.next() {
                Some((at, '\n')) => {
                    let skipped = inside[at..].len() - inside[at..].trim_start().len();
                    // The line break itself is behind.
                    for _ in 1..inside[at..at + skipped].chars().count() {
                        characters.next();
                    }
                }
                Some((_, escaped)) => text.push(escaped),
                None => {}
            },
            other => text.push(other),
        }
    }
    (text, "")
}

/// Whether words stand in it.
fn has_words(text: &str) -> bool {
    text.split(' ').filter(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase())).count() > 1
}

fn is_sentence(text: &str) -> bool {
    text.ends_with('.') && has_words(text) && !text.starts_with(|c: char| c.is_ascii_lowercase())
}

fn is_phrase(text: &str) -> bool {
    has_words(text)
}

/// Whether it is one of the sentences, whatever its values are.
fn is_known(text: &str) -> bool {
    let mut sample = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        sample.push_str(before);
        match after.split_once('}') {
            // What is doubled stands for itself.
            _ if after.starts_with('{') => {
                sample.push('{');
                rest = &after[1..];
                continue;
            }
            Some((name, tail)) if name.chars().all(|c| c.is_ascii_alphanumeric() || "_:?.".contains(c)) => {
                sample.push_str(VALUE);
                rest = tail;
            }
            _ => {
                sample.push('{');
                rest = after;
            }
        }
    }
    sample.push_str(rest);
    SENTENCES.iter().any(|sentence| sentence.values(&sample).is_some_and(|values| values != [text]))
}
