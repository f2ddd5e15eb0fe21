//! A walk over the pages of the console, one of each shape, as their links lead.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::line::Line;

/// How a page answered.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its path with its query.
    pub path: String,
    /// The shortest time that an answer took.
    pub took: Duration,
    /// The length of its HTML.
    pub bytes: usize,
}

/// How many shapes there are at most: more means that names are taken for shapes.
const MOST: usize = 1_000;

/// Follows links from Home to one page of each shape, and asks for each page so many times, one after the other.
///
/// # Errors
///
/// Fails if a page answers with an error, or if there are too many shapes.
pub async fn walk(port: u16, times: usize, request: impl Fn(&str) -> Vec<u8>) -> Result<Vec<Page>> {
    let mut line = Line::open(port).await?;
    let (mut ahead, mut known) = (VecDeque::from([HOME.to_owned()]), BTreeSet::from([shape(HOME)]));
    let mut pages = Vec::new();
    while let Some(path) = ahead.pop_front() {
        let (took, answer) = ask(&mut line, &request(&path), times).await.context(path.clone())?;
        let found = match answer {
            Answer::Page(html) => {
                pages.push(Page { path, took, bytes: html.len() });
                links(&html)
            }
            Answer::Elsewhere(path) => vec![path],
            Answer::File => Vec::new(),
        };
        ahead.extend(found.into_iter().filter(|link| known.insert(shape(link))));
        ensure!(known.len() < MOST, "more than {MOST} shapes of pages");
    }
    Ok(pages)
}

const HOME: &str = "/console";

/// What an address answers with.
enum Answer {
    Page(String),
    Elsewhere(String),
    File,
}

#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
async fn ask(line: &mut Line, request: &[u8], times: usize) -> Result<(Duration, Answer)> {
    let (mut took, mut answer) = (Duration::MAX, Answer::File);
    for _ in 0..times {
        let sent = Instant::now();
        let (head, body) = line.exchange(request).await?;
        took = took.min(sent.elapsed());
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        answer = match (header("location:"), header("content-type:")) {
            (Some(path), _) => Answer::Elsewhere(path.to_owned()),
            (None, Some(kind)) if kind.starts_with("text/html") => Answer::Page(body.into_owned()),
            (None, _) => Answer::File,
        };
        ensure!(["2", "3"].iter().any(|class| head.starts_with(&format!("http/1.1 {class}"))), "{head}");
    }
    Ok((took, answer))
}

/// Where a page leads in the console, but for the manual, and for lists as files, which are as long as they are.
fn links(html: &str) -> Vec<String> {
    let all = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let paths = all.filter_map(|link| link.split('#').next()).map(|link| link.replace("&amp;", "&"));
    let left_out = ["/console/manual", "csv=", "/export?"];
    paths.filter(|path| path.starts_with(HOME) && !left_out.iter().any(|word| path.contains(word))).collect()
}

/// What paths of the same kind of page have in common: a name that was made has a digit or a capital, words of the
/// console have not.
fn shape(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let is_name =
        |word: &&str| word.contains(|of: char| of.is_ascii_digit() || of.is_ascii_uppercase() || of == '%');
    let segments = path.split('/').map(|word| if is_name(&word) { "*" } else { word });
    let parameters = query.split('&').map(|parameter| match parameter.split_once('=') {
        Some((name @ ("tab" | "start" | "mode"), value)) => format!("{name}={value}"),
        Some((name, _)) => name.to_owned(),
        None => String::new(),
    });
    let kept: BTreeSet<String> =
        parameters.filter(|name| !["sort", "order", "size"].contains(&&**name)).collect();
    format!("{}?{}", segments.collect::<Vec<_>>().join("/"), Vec::from_iter(kept).join("&"))
}
