//! Subscriptions of a topic: which queue is told of what is published in it.

use argali_core::message_name::{QueueName, SubscriptionName, TopicName};
use argali_core::model::{NotifyFormat, NotifyStrategy};
use argali_core::services::mns::{
    FoundSubscription, GetSubscriptionAttributes, ListQueue, SetSubscriptionAttributes, Subscribe,
    Unsubscribe, WantedPage,
};
use argali_protocol::ApiFailure;
use maud::{Markup, html};

use super::{Place, done, entered};
use crate::answer::Answer;
use crate::api::MNS;
use crate::moment::moment;
use crate::need::{Need, submit, way};
use crate::page::several::{Came, Deed, names, results};
use crate::page::{Outcome, confirm};
use crate::part::list::{SEVERAL, chosen};
use crate::part::{Field, Fields, Weight, copyable, denial, facts, heading, select, show_api, summary};
use crate::shell::{self, token};
use crate::text::messaging::*;
use crate::text::shell::{CANCEL, DELETE, OK, SAVE};
use crate::visit::Visit;

/// How many queues are offered.
const MOST_OFFERED: i64 = 100;

const NAME_FIELD: Field =
    Field::text("SubscriptionName", SUBSCRIPTION_NAME).required().longest(120).hint(NAME_HINT);
const QUEUE_FIELD: Field =
    Field::text("QueueName", TO_QUEUE).required().longest(120).hint(TO_QUEUE_HINT).offering("queues");
const FILTER_FIELD: Field = Field::text("FilterTag", FILTER).longest(16).hint(FILTER_HINT);
const FORMATS: [NotifyFormat; 3] = [NotifyFormat::Xml, NotifyFormat::Json, NotifyFormat::Simplified];
const STRATEGIES: [NotifyStrategy; 2] = [NotifyStrategy::BackoffRetry, NotifyStrategy::ExponentialDecayRetry];

/// The form that makes one.
pub(super) async fn form(
    visit: &Visit<'_>,
    place: &Place<TopicName>,
    failure: Option<&ApiFailure>,
) -> Outcome {
    // Whoever may not list queues knows the name.
    let page = WantedPage { size: Some(MOST_OFFERED), ..WantedPage::default() };
    let queues = ListQueue { site: place.site.clone(), page, with_counts: false };
    let queues = visit.read_messaging(&queues).await.map(|page| page.entries).unwrap_or_default();
    let fields = Fields::new(visit).refused(failure);
    let content = html! {
        div.narrow {
            h1 { (visit.say(SUBSCRIBE)) }
            @if let Some(failure) = failure { (summary(visit, failure)) }
            form.card.stack method="post" action=(visit.to(&place.path("/subscribe"))) {
                (token(visit))
                (fields.show(NAME_FIELD))
                (fields.show(QUEUE_FIELD))
                datalist #queues { @for listed in &queues { option value=(listed.queue.name) {} } }
                (fields.show(FILTER_FIELD))
                (select(visit, ("NotifyContentFormat", FORMAT), fields.value("NotifyContentFormat"), &FORMATS.map(|format| (format.as_str(), format.as_str().to_owned()))))
                p.hint { (visit.say(FORMAT_HINT)) }
                (strategies(visit, fields.value("NotifyStrategy")))
                div.actions {
                    (submit(visit, Need::somehow(MNS, "Subscribe"), ("button main", OK)))
                    a.button href=(visit.to(&place.path(""))) { (visit.say(CANCEL)) }
                    (show_api(visit))
                }
            }
        }
    };
    let status = failure.map_or(200, |failure| failure.status);
    Ok(Answer::page(status, shell::page(visit, visit.say(SUBSCRIBE), &content)))
}

fn strategies(visit: &Visit<'_>, chosen: &str) -> Markup {
    let options = STRATEGIES.map(|strategy| (strategy.as_str(), strategy.as_str().to_owned()));
    select(visit, ("NotifyStrategy", STRATEGY), chosen, &options)
}

fn strategy(visit: &Visit<'_>) -> Option<String> {
    visit.form().filled("NotifyStrategy").map(str::to_owned)
}

/// Makes one.
pub(super) async fn create(visit: &Visit<'_>, place: &Place<TopicName>) -> Outcome {
    let made = async {
        let queue: QueueName = entered(visit, QUEUE_FIELD.name)?;
        let operation = Subscribe {
            site: place.site.clone(),
            topic: place.name.clone(),
            name: entered(visit, NAME_FIELD.name)?,
            endpoint: format!("acs:mns:{}:{}:queues/{queue}", place.site.region, visit.account_id()),
            filter_tag: visit.form().get(FILTER_FIELD.name).trim().to_owned(),
            strategy: strategy(visit),
            format: visit.form().filled("NotifyContentFormat").map(str::to_owned),
        };
        visit.change_messaging(&operation).await
    };
    match made.await {
        Ok(_) => Ok(Answer::see(visit.to(&place.path("")))),
        Err(failure) => form(visit, place, Some(&failure)).await,
    }
}

