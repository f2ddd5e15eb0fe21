//! What new resources are called, and how many there may be.

use serde_json::Value;

use super::call::Call;
use super::create::Plan;
use super::failure::Failure;
use super::file::{IdForm, ResourceType, Service};
use super::host::Host;
use super::record::Record;
use super::shelves;
use super::situation::Situation;
use super::template::{Scope, plain};

/// What identifiers are made of.
pub(super) const ID_ALPHABET: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// How many characters of an identifier tell when it was made, so that lists are in that order. They
/// suffice until the year 5188.
const TIME_CHARACTERS: usize = 9;

/// How many characters a name within another resource has at most.
const LONGEST_NAME: usize = 128;

impl Call<'_> {
    /// An identifier that nothing has: made up, or the name that the call gives. Fails if that is taken or could not
    /// be told from others.
    pub(super) fn new_id(
        &self,
        host: &dyn Host,
        plan: &Plan<'_>,
        scope: &dyn Scope,
    ) -> Result<String, Failure> {
        let (whole, name) = match &plan.resource.id {
            IdForm::Random { prefix, length, .. } => {
                return Ok(random_id(host, &prefix.fill_as_text(scope)?, *length));
            }
            IdForm::Within { whole, name } => (whole, name),
        };
        let text = |field: &str| {
            let given = plan.resource.fields.get(field).map(|known| self.given(plan, field, known, scope));
            Ok::<_, Failure>(given.transpose()?.flatten().as_ref().map(plain).unwrap_or_default())
        };
        let given = text(name)?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        if given.is_empty() || given.len() > LONGEST_NAME || !given.bytes().all(fits) {
            let reason = "it must have 1 to 128 letters, digits, `_`, `-` and `.`";
            let values = [("parameter", name.as_str()), ("value", given.as_str()), ("reason", reason)];
            return Err(self.teller().tell(Situation::InvalidParameter, &values));
        }
        let id = IdForm::within(&text(whole)?, &given);
        if shelves::load(host, &plan.resource.name, &id)?.is_some() {
            let values = [("value", given.as_str()), ("parameter", name.as_str())];
            return Err(self.tell_of(plan.resource, Situation::AlreadyExists, &values));
        }
        Ok(id)
    }

    /// Fails if there are as many as there may be.
    pub(super) fn check_quota(
        &self,
        host: &dyn Host,
        owner: &Service,
        resource: &ResourceType,
        record: &Record,
    ) -> Result<(), Failure> {
        let Some(quota) = &resource.quota else { return Ok(()) };
        let count = match &quota.among {
            None => shelves::count_in_region(host, &resource.name, &record.region)?,
            Some(among) => {
                let refers = resource.fields.get(among).and_then(|field| field.shape.refers.as_ref());
                let shared = record.fields.get(among).and_then(Value::as_str);
                match (refers, shared) {
                    (Some(refers), Some(id)) => {
                        shelves::referrers(host, (&refers.value, id), Some(&resource.name))?.len()
                    }
                    _ => 0,
                }
            }
        };
        if count < quota.most {
            return Ok(());
        }
        let most = quota.most.to_string();
        Err(Failure::told(owner, &quota.error.value, &[("most", &most)]))
    }
}

fn random_id(host: &dyn Host, prefix: &str, length: usize) -> String {
    let random = host.random(ID_ALPHABET, length.saturating_sub(TIME_CHARACTERS));
    format!("{prefix}{}{random}", time_characters(host.now_ms()))
}

/// An instant in base 36, so that texts sort as instants do.
fn time_characters(now_ms: i64) -> String {
    let mut left = u64::try_from(now_ms).unwrap_or_default();
    let mut characters = Vec::with_capacity(TIME_CHARACTERS);
    for _ in 0..TIME_CHARACTERS {
        let digit = usize::try_from(left % 36).unwrap_or_default();
        characters.push(ID_ALPHABET.get(digit).copied().map_or('0', char::from));
        left /= 36;
    }
    characters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_sort_as_their_instants_do() {
        let texts: Vec<String> =
            [0, 35, 36, 1_700_000_000_000, 1_700_000_000_001].map(time_characters).to_vec();
        assert!(texts.is_sorted() && texts.iter().all(|text| text.len() == TIME_CHARACTERS), "{texts:?}");
    }
}
