//! What a form is refused with reads in Chinese where the page does.
// SPEC: console, languages: labels, validation and explanations are complete in both.

use std::collections::BTreeMap;

use argali_testkit::{Page, Visitor};

use crate::every_page::crawl;
use crate::stage::Stage;

/// Forms that change who looks, or how.
const LEFT_OUT: [&str; 3] = ["/logon/preferences", "/log-off", "/me/preferences"];

/// What pages say of a failure whose words are not known in Chinese.
const UNKNOWN: [&str; 7] = [
    "原因见下方原文",
    "名称已被使用，请换一个名称",
    "对象不存在或已被删除",
    "已达到数量上限，请先删除一个",
    "仍有关联对象，请先解除",
    "该值不符合要求",
    "服务器繁忙，请稍后重试",
];

/// What stands in a page between the tags of these classes or names, without what is marked as English.
fn told(page: &Page) -> Vec<String> {
    let mut told = Vec::new();
    for (begin, end) in [
        ("role=\"alert\"", "</div></div>"),
        ("<p class=\"error\"", "</p>"),
        ("notice danger\"", "</div></div>"),
    ] {
        for part in page.body.split(begin).skip(1) {
            let part = part.split_once('>').map_or("", |(_, rest)| rest);
            told.push(words(part.split_once(end).map_or(part, |(inside, _)| inside)));
        }
    }
    told.retain(|words| !words.is_empty());
    told
}

/// The words of a piece of a page that are neither English on purpose nor names.
fn words(html: &str) -> String {
    let mut html = html.to_owned();
    for (begin, end) in [
        ("<p class=\"muted small-text\" lang=\"en\"", "</p>"),
        ("<code", "</code>"),
        ("<bdi", "</bdi>"),
        ("<svg", "</svg>"),
    ] {
        while let Some((before, rest)) = html.split_once(begin) {
            let after = rest.split_once(end).map_or("", |(_, after)| after);
            html = format!("{before} {after}");
        }
    }
    let mut words = String::new();
    let mut is_tag = false;
    for character in html.chars() {
        match character {
            '<' => is_tag = true,
            '>' => {
                is_tag = false;
                words.push(' ');
            }
            other if !is_tag => words.push(other),
            _ => {}
        }
    }
    // What is quoted is a name.
    words.split('`').step_by(2).collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether English words follow one another, as in a sentence.
fn is_english(words: &str) -> bool {
    let is_word = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase()) && word.len() > 1;
    let words: Vec<_> = words.split(' ').collect();
    words.windows(3).any(|three| three.iter().filter(|word| is_word(word)).count() == 3)
}

fn is_in_chinese(what: &str, page: &Page) -> usize {
    let told = told(page);
    for words in &told {
        let has_han = words.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        assert!(has_han && !is_english(words), "{what} is told: {words}");
        assert!(
            !UNKNOWN.iter().any(|kind| words.contains(kind)),
            "{what}: unknown in Chinese: {}",
            page.body
        );
    }
    told.len()
}

/// The forms of a site that something is written in, each with a page that it stands on and the names of its fields.
fn forms(visitor: &Visitor) -> BTreeMap<String, (String, Vec<String>)> {
    let mut forms = BTreeMap::new();
    crawl(visitor, "/console", |path, page| {
        let mut action = None;
        for tag in page.tags() {
            let name = || tag.attribute("name").unwrap_or_default().to_owned();
            let kind = tag.attribute("type").unwrap_or("text");
            match tag.name.as_str() {
                "form" => {
                    let sent = tag.attribute("action").filter(|_| tag.attribute("method") == Some("post"));
                    action = sent.map(str::to_owned);
                }
                "textarea" | "input" if matches!(kind, "text" | "number" | "password" | "url" | "search") => {
                    let Some(action) = &action else { continue };
                    if LEFT_OUT.iter().all(|other| !action.ends_with(other)) {
                        let known =
                            forms.entry(action.clone()).or_insert_with(|| (path.to_owned(), Vec::new()));
                        if known.0 == path {
                            known.1.push(name());
                        }
                    }
                }
                _ => {}
            }
        }
    });
    forms
}

#[test]
fn whatever_a_form_is_refused_with_is_said_in_chinese() {
    let stage = Stage::new();
    let mut told = 0;
    for owner in [stage.owner(&stage.a), stage.owner(&stage.b)] {
        let owner = owner.reading("zh-CN");
        for (action, (path, fields)) in forms(&owner) {
            for rubbish in ["!", "x", "999999999", ""] {
                let page = owner.open(&path);
                if page.status != 200 || !page.body.contains(&format!("action=\"{action}\"")) {
                    continue;
                }
                let values: Vec<_> = fields.iter().map(|name| (name.as_str(), rubbish)).collect();
                let answer = owner.submit(&page, &action, &values);
                told += is_in_chinese(&format!("{action} with {rubbish:?} everywhere"), &answer);
            }
        }
    }
    assert!(told > 60, "{told}");
}

#[test]
fn a_refusal_keeps_names_and_the_words_that_support_searches_for() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a).reading("zh-CN");
    let form = owner.open("/console/ram/groups/new");
    let answer = owner.submit(&form, "/console/ram/groups/new", &[("GroupName", "a/b")]);
    let alert = answer.body.split("role=\"alert\"").nth(1).unwrap_or_else(|| panic!("{}", answer.body));
    assert!(
        alert.contains("参数 GroupName 无效：只能包含字母、数字、`.`、`_` 和 `-`，不能包含 `/`。"),
        "{alert}"
    );
    let english = "The specified parameter GroupName is not valid: it may hold letters, digits, `.`, `_` and `-`, not `/`.";
    assert!(alert.contains(&format!("<p class=\"muted small-text\" lang=\"en\">{english}</p>")), "{alert}");
    assert!(alert.contains("<code>InvalidParameter.GroupName.InvalidChars</code>"), "{alert}");
}
