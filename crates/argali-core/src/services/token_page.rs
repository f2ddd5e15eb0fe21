//! Pages of lists that are there as a whole: each goes on where the one before it ended, as its `NextToken` says.

use crate::dispatch::Context;
use crate::error::ApiError;
use crate::model::Key;

/// At most `size` entries in the order of their places, after the place that `token` tells, and the next page's token.
///
/// Fails with `InvalidParameter.NextToken` on a token that is not of `list`.
pub(in crate::services) fn token_page<T>(
    cx: &Context<'_>,
    list: &Key,
    token: Option<&str>,
    size: usize,
    entries: impl IntoIterator<Item = (Vec<u8>, T)>,
) -> Result<(Vec<T>, Option<String>), ApiError> {
    let after = token.map(|token| cx.open_marker(list, token)).transpose();
    // What is called a marker elsewhere is a token here.
    let after = after.map_err(|error| ApiError::invalid("NextToken", error.message().to_owned()))?;
    let follows = |place: &Vec<u8>| after.as_ref().is_none_or(|after| place > after);
    let mut page: Vec<_> = entries.into_iter().filter(|(place, _)| follows(place)).collect();
    page.sort_by(|(one, _), (other, _)| one.cmp(other));
    let more = page.len() > size;
    page.truncate(size);
    let next = page.last().filter(|_| more).map(|(place, _)| cx.seal_marker(list, place));
    Ok((page.into_iter().map(|(_, entry)| entry).collect(), next))
}
