//! Lists of queues and topics: by region, by what their names begin with, and in the order of any column.

use argali_core::message_name::Region;
use argali_core::services::mns::{ListPage, ListQueue, ListTopic, ListedQueue, WantedPage};
use argali_protocol::ApiFailure;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::several::removal;
use super::{Kind, OF_QUEUES, OF_TOPICS, list_of, path_in, site, tabs_of};
use crate::answer::Answer;
use crate::api::{MNS, number, text};
use crate::icon::{self, Icon, icon};
use crate::need::{Need, needing};
use crate::page::Outcome;
use crate::part::list::{
    self as lists, About, Act, Cell, Column, Draws, Filter, Found, List, Needs, Part, Parts, Wanted, in_parts,
};
use crate::part::{denial, heading, size};
use crate::shell;
use crate::text::Text;
use crate::text::messaging::*;
use crate::text::shell::{DELETE, SEARCH_NAMES};
use crate::visit::Visit;

/// How many of a kind a search finds at most.
const MOST_FOUND: i64 = 11;

/// What the lists differ in.
struct Look {
    kind: &'static Kind,
    first: Text,
    columns: &'static [Column<'static>],
    empty: Text,
    create: Text,
    /// The page that makes one, in a region.
    form: &'static str,
    /// What makes one.
    operation: &'static str,
    icon: &'static Icon,
}

const QUEUES_LOOK: &Look = &Look {
    kind: OF_QUEUES,
    first: QUEUE_NAME,
    columns: &[
        Column::of(ACTIVE, "ActiveMessages"),
        Column::of(INACTIVE, "InactiveMessages"),
        Column::of(DELAYED, "DelayMessages"),
        Column::moment(CREATED, "CreateTime"),
    ],
    empty: QUEUES_EMPTY,
    create: CREATE_QUEUE,
    form: "/create-queue",
    operation: "CreateQueue",
    icon: icon::LuInbox,
};
const TOPICS_LOOK: &Look = &Look {
    kind: OF_TOPICS,
    first: TOPIC_NAME,
    columns: &[
        Column::drawn(LARGEST, "MaximumMessageSize", &|visit, topic| {
            let bytes = u64::try_from(number(topic, "MaximumMessageSize")).unwrap_or_default();
            html! { span.nowrap { (size(visit, bytes)) } }
        }),
        Column::moment(CREATED, "CreateTime"),
    ],
    empty: TOPICS_EMPTY,
    create: CREATE_TOPIC,
    form: "/create-topic",
    operation: "CreateTopic",
    icon: icon::LuMegaphone,
};

/// A list of a kind in a region.
struct Named<'r> {
    look: &'static Look,
    region: &'r Region,
    region_name: &'r str,
    regions: Vec<String>,
    link: Draws<'r>,
    needs: Needs<'r>,
    new: Markup,
}

impl<'r> Named<'r> {
    fn of(visit: &Visit<'_>, look: &'static Look, region: &'r Region) -> Self {
        let form = format!("{}{}", path_in(region), look.form);
        let new = html! { a.button.main href=(visit.to(&form)) data-new { (icon(icon::LuPlus)) (visit.say(look.create)) } };
        Self {
            look,
            region,
            region_name: region.as_str(),
            regions: regions(visit, region),
            link: Box::new(move |visit, row| {
                let path = format!("{}/{}/{}", path_in(region), look.kind.word, text(row, "Name"));
                html! { a href=(visit.to(&path)) { (text(row, "Name")) } }
            }),
            needs: Box::new(move |row| removal(look.kind, region, text(row, "Name"))),
            new: needing(visit, Need::somehow(MNS, look.operation), &new),
        }
    }
}

/// Every region that any service knows.
fn regions(visit: &Visit<'_>, region: &Region) -> Vec<String> {
    let known = visit.console().services.iter().filter_map(|service| service.region.as_ref());
    let mut regions: Vec<String> = known.flat_map(|known| known.all.iter().cloned()).collect();
    regions.extend([region.to_string(), visit.console().messaging_region.to_string()]);
    regions.sort_unstable();
    regions.dedup();
    regions
}

