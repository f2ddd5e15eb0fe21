//! Request targets: path and query, whether or not they come with a host.

/// Path and query of a request target, which may be absolute; then its host must be the header's. Fails with a sentence
/// for the sender.
pub(crate) fn split_target<'a>(
    target: &'a str,
    host: Option<&str>,
) -> Result<(&'a str, &'a str), &'static str> {
    let (before, query) = target.split_once('?').unwrap_or((target, ""));
    if before.starts_with('/') {
        return Ok((before, query));
    }
    let Some((_, rest)) = before.split_once("://") else {
        return Err("The request target is no path: begin it with a slash.");
    };
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    match host {
        Some(host) if !same_host(authority, host) => {
            Err("The request target and the Host header name different hosts: name one.")
        }
        _ => Ok((path, query)),
    }
}

fn same_host(a: &str, b: &str) -> bool {
    fn without_default_port(host: &str) -> &str {
        host.strip_suffix(":80").or_else(|| host.strip_suffix(":443")).unwrap_or(host)
    }
    without_default_port(a).eq_ignore_ascii_case(without_default_port(b))
}
