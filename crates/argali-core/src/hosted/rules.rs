//! What must hold of resources and calls.

use std::collections::BTreeMap;

use serde_json::Value;

use super::call::Call;
use super::cidr::Cidr;
use super::failure::Failure;
use super::file::{ResourceType, Rule, RuleKind, Service};
use super::host::Host;
use super::record::{Record, gather_references};
use super::shelves;
use super::situation::Situation;
use super::template::{Name, Scope, Template};

impl Call<'_> {
    /// Checks `rules`, whose codes `service` declares.
    pub(super) fn check_rules(
        &self,
        host: &dyn Host,
        service: &Service,
        rules: &[Rule],
        scope: &dyn Scope,
        of: Option<(&ResourceType, &Record)>,
    ) -> Result<(), Failure> {
        for rule in rules {
            let holds = match (&rule.kind, of) {
                (RuleKind::Equal(templates), _) => {
                    let values = values(templates, scope)?;
                    values.windows(2).all(|pair| matches!(pair, [a, b] if a == b))
                }
                (RuleKind::Different(templates), _) => {
                    let values = values(templates, scope)?;
                    values
                        .iter()
                        .enumerate()
                        .all(|(index, value)| !values.iter().skip(index + 1).any(|other| other == value))
                }
                (RuleKind::Given(names), _) => any_given(names, scope)?,
                (RuleKind::Inside(inner, outer), _) => match (block(inner, scope)?, block(outer, scope)?) {
                    (Some(inner), Some(outer)) => outer.holds(inner) && outer != inner,
                    _ => true,
                },
                (RuleKind::Outside(inner, outer), _) => {
                    let outer = values(outer, scope)?;
                    !inner.fill(scope)?.as_ref().and_then(as_block).is_some_and(|inner| {
                        outer.iter().filter_map(as_block).any(|outer| outer.holds(inner))
                    })
                }
                (RuleKind::Apart { field, among }, Some((resource, record))) => {
                    let own = record.fields.get(field).and_then(as_block);
                    let others = self.others(host, resource, record, (among, field))?;
                    !own.is_some_and(|own| {
                        others.iter().filter_map(as_block).any(|other| own.overlaps(other))
                    })
                }
                (RuleKind::Unique { field, among }, Some((resource, record))) => {
                    let own = record.fields.get(field);
                    let others = self.others(host, resource, record, (among, field))?;
                    own.is_none_or(|own| !others.contains(own))
                }
                (RuleKind::Apart { .. } | RuleKind::Unique { .. }, None) => true,
            };
            if !holds {
                return Err(broken(service, rule, of));
            }
        }
        Ok(())
    }

    /// Checks that all that a call's parameters refer to exists, in the region of the call if it names one.
    pub(super) fn check_references(&self, host: &dyn Host) -> Result<(), Failure> {
        for (name, value) in &self.arguments {
            let Some(parameter) = self.operation.parameters.get(name) else { continue };
            let missing = parameter.shape.missing.as_ref();
            self.check_existence(
                host,
                &parameter.shape,
                value,
                name,
                missing.map(|code| code.value.as_str()),
                self.region.as_deref(),
            )?;
        }
        Ok(())
    }

    /// Checks that what a value of a shape refers to exists in `region`.
    pub(super) fn check_existence(
        &self,
        host: &dyn Host,
        shape: &super::file_value::Shape,
        value: &Value,
        name: &str,
        code: Option<&str>,
        region: Option<&str>,
    ) -> Result<(), Failure> {
        let mut references = Vec::new();
        gather_references(shape, value, &mut references);
        for (target, id) in references {
            let values = [("value", id), ("parameter", name)];
            let missing = |resource: Option<&ResourceType>| match (code, resource) {
                (Some(code), _) => Failure::told(self.service, code, &values),
                (None, Some(resource)) => self.tell_of(resource, Situation::NotFound, &values),
                (None, None) => self.teller().tell(Situation::NotFound, &values),
            };
            if let Some(table) = self.catalog.table(target) {
                if !table.rows.contains_key(id) {
                    return Err(missing(None));
                }
            } else if let Some(resource) = self.catalog.resource(target) {
                let found = shelves::load(host, target, id)?;
                if !found.is_some_and(|record| {
                    shape.anywhere
                        || region.is_none_or(|region| record.region == region || record.region == "*")
                }) {
                    return Err(missing(Some(resource)));
                }
            }
        }
        Ok(())
    }

    /// The values of a field of the others that share a reference with a resource.
    fn others(
        &self,
        host: &dyn Host,
        resource: &ResourceType,
        record: &Record,
        (among, field): (&str, &str),
    ) -> Result<Vec<Value>, Failure> {
        let refers = resource.fields.get(among).and_then(|field| field.shape.refers.as_ref());
        let shared = record.fields.get(among).and_then(Value::as_str);
        let (Some(refers), Some(shared)) = (refers, shared) else { return Ok(Vec::new()) };
        let mut values = Vec::new();
        for user in shelves::referrers(host, (&refers.value, shared), Some(&resource.name))? {
            if user.id != record.id
                && let Some(other) = shelves::load(host, &resource.name, &user.id)?
            {
                values.extend(other.fields.get(field).cloned());
            }
        }
        Ok(values)
    }
}

fn broken(service: &Service, rule: &Rule, of: Option<(&ResourceType, &Record)>) -> Failure {
    let id = of.map(|(_, record)| record.id.as_str()).unwrap_or_default();
    let values = BTreeMap::from([("value", id)]).into_iter().collect::<Vec<_>>();
    let failure = Failure::told(service, &rule.error.value, &values);
    match (failure, &rule.message) {
        (Failure::Told { code, status, .. }, Some(message)) => {
            Failure::Told { code, status, message: message.clone() }
        }
        (failure, _) => failure,
    }
}

/// What the templates yield, lists element by element. What yields nothing is left out.
fn values(templates: &[Template], scope: &dyn Scope) -> Result<Vec<Value>, Failure> {
    let mut values = Vec::new();
    for template in templates {
        match template.fill(scope)? {
            Some(Value::Array(elements)) => values.extend(elements),
            value => values.extend(value),
        }
    }
    Ok(values)
}

fn any_given(names: &[Name], scope: &dyn Scope) -> Result<bool, Failure> {
    for name in names {
        if name.value(scope)?.is_some_and(|value| !value.as_str().is_some_and(str::is_empty)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn block(name: &Name, scope: &dyn Scope) -> Result<Option<Cidr>, Failure> {
    Ok(name.value(scope)?.as_ref().and_then(as_block))
}

fn as_block(value: &Value) -> Option<Cidr> {
    value.as_str()?.parse().ok()
}