impl List for Named<'_> {
    fn about(&self) -> About<'_> {
        let (path, title) = self.look.kind.list;
        let first = Column { cell: Cell::Drawn(&self.link), ..Column::of(self.look.first, "Name") };
        About {
            path,
            title: title.into(),
            file: self.look.kind.word,
            search: Some(SEARCH_NAMES),
            filters: vec![Filter::Place("region", REGION, &self.regions, self.region_name)],
            columns: [first].into_iter().chain(self.look.columns.iter().copied()).collect(),
            acts: vec![Act::new("delete", DELETE, &self.needs)],
            key: &|row| text(row, "Name").to_owned(),
            empty: (self.look.icon, self.look.empty),
            onward: self.new.clone(),
            ..About::default()
        }
    }

    async fn fetch(&self, visit: &Visit<'_>, wanted: &Wanted<'_>) -> Result<Found, ApiFailure> {
        in_parts(visit, self, wanted, |row| text(row, "Name").to_owned()).await
    }

    fn actions(&self, _: &Visit<'_>) -> Markup {
        self.new.clone()
    }

    async fn refused(&self, visit: &Visit<'_>, failure: &ApiFailure) -> Option<Markup> {
        Some(denial(visit, failure).await)
    }
}

impl Parts for Named<'_> {
    async fn part(
        &self,
        visit: &Visit<'_>,
        wanted: &Wanted<'_>,
        (marker, size): (&str, usize),
    ) -> Result<Found, ApiFailure> {
        let prefix = wanted.query.get("q").trim();
        let page = WantedPage {
            prefix: prefix.to_owned(),
            marker: marker.to_owned(),
            size: i64::try_from(size).ok(),
        };
        let site = site(self.region);
        let found = if self.look.kind.word == OF_QUEUES.word {
            let operation = ListQueue { site, page, with_counts: true };
            let page = visit.read_messaging(&operation).await;
            page.map(|page| (page.entries.iter().map(queue_row).collect(), page.next))
        } else {
            let page = visit.read_messaging(&ListTopic { site, page }).await;
            let row = |topic: &argali_core::model::Topic| {
                json!({
                    "Name": topic.name.as_str(),
                    "MaximumMessageSize": topic.maximum_message_bytes,
                    "CreateTime": topic.created_at.to_string(),
                })
            };
            page.map(|page| (page.entries.iter().map(row).collect(), page.next))
        };
        match found {
            Ok((rows, next)) => Ok(Found { rows, next: next.unwrap_or_default(), ..Found::default() }),
            // No name begins with what names cannot hold.
            Err(failure) if !prefix.is_empty() && failure.code == "InvalidArgument" => Ok(Found::default()),
            Err(failure) => Err(failure),
        }
    }
}

fn queue_row(ListedQueue { queue, counts }: &ListedQueue) -> Value {
    let counts = counts.unwrap_or_default();
    json!({
        "Name": queue.name.as_str(),
        "ActiveMessages": counts.active,
        "InactiveMessages": counts.inactive,
        "DelayMessages": counts.delayed,
        "CreateTime": queue.created_at.to_string(),
    })
}

/// The list of queues.
pub(super) async fn queues(visit: &Visit<'_>) -> Outcome {
    show(visit, QUEUES_LOOK).await
}

/// The list of topics.
pub(super) async fn topics(visit: &Visit<'_>) -> Outcome {
    show(visit, TOPICS_LOOK).await
}

async fn show(visit: &Visit<'_>, look: &'static Look) -> Outcome {
    let region = region(visit);
    let (status, actions, content) = match lists::part(visit, &Named::of(visit, look, &region)).await? {
        Part::Instead(answer) => return Ok(answer),
        Part::Shown { status, actions, content } => (status, actions, content),
    };
    let tabs = [OF_QUEUES, OF_TOPICS].map(|tab| (tab.word, list_of(&site(&region), tab), tab.list.1));
    let arn = format!("acs:mns:{region}:{}:/…", visit.account_id());
    let content = html! {
        (heading(&html! { (visit.say(TITLE)) }, Some(visit.say(LEDE)), &actions))
        (tabs_of(visit, visit.say(TITLE), look.kind.word, tabs))
        (content)
        p.hint { (visit.phrase(LEVEL, &[html! { code { (arn) } }])) }
    };
    let title = format!("{} · {}", visit.say(look.kind.list.1), visit.say(TITLE));
    Ok(Answer::page(status, shell::page(visit, &title, &content)))
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
pub(super) fn region(visit: &Visit<'_>) -> Region {
    let usual = || visit.console().messaging_region.clone();
    visit.query().get("region").parse().unwrap_or_else(|_| usual())
}
