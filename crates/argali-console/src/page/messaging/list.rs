//! Lists of queues and topics: by region, by what their names begin with, a page at a time.

use argali_core::message_name::Region;
use argali_core::model::Topic;
use argali_core::services::mns::{ListPage, ListQueue, ListTopic, ListedQueue, WantedPage};
use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{Kind, OF_QUEUES, OF_TOPICS, list_of, path_in, site, tabs_of};
use crate::answer::Answer;
use crate::api::MNS;
use crate::icon::{self, Icon, icon};
use crate::moment::moment;
use crate::need::{Need, needing};
use crate::page::Outcome;
use crate::page::resource::choice;
use crate::part::{Table, denial, heading, nothing, page_size, pager, size};
use crate::shell;
use crate::text::Text;
use crate::text::list::APPLY;
use crate::text::messaging::*;
use crate::text::shell::SEARCH_NAMES;
use crate::visit::Visit;

/// How many of a kind a search finds at most.
const MOST_FOUND: i64 = 11;

/// A list.
struct List {
    kind: &'static Kind,
    columns: &'static [Text],
    empty: Text,
    create: Text,
    /// The page that makes one, in a region.
    form: &'static str,
    /// What makes one.
    operation: &'static str,
    icon: &'static Icon,
}

const LIST_OF_QUEUES: List = List {
    kind: OF_QUEUES,
    columns: &[QUEUE_NAME, ACTIVE, INACTIVE, DELAYED, CREATED],
    empty: QUEUES_EMPTY,
    create: CREATE_QUEUE,
    form: "/create-queue",
    operation: "CreateQueue",
    icon: icon::LuInbox,
};
const LIST_OF_TOPICS: List = List {
    kind: OF_TOPICS,
    columns: &[TOPIC_NAME, LARGEST, CREATED],
    empty: TOPICS_EMPTY,
    create: CREATE_TOPIC,
    form: "/create-topic",
    operation: "CreateTopic",
    icon: icon::LuMegaphone,
};

/// A part of a list, as it is shown.
struct Rows {
    rows: Vec<Vec<Markup>>,
    next: Option<String>,
}

/// The list of queues.
pub(super) async fn queues(visit: &Visit<'_>) -> Outcome {
    let region = region(visit);
    let operation = ListQueue { site: site(&region), page: wanted(visit), with_counts: true };
    let found = visit.read_messaging(&operation).await.map(|page| Rows {
        rows: page.entries.iter().map(|listed| queue_row(visit, listed)).collect(),
        next: page.next,
    });
    show(visit, &LIST_OF_QUEUES, &region, found).await
}

/// The list of topics.
pub(super) async fn topics(visit: &Visit<'_>) -> Outcome {
    let region = region(visit);
    let operation = ListTopic { site: site(&region), page: wanted(visit) };
    let found = visit.read_messaging(&operation).await.map(|page| Rows {
        rows: page.entries.iter().map(|topic| topic_row(visit, topic)).collect(),
        next: page.next,
    });
    show(visit, &LIST_OF_TOPICS, &region, found).await
}

/// Queues and topics whose names begin so, in the region that pages begin with.
pub(in crate::page) async fn found(visit: &Visit<'_>, prefix: &str) -> Vec<Markup> {
    let region = visit.console().messaging_region.clone();
    let page = || WantedPage { prefix: prefix.to_owned(), size: Some(MOST_FOUND), ..WantedPage::default() };
    let queues = ListQueue { site: site(&region), page: page(), with_counts: false };
    let queues = visit.read_messaging(&queues).await.map(|ListPage { entries, .. }| entries);
    let queues = queues.into_iter().flatten().map(|ListedQueue { queue, .. }| queue.name.to_string());
    let topics = visit.read_messaging(&ListTopic { site: site(&region), page: page() }).await;
    let topics = topics.map(|page| page.entries).into_iter().flatten().map(|topic| topic.name.to_string());
    let link = |kind: &str, label: Text, name: &str| {
        let path = format!("{}/{kind}/{name}", path_in(&region));
        html! { a href=(visit.to(&path)) { (name) } " " span.muted { (visit.say(label)) } }
    };
    let queues: Vec<_> = queues.map(|name| link("queues", QUEUE, &name)).collect();
    queues.into_iter().chain(topics.map(|name| link("topics", TOPIC, &name))).collect()
}

