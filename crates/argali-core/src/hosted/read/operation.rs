//! Reads an operation.

use std::collections::BTreeMap;

use super::super::file::{IdForm, ResourceType, TypeName};
use super::super::file_operation::{
    Attachment, Check, Comparison, Does, ListFilter, Listing, Operation, Paging,
};
use super::super::file_value::{Kind, Parameter, Shape};
use super::super::source::{Located, Node, Table};
use super::super::template::Template;
use super::resource::{read_path, read_rule, read_set, required_template};
use super::shape::read_parameter;
use super::{Answers, named, qualify, read_situations, read_word};

/// The keys of which each operation has exactly one.
pub(super) const VERBS: &[&str] = &[
    "creates",
    "lists",
    "shows",
    "modifies",
    "moves",
    "deletes",
    "attaches",
    "detaches",
    "tags",
    "untags",
    "lists_tags",
    "regroups",
    "serves",
];

/// Reads the operation called `key`, whose types are among `resources`.
pub(super) fn read(
    service: &str,
    answers: Answers,
    resources: &BTreeMap<String, ResourceType>,
    key: &Located<String>,
    table: Table<'_, '_>,
) -> Option<Operation> {
    let (does, resource) = read_does(service, answers, &table)?;
    let owner = resource.as_ref().and_then(|name| resources.get(name.value.split_once('.')?.1));
    let target = table.text("target", "the parameter that names what it works on").map(|target| target.value);
    let finds: Vec<Located<String>> = table.texts("finds", "names of parameters");
    let mut parameters = named(&table, "parameters", "a parameter", |_, node| read_parameter(service, node));
    let tag_parameters = read_tag_parameters(&table);
    let mut derive = Derive { table: &table, owner, tags: &tag_parameters, parameters: &mut parameters };
    derive.usual(&does, target.as_deref());
    derive.finds(&finds, owner.map(|owner| target.as_deref().unwrap_or_else(|| owner.id.parameter())));
    let operation = Operation {
        name: key.value.clone(),
        action: table
            .text("action", "the action without its code")
            .map_or_else(|| key.value.clone(), |a| a.value),
        target: target.or_else(|| Some(owner?.id.parameter().to_owned())).unwrap_or_default(),
        finds: finds.into_iter().map(|name| name.value).collect(),
        tag_parameters,
        checks: read_checks(&table, &does, key),
        rules: table.tables("rules", "a rule").into_iter().filter_map(read_rule).collect(),
        situations: table.get("errors").map(read_situations).unwrap_or_default(),
        answer: match answers == Answers::Engine && tells_something(&does) {
            true => required_template(&table, "answer", "the answer"),
            false => table.get("answer").map_or_else(Template::nothing, Template::read),
        },
        at: key.at,
        does,
        resource,
        parameters,
    };
    table.finish();
    Some(operation)
}

fn read_tag_parameters(table: &Table<'_, '_>) -> Vec<String> {
    let named = table.texts("tag_parameters", "names of parameters");
    if named.is_empty() { vec!["Tag".to_owned()] } else { named.into_iter().map(|name| name.value).collect() }
}

fn tells_something(does: &Does) -> bool {
    matches!(does, Does::List(_) | Does::Show | Does::Serve(..) | Does::ListTags(_) | Does::Create { .. })
}

