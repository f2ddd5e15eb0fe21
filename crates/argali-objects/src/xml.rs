//! Documents that clients send: read strictly, and no further than they may go.
// SPEC: security, requests, R11: no DTD, depth ≤ 10, ≤ 2 MiB.

use argali_core::error::ApiError;
use argali_core::services::oss::storage_error;
use bytes::{Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt as _;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde::de::DeserializeOwned;
use std::time::Duration;
use tokio::time::timeout;

/// The longest document, in bytes.
const LONGEST: usize = 2 << 20;
/// How deep elements lie in each other at most.
const DEEPEST: usize = 10;
/// How long a document may take to come.
// SPEC: security, requests, limits.
const TIME: Duration = Duration::from_secs(30);

/// A body that is read whole, at most 2 MiB.
pub(crate) async fn read_whole<B>(body: B) -> Result<Bytes, ApiError>
where
    B: Body<Data = Bytes> + Send + Unpin,
    B::Error: std::fmt::Display,
{
    let slow = || storage_error("RequestTimeout", 408, "The body came too slowly: send it again.");
    timeout(TIME, gather(body)).await.map_err(|_| slow())?
}

async fn gather<B>(mut body: B) -> Result<Bytes, ApiError>
where
    B: Body<Data = Bytes> + Send + Unpin,
    B::Error: std::fmt::Display,
{
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            tracing::debug!(%error, "a body broke off");
            storage_error("IncompleteBody", 400, "The body broke off: send it again.")
        })?;
        let Ok(bytes) = frame.into_data() else { continue };
        if whole.len() + bytes.len() > LONGEST {
            let message = "The body is larger than 2 MiB: send less in one request.";
            return Err(storage_error("EntityTooLarge", 400, message));
        }
        whole.extend_from_slice(&bytes);
    }
    Ok(whole.freeze())
}

/// Reads a document whose root element is `root`.
pub(crate) fn parse<T: DeserializeOwned>(root: &str, document: &[u8]) -> Result<T, ApiError> {
    let text = std::str::from_utf8(document).map_err(|_| malformed())?;
    check(root, text)?;
    quick_xml::de::from_str(text).map_err(|error| {
        tracing::debug!(%error, "a document cannot be read");
        malformed()
    })
}

/// Refuses what a document may not have, before any of it is believed.
fn check(root: &str, text: &str) -> Result<(), ApiError> {
    let mut reader = Reader::from_str(text);
    let (mut depth, mut has_root) = (0_usize, false);
    loop {
        let event = reader.read_event().map_err(|_| malformed())?;
        match &event {
            Event::Start(element) | Event::Empty(element) => {
                if depth == 0 && (has_root || element.local_name().as_ref() != root) {
                    return Err(malformed());
                }
                has_root = true;
                if matches!(event, Event::Start(_)) {
                    depth += 1;
                }
                if depth > DEEPEST {
                    return Err(malformed());
                }
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::DocType(_) | Event::PI(_) => return Err(malformed()),
            Event::Eof => break,
            _ => {}
        }
    }
    if has_root && depth == 0 { Ok(()) } else { Err(malformed()) }
}

/// The refusal of a document that is not what it should be.
pub(crate) fn malformed() -> ApiError {
    let message =
        "The XML you provided was not well-formed or did not validate against our published schema.";
    storage_error("MalformedXML", 400, message)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "PascalCase")]
    struct Delete {
        #[serde(default)]
        quiet: bool,
        #[serde(default)]
        object: Vec<Named>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "PascalCase")]
    struct Named {
        key: String,
    }

    #[test]
    fn documents_are_read_with_their_references() {
        let text = "<?xml version=\"1.0\"?><Delete xmlns=\"http://x\"><Quiet>true</Quiet><Object><Key>a&amp;b &#x8FD0;</Key></Object><Object><Key>c</Key></Object></Delete>";
        let read: Delete = parse("Delete", text.as_bytes()).unwrap();
        let named = |key: &str| Named { key: key.to_owned() };
        assert_eq!(read, Delete { quiet: true, object: vec![named("a&b 运"), named("c")] });
    }

    #[test]
    fn hostile_documents_are_refused() {
        let deep = format!("{}{}", "<Delete>".repeat(11), "</Delete>".repeat(11));
        for text in [
            "",
            "no",
            "<Other/>",
            "<Delete>",
            "<Delete/><Delete/>",
            "<!DOCTYPE d [<!ENTITY a \"b\">]><Delete/>",
            "<Delete><Object><Key>&a;</Key></Object></Delete>",
            "<?php x ?><Delete/>",
            "<Delete><Object></Object></Delete>",
            &deep,
        ] {
            let read = parse::<Delete>("Delete", text.as_bytes());
            assert_eq!(read.unwrap_err().code().wire(), "MalformedXML", "{text}");
        }
        assert!(parse::<Delete>("Delete", b"\xFF").is_err());
    }
}
