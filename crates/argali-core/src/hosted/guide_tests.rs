//! What the guide shows is right, and what somebody could hand over to do harm is refused in time.

use serde_json::Value;

use super::*;

/// What people read when they write such a file.
const GUIDE: &str = include_str!("../../../../docs/services.md");

#[test]
fn the_services_in_the_guide_are_right() {
    let blocks = GUIDE.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let whole = blocks.filter(|text| text.starts_with("service = "));
    let files: Vec<_> = whole.enumerate().map(|(at, text)| (format!("{at}.toml"), text.to_owned())).collect();
    assert_eq!(files.len(), 3, "the first service, the whole one, and the one with a backend");
    // The third is the first with something real behind it, so they do not go together.
    let (with_backend, others) = files.split_last().unwrap();
    assert_eq!(mistakes_in(others), Vec::<String>::new());
    assert_eq!(mistakes_in(std::slice::from_ref(with_backend)), Vec::<String>::new());
}

/// The service of the guide that has a backend, with something in it replaced.
fn tower_with_backend(from: &str, to: &str) -> String {
    let chapter = GUIDE.split("## A real service behind it").nth(1).unwrap();
    let text = chapter.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

#[test]
fn what_is_said_of_backends_is_checked() {
    let url = "\"http://127.0.0.1:9000/calls\"";
    let id = "id = { parameter";
    let cases = [
        (url, "7", "expected a URL, or a table"),
        (url, "\"ftp://127.0.0.1\"", "begins with `http://` or `https://`"),
        (url, "\"http://user@host/\"", "followed by a host"),
        (url, "\"http://host/#x\"", "fragment"),
        (url, "{ timeout_ms = 5 }", "`url` is missing"),
        (url, "{ url = \"http://a\", timeout_ms = 0 }", "`timeout_ms` must be milliseconds, 1 to 60000"),
        (url, "{ url = \"http://a\", connect_timeout_ms = \"1\" }", "expected milliseconds"),
        (url, "{ url = \"http://a\", key = \"b\" }", "`key` is not known here"),
        (id, "tags = true\nid = { parameter", "does not know `tags` of `tower.tower`"),
        (id, "resource_groups = true\nid = { parameter", "does not know `resource_groups` of `tower.tower`"),
        ("deletes = \"tower\"", "untags = [\"tower\"]", "does not know what `untags`"),
    ];
    for (from, to, expected) in cases {
        let found = mistakes_in(&[("tower.toml".to_owned(), tower_with_backend(from, to))]);
        assert!(found.iter().any(|line| line.contains(expected)), "{to}: {found:?}");
        assert!(found.iter().all(|line| line.starts_with("tower.toml:")), "{to}: {found:?}");
    }
    let other =
        tower("", "").replace("\"tower\"", "\"hut\"").replace("product = \"Tower\"", "product = \"Hut\"");
    let other = other
        .replace("resource.tower", "resource.hut")
        .replace("Name = {", "Near = { refers = \"tower.tower\" }\nName = {");
    let files = [("hut.toml".to_owned(), other), ("tower.toml".to_owned(), tower_with_backend("", ""))];
    let found = mistakes_in(&files);
    assert!(found.iter().any(|line| line.contains("nothing here can refer to it")), "{found:?}");
}

fn mistakes_in(files: &[(String, String)]) -> Vec<String> {
    match Catalog::load(files) {
        Ok(_) => Vec::new(),
        Err(mistakes) => mistakes.iter().map(Mistake::to_string).collect(),
    }
}

/// The first service of the guide, with something in it replaced.
fn tower(from: &str, to: &str) -> String {
    let text = GUIDE.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

#[test]
fn hostile_files_are_refused_in_time() {
    let fields = |count: usize, form: &dyn Fn(usize) -> String| {
        let lines: String = (0..count).map(form).collect();
        tower("[resource.tower.view]", &format!("{lines}\n[resource.tower.view]"))
    };
    let many_unknown: String = (0..5_000).map(|at| format!("u{at} = 1\n")).collect();
    let cases = [
        ("an array in an array", format!("a = {}", "[".repeat(4_000))),
        ("over many lines", format!("a = {}", "[\n".repeat(100_000))),
        ("a table in a table", format!("a = {}", "{a=".repeat(1_000))),
        ("dotted keys", format!("{}a = 1", "a.".repeat(1_900))),
        ("dotted headers", format!("[{}a]", "a.".repeat(1_900))),
        ("a long line", format!("a = \"{}\"", "x".repeat(5_000))),
        ("a long file", "# comment\n".repeat(30_000)),
        ("many mistakes", many_unknown),
        ("many fields", fields(2_000, &|at| format!("F{at} = \"text\"\n"))),
        ("a chain of fields", fields(2_000, &|at| format!("F{at} = {{ value = \"{{F{}}}\" }}\n", at + 1))),
        ("fields in a ring", fields(2, &|at| format!("F{at} = {{ value = \"{{F{}}}\" }}\n", 1 - at))),
        (
            "a type that goes with itself",
            fields(1, &|_| "Below = { refers = \"tower\", deleted_with = true }\n".to_owned()),
        ),
        ("another service's name", tower("service = \"tower\"", "service = \"ecs\"")),
        (
            "another service's operation",
            tower(
                "product = \"Tower\"\nversion = \"2026-12-01\"",
                "product = \"Ecs\"\nversion = \"2014-05-26\"",
            )
            .replace("CreateTower", "RunInstances"),
        ),
        ("a number that is none", tower("length = 16", "length = 99999999999999999999")),
    ];
    for (what, text) in cases {
        let found = mistakes_in(&[("hostile.toml".to_owned(), text)]);
        assert!((1..=100).contains(&found.len()), "{what}: {} mistakes", found.len());
        assert!(found.iter().all(|line| line.starts_with("hostile.toml:")), "{what}: {found:?}");
    }
}

#[test]
fn the_guide_knows_every_word_of_the_form() {
    let situations = Situation::ALL.iter().map(|(name, _)| *name);
    let filters = super::filter::Filter::ALL.iter().map(|(name, _)| *name);
    let words = situations.chain(filters).chain(super::read::words());
    let missing: Vec<&str> = words.filter(|word| !GUIDE.contains(&format!("`{word}"))).collect();
    assert_eq!(missing, [""; 0]);
}

/// The schema for editors, which stands beside the guide.
const SCHEMA: &str = include_str!("../../../../docs/services.schema.json");

/// What a document has that a schema does not admit, as far as this schema goes.
fn unfit(whole: &Value, schema: &Value, value: &Value, path: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        return unfit(whole, &whole["$defs"][name.trim_start_matches("#/$defs/")], value, path);
    }
    let all = schema["allOf"].as_array().into_iter().flatten();
    let mut found: Vec<String> = all.flat_map(|schema| unfit(whole, schema, value, path)).collect();
    if let Some(any) = schema["anyOf"].as_array()
        && !any.iter().any(|schema| unfit(whole, schema, value, path).is_empty())
    {
        found.push(format!("{path} is none of what it can be"));
    }
    let is_of = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        _ => value.is_i64(),
    };
    if schema["type"].as_str().is_some_and(|kind| !is_of(kind))
        || schema["enum"].as_array().is_some_and(|known| !known.contains(value))
    {
        found.push(format!("{path} is {value}"));
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        match (&schema["properties"][name], &schema["additionalProperties"]) {
            (Value::Null, Value::Bool(false)) => found.push(format!("{path} is not known")),
            (Value::Null, others) => found.extend(unfit(whole, others, member, &path)),
            (known, _) => found.extend(unfit(whole, known, member, &path)),
        }
    }
    for element in value.as_array().into_iter().flatten() {
        found.extend(unfit(whole, &schema["items"], element, path));
    }
    found
}

#[test]
fn the_schema_admits_every_service_that_comes_with_argali_and_no_word_that_is_unknown() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let check = |text: &str| unfit(&schema, &schema, &toml::from_str(text).unwrap(), "");
    for (file, text) in super::catalog::BUILT_IN {
        assert_eq!(check(text), [""; 0], "{file}");
    }
    assert_eq!(check(&tower("", "")), [""; 0]);
    assert_eq!(check(&tower_with_backend("", "")), [""; 0]);
    for (from, to) in [
        ("title", "tittle"),
        ("creates", "makes_up"),
        ("\"integer\"", "\"int\""),
        ("tags = true", "tags = 1"),
    ] {
        assert_ne!(check(&tower(from, to)), [""; 0], "{to}");
    }
}