fn read_does(service: &str, answers: Answers, table: &Table<'_, '_>) -> Option<(Does, Option<TypeName>)> {
    let verbs: Vec<&str> = VERBS.iter().filter(|verb| table.has(verb)).copied().collect();
    let &[verb] = verbs.as_slice() else {
        let known: Vec<String> = VERBS.iter().map(|verb| format!("`{verb}`")).collect();
        table.report(format!("an operation has exactly one of {}", known.join(", ")));
        return None;
    };
    let one = |key| table.text(key, "the name of a type").map(|name| qualify(service, name));
    let many = |key| -> Vec<TypeName> {
        table.texts(key, "names of types").into_iter().map(|name| qualify(service, name)).collect()
    };
    let from = || table.texts("from", "the names of states");
    Some(match verb {
        "creates" => {
            let count = table.text("count", "a parameter").map(|count| count.value);
            let region_of =
                table.text("region_of", "a parameter that refers to a resource").map(|name| name.value);
            (
                Does::Create { count, region_of, set: read_set(table), path: read_path(table) },
                Some(one("creates")?),
            )
        }
        "lists" => (Does::List(read_listing(table)), Some(one("lists")?)),
        "shows" => (Does::Show, Some(one("shows")?)),
        "modifies" => {
            let (makes, set) = (table.flag("makes"), read_set(table));
            (Does::Modify { from: from(), makes, set }, Some(one("modifies")?))
        }
        "moves" => (read_transition(table, answers), Some(one("moves")?)),
        "deletes" => {
            let unless = table.text("unless", "the parameter that lifts `from`").map(|unless| unless.value);
            (Does::Delete { from: from(), unless }, Some(one("deletes")?))
        }
        "attaches" => (Does::Attach(read_attachment(table)), Some(one("attaches")?)),
        "detaches" => (Does::Detach(read_attachment(table)), Some(one("detaches")?)),
        "tags" => (Does::Tag(many("tags")), None),
        "untags" => (Does::Untag(many("untags")), None),
        "lists_tags" => (Does::ListTags(many("lists_tags")), None),
        "regroups" => {
            let group = table.text("group", "the parameter of the new group").map(|group| group.value);
            (Does::Regroup(many("regroups"), group.unwrap_or_else(|| "ResourceGroupId".to_owned())), None)
        }
        _ => (Does::Serve(one("serves")?, read_listing(table)), None),
    })
}

fn read_transition(table: &Table<'_, '_>, answers: Answers) -> Does {
    let path = read_path(table);
    if path.is_empty() && answers == Answers::Engine {
        table.report("`path` is missing: expected the states that follow");
    }
    let partial = table.table("partial", "a table with `parameter` and `value`").map(|table| {
        let parameter = table.required_text("parameter", "a parameter").value;
        let value = table.required_text("value", "the value that lets some succeed alone").value;
        table.finish();
        (parameter, value)
    });
    Does::Transition { from: table.texts("from", "the names of states"), path, set: read_set(table), partial }
}

fn read_attachment(table: &Table<'_, '_>) -> Attachment {
    Attachment {
        field: table.required_text("field", "a list field").value,
        entries: required_template(table, "entries", "what is added or taken"),
        key: table.text("key", "the member that tells entries apart").map(|key| key.value),
        known: table.flag("known"),
    }
}

fn read_listing(table: &Table<'_, '_>) -> Listing {
    Listing {
        ids: table.text("ids", "the parameter that names identifiers").map(|ids| ids.value),
        filters: table.get("filters").map(read_filters).unwrap_or_default(),
        paging: table.table("paging", "a table").map(read_paging).unwrap_or_default(),
        show: table.get("show").map(Template::read),
    }
}

fn read_filters(node: Node<'_, '_>) -> Vec<ListFilter> {
    if node.value.get_ref().is_array() {
        let names = node.list("").into_iter().filter_map(|node| node.text("the name of a field"));
        return names
            .map(|name| {
                let field = name.value.clone();
                ListFilter { parameter: name, field, by: Comparison::Equal, ignore: Vec::new() }
            })
            .collect();
    }
    let Some(table) = node.table("an array of fields, or a table of fields by parameter") else {
        return Vec::new();
    };
    table.entries().filter_map(|(parameter, node)| read_filter(parameter, node)).collect()
}

fn read_filter(parameter: Located<String>, node: Node<'_, '_>) -> Option<ListFilter> {
    if let Some(field) = node.value.get_ref().as_str() {
        let field = field.to_owned();
        return Some(ListFilter { parameter, field, by: Comparison::Equal, ignore: Vec::new() });
    }
    let table = node.table("the name of a field, or a table")?;
    let words = [
        ("equal", Comparison::Equal),
        ("wildcard", Comparison::Wildcard),
        ("contains", Comparison::Contains),
        ("at_least", Comparison::AtLeast),
        ("at_most", Comparison::AtMost),
    ];
    let filter = ListFilter {
        field: table
            .text("field", "the name of a field")
            .map_or_else(|| parameter.value.clone(), |field| field.value),
        by: table.get("by").and_then(|node| read_word(node, &words)).unwrap_or(Comparison::Equal),
        ignore: table.texts("ignore", "values").into_iter().map(|value| value.value).collect(),
        parameter,
    };
    table.finish();
    Some(filter)
}