/// The region that the address says.
fn region(visit: &Visit<'_>) -> Region {
    let usual = || visit.console().messaging_region.clone();
    visit.query().get("region").parse().unwrap_or_else(|_| usual())
}

fn wanted(visit: &Visit<'_>) -> WantedPage {
    WantedPage {
        prefix: visit.query().get("q").trim().to_owned(),
        marker: visit.query().get("marker").to_owned(),
        size: page_size(visit).parse().ok(),
    }
}

fn queue_row(visit: &Visit<'_>, ListedQueue { queue, counts }: &ListedQueue) -> Vec<Markup> {
    let path = format!("{}/queues/{}", path_in(&queue.region), queue.name);
    let counts = counts.unwrap_or_default();
    vec![
        html! { a href=(visit.to(&path)) { (queue.name) } },
        html! { (counts.active) },
        html! { (counts.inactive) },
        html! { (counts.delayed) },
        moment(visit, &queue.created_at.to_string()),
    ]
}

fn topic_row(visit: &Visit<'_>, topic: &Topic) -> Vec<Markup> {
    let path = format!("{}/topics/{}", path_in(&topic.region), topic.name);
    vec![
        html! { a href=(visit.to(&path)) { (topic.name) } },
        html! { span.nowrap { (size(visit, u64::from(topic.maximum_message_bytes))) } },
        moment(visit, &topic.created_at.to_string()),
    ]
}

async fn show(visit: &Visit<'_>, list: &List, region: &Region, found: Result<Rows, ApiFailure>) -> Outcome {
    let (path, caption) = list.kind.list;
    let form = format!("{}{}", path_in(region), list.form);
    let new = html! { a.button.main href=(visit.to(&form)) data-new { (icon(icon::LuPlus)) (visit.say(list.create)) } };
    let new = needing(visit, Need::somehow(MNS, list.operation), &new);
    let here = list_of(&site(region), list.kind);
    let is_searched = visit.query().filled("q").is_some();
    let none = || html! { section.card { (nothing(visit, &here, (list.icon, list.empty, new.clone()))) } };
    let (status, part) = match found {
        Ok(Rows { rows, next }) if !rows.is_empty() => {
            let table = Table { caption, columns: list.columns, rows };
            let next = next.unwrap_or_default();
            (200, html! { (table.show(visit)) (pager(visit, path, &next)) })
        }
        Ok(_) => (200, none()),
        // No name begins with what names cannot hold.
        Err(failure) if is_searched && failure.code == "InvalidArgument" => (200, none()),
        Err(failure) => (failure.status, denial(visit, &failure).await),
    };
    let tabs = [OF_QUEUES, OF_TOPICS].map(|tab| (tab.word, list_of(&site(region), tab), tab.list.1));
    let arn = format!("acs:mns:{region}:{}:/…", visit.account_id());
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &new))
        (tabs_of(visit, visit.say(TITLE), list.kind.word, tabs))
        (toolbar(visit, path, region))
        div.stack data-list { (part) }
        p.hint { (visit.phrase(LEVEL, &[html! { code { (arn) } }])) }
    };
    let title = format!("{} · {}", visit.say(caption), visit.say(TITLE));
    Ok(Answer::page(status, shell::page(visit, &title, &content)))
}

fn toolbar(visit: &Visit<'_>, path: &str, region: &Region) -> Markup {
    let known = visit.console().services.iter().filter_map(|service| service.region.as_ref());
    let mut regions: Vec<String> = known.flat_map(|known| known.all.iter().cloned()).collect();
    regions.extend([region.to_string(), visit.console().messaging_region.to_string()]);
    regions.sort_unstable();
    regions.dedup();
    let regions: Vec<_> = regions.iter().map(|region| (region.as_str(), region.clone())).collect();
    html! {
        form.toolbar.filters method="get" action=(visit.to(path)) role="search" data-narrows {
            (choice(visit, ("region", REGION), region.as_str(), &regions))
            div.search {
                (icon(icon::LuSearch))
                input type="search" name="q" value=(visit.query().get("q")) maxlength="120" placeholder=(visit.say(SEARCH_NAMES))
                    aria-label=(visit.say(SEARCH_NAMES));
            }
            button.button { (visit.say(APPLY)) }
        }
    }
}