/// The page of one; `failed` is what came of something that was to be done.
pub(super) async fn show(
    visit: &Visit<'_>,
    place: &Place<TopicName>,
    name: &SubscriptionName,
    failed: Option<&ApiFailure>,
) -> Outcome {
    let operation =
        GetSubscriptionAttributes { site: place.site.clone(), topic: place.name.clone(), name: name.clone() };
    let (status, part) = match visit.read_messaging(&operation).await {
        Ok(found) => (200, about(visit, place, &found)),
        Err(failure) if crate::api::is_denied(&failure) => (failure.status, denial(visit, &failure).await),
        Err(failure) => return Err(failure.into()),
    };
    let path = path_of(place, name);
    let actions = way(visit, removal(place, name), &format!("{path}/delete"), ("button", DELETE));
    let content = html! {
        (heading(&html! { (name) }, None, &actions))
        @if let Some(failure) = failed { (denial(visit, failure).await) }
        @else if visit.query().get("done") == "changed" { (done(visit.say(CHANGED))) }
        (part)
    };
    let status = failed.map_or(status, |failure| failure.status);
    Ok(Answer::page(status, shell::page(visit, name.as_str(), &content)))
}

fn path_of(place: &Place<TopicName>, name: &SubscriptionName) -> String {
    place.path(&format!("/subscriptions/{name}"))
}

fn about(visit: &Visit<'_>, place: &Place<TopicName>, found: &FoundSubscription) -> Markup {
    let subscription = &found.subscription;
    let (region, queue) = (&subscription.queue_region, &subscription.queue);
    let filter = &subscription.filter_tag;
    let need = Need::messaging(SetSubscriptionAttributes {
        site: place.site.clone(),
        topic: place.name.clone(),
        name: subscription.name.clone(),
        strategy: None,
    });
    html! {
        section.card {
            (facts(&[
                (visit.say(ENDPOINT), copyable(visit, &format!("acs:mns:{region}:{}:queues/{queue}", found.owner))),
                (visit.say(FILTER), html! { @if filter.is_empty() { (visit.say(EVERY_MESSAGE)) } @else { bdi { (filter) } } }),
                (visit.say(FORMAT), html! { (subscription.format.as_str()) }),
                (visit.say(CREATED), moment(visit, &subscription.created_at.to_string())),
                (visit.say(MODIFIED), moment(visit, &subscription.modified_at.to_string())),
            ]))
        }
        form.card.stack.narrow method="post" action=(visit.to(&path_of(place, &subscription.name))) {
            (token(visit))
            (strategies(visit, subscription.strategy.as_str()))
            div.actions { (submit(visit, need, ("button main", SAVE))) (show_api(visit)) }
        }
    }
}

/// Changes one.
pub(super) async fn change(visit: &Visit<'_>, place: &Place<TopicName>, name: &SubscriptionName) -> Outcome {
    let operation = SetSubscriptionAttributes {
        site: place.site.clone(),
        topic: place.name.clone(),
        name: name.clone(),
        strategy: strategy(visit),
    };
    match visit.change_messaging(&operation).await {
        Ok(()) => Ok(Answer::see(visit.to(&format!("{}?done=changed", path_of(place, name))))),
        Err(failure) => show(visit, place, name, Some(&failure)).await,
    }
}

/// Asks whether one is really to be deleted.
pub(super) fn ask_to_delete(visit: &Visit<'_>, place: &Place<TopicName>, name: &SubscriptionName) -> Answer {
    confirm::page(visit, &deletion(place, name), None)
}

/// Deletes one.
pub(super) async fn delete(visit: &Visit<'_>, place: &Place<TopicName>, name: &SubscriptionName) -> Outcome {
    let operation = Unsubscribe { site: place.site.clone(), topic: place.name.clone(), name: name.clone() };
    super::delete(visit, &deletion(place, name), &operation, &place.path("")).await
}

/// Asks whether those that are chosen are really to be deleted.
pub(super) fn ask_to_delete_several(visit: &Visit<'_>, place: &Place<TopicName>) -> Outcome {
    let chosen = chosen(visit.query())?;
    let needs = chosen.iter().filter_map(|name| Some(removal(place, &name.parse().ok()?)));
    let deed = Deed {
        title: visit.fill(DELETE_SUBSCRIPTIONS, &[&chosen.len().to_string()]),
        what: (Weight::Warning, DELETE_SUBSCRIPTION_WHAT),
        word: "delete",
        button: ("button danger", visit.say(DELETE)),
        to: place.path(&format!("/{SEVERAL}")),
        back: place.path(""),
        need: Need::any(needs),
        chosen: &chosen,
        seen: html! { section.card { (names(&chosen)) } },
        fields: html! {},
        is_counted: false,
    };
    Ok(deed.ask(visit))
}

/// Deletes them, and tells what came of each.
pub(super) async fn delete_several(visit: &Visit<'_>, place: &Place<TopicName>) -> Outcome {
    let chosen = chosen(visit.form())?;
    let mut rows = Vec::new();
    for text in &chosen {
        let Ok(name) = text.parse() else { continue };
        let operation = Unsubscribe { site: place.site.clone(), topic: place.name.clone(), name };
        rows.push((html! { bdi { (text) } }, Came::of_removing(visit.change_messaging(&operation).await)?));
    }
    let title = visit.fill(DELETED_SEVERAL, &[&chosen.len().to_string()]);
    Ok(results(visit, &title, &rows, &place.path("")))
}

/// What deleting one needs.
pub(super) fn removal(place: &Place<TopicName>, name: &SubscriptionName) -> Need {
    Need::messaging(Unsubscribe { site: place.site.clone(), topic: place.name.clone(), name: name.clone() })
}

fn deletion<'n>(place: &Place<TopicName>, name: &'n SubscriptionName) -> confirm::Deletion<'n> {
    confirm::Deletion {
        name: name.as_str(),
        title: DELETE_SUBSCRIPTION,
        what: DELETE_SUBSCRIPTION_WHAT,
        path: path_of(place, name),
        more: html! {},
        need: removal(place, name),
    }
}