fn read_paging(table: Table<'_, '_>) -> Paging {
    let number = |key| table.integer(key, "a number").and_then(|size| usize::try_from(size).ok());
    let paging = Paging {
        numbers: table.flag("numbers"),
        tokens: table.text("tokens", "the parameter that says how many").map(|tokens| tokens.value),
        size: number("size").unwrap_or(10),
        most: number("most").unwrap_or(100),
        counted: table.flag("counted"),
    };
    if paging.size == 0 || paging.size > paging.most {
        table.report("`size` must be at least 1 and at most `most`");
    }
    table.finish();
    paging
}

fn read_checks(table: &Table<'_, '_>, does: &Does, key: &Located<String>) -> Vec<Check> {
    let at = key.at;
    if !table.has("checks") {
        return match does {
            Does::Create { .. } => vec![Check::New(at)],
            Does::List(_) => vec![Check::Named(at)],
            Does::Serve(..) => {
                table.report("`checks` is missing: expected what must be allowed, such as an ARN");
                Vec::new()
            }
            _ => vec![Check::Each(at)],
        };
    }
    let nodes = table.get("checks").map(|node| node.list("an array of checks")).unwrap_or_default();
    if nodes.is_empty() {
        table.report("`checks` is empty: an operation that nobody may be kept from is not possible");
    }
    nodes.into_iter().filter_map(read_check).collect()
}

/// What a check begins with that names a field.
const FIELD_CHECK: &str = "self.";

fn read_check(node: Node<'_, '_>) -> Option<Check> {
    let text =
        node.text("`\"new\"`, `\"each\"`, `\"all\"`, `\"named\"`, a parameter, `\"self.…\"` or an ARN")?;
    Some(match text.value.as_str() {
        "new" => Check::New(text.at),
        "each" => Check::Each(text.at),
        "all" => Check::All(text.at),
        "named" => Check::Named(text.at),
        path if path.starts_with(FIELD_CHECK) => {
            Check::Field(Located { value: path.trim_start_matches(FIELD_CHECK).to_owned(), at: text.at })
        }
        arn if arn.starts_with("acs:") => Check::Arn(Template::read(node)),
        _ => Check::Parameter(text),
    })
}

/// Adds the parameters that follow from what an operation does.
struct Derive<'a, 'n, 's> {
    table: &'a Table<'n, 's>,
    owner: Option<&'a ResourceType>,
    /// The parameters that hold tags.
    tags: &'a [String],
    parameters: &'a mut BTreeMap<String, Parameter>,
}

impl Derive<'_, '_, '_> {
    fn usual(&mut self, does: &Does, target: Option<&str>) {
        for name in self.table.texts("takes", "names of fields") {
            self.of_field(&name);
        }
        match does {
            Does::Create { .. } => self.tags_and_group(),
            Does::List(listing) => {
                self.listing(listing);
                self.tags_and_group();
            }
            Does::Serve(_, listing) => self.listing(listing),
            Does::Tag(_) | Does::Untag(_) | Does::ListTags(_) => self.of_tagging(does),
            Does::Regroup(_, group) => {
                self.add(target.unwrap_or("ResourceId"), Kind::Text, true);
                self.add("ResourceType", Kind::Text, target.is_none());
                self.add(group, Kind::Text, true);
            }
            _ => {
                let id = self.owner.map(|owner| &owner.id);
                if let (Some(IdForm::Within { whole, name }), None) = (id, target) {
                    for part in [whole, name] {
                        self.of_field(&Located { value: part.clone(), at: self.table.at });
                        if let Some(parameter) = self.parameters.get_mut(part) {
                            parameter.required = true;
                        }
                    }
                } else if let Some(target) = target.or_else(|| id.map(IdForm::parameter)) {
                    self.add(target, Kind::Text, true);
                }
            }
        }
        self.add("DryRun", Kind::Boolean, false);
        for name in self.table.texts("requires", "names of parameters") {
            // The region is a parameter of every operation.
            if name.value != "RegionId" {
                self.of_field(&name);
            }
            let region = || Parameter { shape: Shape::of(Kind::Text), required: true, default: None };
            self.parameters.entry(name.value).or_insert_with(region).required = true;
        }
    }

    /// What is found by the values of these need not be named by `target`.
    fn finds(&mut self, finds: &[Located<String>], target: Option<&str>) {
        for name in finds {
            self.of_field(name);
        }
        if let (false, Some(parameter)) =
            (finds.is_empty(), target.and_then(|target| self.parameters.get_mut(target)))
        {
            parameter.required = false;
        }
    }

    fn of_tagging(&mut self, does: &Does) {
        let listing = matches!(does, Does::ListTags(_));
        self.add("ResourceType", Kind::Text, true);
        self.add("ResourceId", Kind::TextList, !listing);
        match does {
            Does::Untag(_) => {
                self.add("TagKey", Kind::TextList, false);
                self.add("All", Kind::Boolean, false);
            }
            _ => self.add_tags(!listing),
        }
        if listing {
            self.add("NextToken", Kind::Text, false);
            self.add("MaxResults", Kind::Integer, false);
        }
    }

    fn listing(&mut self, listing: &Listing) {
        for filter in &listing.filters {
            let field = self.owner.and_then(|owner| owner.fields.get(&filter.field));
            let kind = match (field.map(|field| &field.shape.kind), filter.by) {
                (_, Comparison::AtLeast | Comparison::AtMost) => Kind::Number,
                (Some(Kind::Boolean), _) => Kind::Boolean,
                _ => Kind::Text,
            };
            self.add_unless_member(&filter.parameter.value, kind);
        }
        if let Some(ids) = &listing.ids {
            self.add_unless_member(ids, Kind::Text);
        }
        let paging = &listing.paging;
        if paging.numbers {
            self.add("PageNumber", Kind::Integer, false);
            self.add("PageSize", Kind::Integer, false);
        }
        if let Some(results) = &paging.tokens {
            self.add("NextToken", Kind::Text, false);
            self.add(results, Kind::Integer, false);
        }
    }

    fn tags_and_group(&mut self) {
        if self.owner.is_some_and(|owner| owner.tags) {
            self.add_tags(false);
        }
        if self.owner.is_some_and(|owner| owner.groups) {
            self.add("ResourceGroupId", Kind::Text, false);
        }
    }

    /// The parameter of the same name and form as a field, unless it is declared.
    fn of_field(&mut self, name: &Located<String>) {
        if self.parameters.contains_key(&name.value) {
            return;
        }
        match self.owner.and_then(|owner| owner.fields.get(&name.value)) {
            Some(field) => {
                let parameter = Parameter { shape: field.shape.clone(), required: false, default: None };
                self.parameters.insert(name.value.clone(), parameter);
            }
            None => self
                .table
                .source
                .report(name.at, format!("`{}` is neither a field nor among the `parameters`", name.value)),
        }
    }

    /// Adds a parameter, unless the name leads into one of several values: `Filter.Status`.
    fn add_unless_member(&mut self, name: &str, kind: Kind) {
        match name.split_once('.') {
            None => self.add(name, kind, false),
            Some((filters, _)) => self.add(filters, Kind::Filters, false),
        }
    }

    fn add_tags(&mut self, required: bool) {
        for name in self.tags {
            self.add(name, Kind::Tags, required);
        }
    }

    fn add(&mut self, name: &str, kind: Kind, required: bool) {
        let parameter = || Parameter { shape: Shape::of(kind), required, default: None };
        self.parameters.entry(name.to_owned()).or_insert_with(parameter);
    }
}
