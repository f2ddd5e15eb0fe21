//! What a SAML identity provider says of itself: its name, and the certificates that it signs with.
// SPEC: limits, quotas: a metadata file holds one descriptor with at most two certificates; security, requests, R11.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

const METADATA: Namespace<'_> = Namespace("urn:oasis:names:tc:SAML:2.0:metadata");
const SIGNATURE: Namespace<'_> = Namespace("http://www.w3.org/2000/09/xmldsig#");

/// A record of the store has room for as much, and for what else is kept with it.
const LARGEST: usize = 1_000_000;
const DEEPEST: usize = 10;
const MOST_CERTIFICATES: usize = 2;

/// What is known of an identity provider from its metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// How it names itself.
    pub entity_id: String,
    /// The certificates that it signs with, as DER.
    pub certificates: Vec<Vec<u8>>,
}

/// Why a document is no metadata of an identity provider. Each continues "The metadata document".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMetadata {
    /// It is not in base64, or not UTF-8.
    #[error("must be XML in UTF-8, sent as base64")]
    Encoding,
    /// It is too large.
    #[error("must have at most 1,000,000 bytes")]
    TooLarge,
    /// It is no XML.
    #[error("is not well-formed XML")]
    Malformed,
    /// It declares a document type, or refers to what one would declare.
    #[error("must have no document type and no entities of its own")]
    DocumentType,
    /// It nests too deeply.
    #[error("must not nest elements more than 10 deep")]
    TooDeep,
    /// Its root is another element, or has no name.
    #[error("must be one `EntityDescriptor` of SAML 2.0 with an `entityID`")]
    NotAnEntity,
    /// It describes no identity provider, or several.
    #[error("must hold exactly one `IDPSSODescriptor`")]
    NotOneProvider,
    /// It has no certificate, or too many.
    #[error("must hold one or two certificates that the provider signs with")]
    Certificates,
    /// A certificate is none.
    #[error("holds an `X509Certificate` that is not a certificate in base64")]
    Certificate,
}

impl Metadata {
    /// Reads a document that came in base64; returns it as text, and what it says.
    pub fn decode(encoded: &str) -> Result<(String, Self), BadMetadata> {
        if encoded.len() > LARGEST * 4 / 3 + 4 {
            return Err(BadMetadata::TooLarge);
        }
        let bytes = from_base64(encoded).ok_or(BadMetadata::Encoding)?;
        let document = String::from_utf8(bytes).map_err(|_| BadMetadata::Encoding)?;
        let metadata = Self::read(&document)?;
        Ok((document, metadata))
    }

    /// Reads a document.
    pub fn read(document: &str) -> Result<Self, BadMetadata> {
        if document.len() > LARGEST {
            return Err(BadMetadata::TooLarge);
        }
        let mut walk = Walk::default();
        let mut reader = NsReader::from_str(document.trim_start_matches('\u{feff}'));
        reader.config_mut().expand_empty_elements = true;
        loop {
            let (namespace, event) = reader.read_resolved_event().map_err(|_| BadMetadata::Malformed)?;
            match event {
                Event::Start(element) => walk.enter(&namespace, &element)?,
                Event::End(_) => walk.leave()?,
                Event::Text(text) => walk.text(&text.xml10_content())?,
                Event::CData(text) => walk.text(&text.xml10_content())?,
                Event::GeneralRef(reference) => {
                    let known = ["lt", "gt", "amp", "apos", "quot"].contains(&&*reference);
                    if !known && !reference.is_char_ref() {
                        return Err(BadMetadata::DocumentType);
                    }
                }
                Event::DocType(_) => return Err(BadMetadata::DocumentType),
                Event::Eof => return walk.finish(),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Empty(_) => {}
            }
        }
    }
}

/// Where a walk through the document is, and what it has found.
///
/// A certificate lies at `EntityDescriptor/IDPSSODescriptor/KeyDescriptor/KeyInfo/X509Data/X509Certificate`, so its
/// depth is known, and only its ancestors must be looked at.
#[derive(Default)]
struct Walk {
    depth: usize,
    entity_id: Option<String>,
    providers: usize,
    in_provider: bool,
    in_signing_key: bool,
    certificate: Option<String>,
    certificates: Vec<Vec<u8>>,
}

impl Walk {
    fn enter(&mut self, namespace: &ResolveResult<'_>, element: &BytesStart<'_>) -> Result<(), BadMetadata> {
        if self.depth == 0 && self.entity_id.is_some() {
            return Err(BadMetadata::Malformed);
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(BadMetadata::TooDeep);
        }
        let local = element.local_name();
        let is =
            |expected, name: &str| *namespace == ResolveResult::Bound(expected) && local.as_ref() == name;
        match self.depth {
            1 if is(METADATA, "EntityDescriptor") => {
                let id = attribute(element, "entityID")?.filter(|id| !id.is_empty());
                self.entity_id = Some(id.ok_or(BadMetadata::NotAnEntity)?);
            }
            1 => return Err(BadMetadata::NotAnEntity),
            2 if is(METADATA, "IDPSSODescriptor") => {
                self.providers += 1;
                self.in_provider = true;
            }
            3 if self.in_provider && is(METADATA, "KeyDescriptor") => {
                self.in_signing_key = attribute(element, "use")?.is_none_or(|usage| usage == "signing");
            }
            6 if self.in_signing_key && is(SIGNATURE, "X509Certificate") => {
                self.certificate = Some(String::new());
            }
            _ => {}
        }
        Ok(())
    }

    fn leave(&mut self) -> Result<(), BadMetadata> {
        match self.depth {
            2 => self.in_provider = false,
            3 => self.in_signing_key = false,
            6 => {
                if let Some(text) = self.certificate.take() {
                    let der = from_base64(&text).filter(|der| is_one_sequence(der));
                    self.certificates.push(der.ok_or(BadMetadata::Certificate)?);
                }
            }
            _ => {}
        }
        self.depth = self.depth.checked_sub(1).ok_or(BadMetadata::Malformed)?;
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), BadMetadata> {
        if self.depth == 0 && !text.trim().is_empty() {
            return Err(BadMetadata::Malformed);
        }
        if let Some(certificate) = &mut self.certificate {
            certificate.push_str(text);
        }
        Ok(())
    }

    fn finish(self) -> Result<Metadata, BadMetadata> {
        if self.depth > 0 {
            return Err(BadMetadata::Malformed);
        }
        let entity_id = self.entity_id.ok_or(BadMetadata::NotAnEntity)?;
        if self.providers != 1 {
            return Err(BadMetadata::NotOneProvider);
        }
        if !(1..=MOST_CERTIFICATES).contains(&self.certificates.len()) {
            return Err(BadMetadata::Certificates);
        }
        Ok(Metadata { entity_id, certificates: self.certificates })
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, BadMetadata> {
    let mut found = None;
    for attribute in element.attributes() {
        // Going over all of them refuses one that is there twice.
        let attribute = attribute.map_err(|_| BadMetadata::Malformed)?;
        if attribute.key.as_ref() == name {
            let value =
                attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| BadMetadata::DocumentType)?;
            found = Some(value.into_owned());
        }
    }
    Ok(found)
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(compact).ok()
}

/// Whether bytes are one DER sequence and nothing else, as every certificate is.
fn is_one_sequence(der: &[u8]) -> bool {
    let Some((0x30, rest)) = der.split_first().map(|(tag, rest)| (*tag, rest)) else { return false };
    let Some((first, rest)) = rest.split_first() else { return false };
    let digits = usize::from(first & 0x7f);
    if first & 0x80 == 0 {
        return usize::from(*first) == rest.len();
    }
    let Some((length, content)) = rest.split_at_checked(digits).filter(|_| (1..=3).contains(&digits)) else {
        return false;
    };
    length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)) == content.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTIFICATE: &str = "MAMCAQU=";

    fn key(usage: &str) -> String {
        format!(
            "<md:KeyDescriptor{usage}><ds:KeyInfo xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:X509Data>\
             <ds:X509Certificate>\n {CERTIFICATE}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        )
    }

    fn provider(keys: &str) -> String {
        format!("<md:IDPSSODescriptor>{keys}<md:SingleSignOnService/></md:IDPSSODescriptor>")
    }

    fn entity(content: &str) -> String {
        format!(
            "<?xml version='1.0'?>\n<md:EntityDescriptor entityID='https://idp.example/a&amp;b' \
             xmlns:md='urn:oasis:names:tc:SAML:2.0:metadata'>{content}</md:EntityDescriptor>\n"
        )
    }

    #[test]
    fn a_provider_and_its_certificates_are_found() {
        let encryption = key(" use='encryption'");
        for keys in [key(""), key(" use='signing'"), format!("{encryption}{}{encryption}", key(""))] {
            let read = Metadata::read(&entity(&provider(&keys))).unwrap();
            assert_eq!(read.entity_id, "https://idp.example/a&b");
            assert_eq!(read.certificates, [vec![0x30, 3, 2, 1, 5]]);
        }
        let two = Metadata::read(&entity(&provider(&key("").repeat(2)))).unwrap();
        assert_eq!(two.certificates.len(), 2);
        let document = entity(&provider(&key("")));
        let (text, _) = Metadata::decode(&STANDARD.encode(&document)).unwrap();
        assert_eq!(text, document);
    }

    #[test]
    fn what_is_no_metadata_of_one_provider_is_refused() {
        let good = provider(&key(""));
        let deep = format!("{}{}", "<a>".repeat(10), "</a>".repeat(10));
        for (document, reason) in [
            (String::new(), BadMetadata::NotAnEntity),
            ("<a/>".to_owned(), BadMetadata::NotAnEntity),
            (entity(&good).replace("entityID", "id"), BadMetadata::NotAnEntity),
            (
                entity(&good).replace("urn:oasis:names:tc:SAML:2.0:metadata", "urn:x"),
                BadMetadata::NotAnEntity,
            ),
            (entity(""), BadMetadata::NotOneProvider),
            (entity(&good.repeat(2)), BadMetadata::NotOneProvider),
            (entity(&provider("")), BadMetadata::Certificates),
            (entity(&provider(&key(" use='encryption'"))), BadMetadata::Certificates),
            (entity(&provider(&key("").repeat(3))), BadMetadata::Certificates),
            (entity(&provider(&key("").replace("xmldsig#", "other#"))), BadMetadata::Certificates),
            (entity(&good.replace(CERTIFICATE, "no base64")), BadMetadata::Certificate),
            (entity(&good.replace(CERTIFICATE, "MAMCAQUF")), BadMetadata::Certificate),
            (entity(&format!("{good}{deep}")), BadMetadata::TooDeep),
            (entity(&good).repeat(2), BadMetadata::Malformed),
            (format!("{}more", entity(&good)), BadMetadata::Malformed),
            (entity(&good).replace("</md:EntityDescriptor>", ""), BadMetadata::Malformed),
            (entity("</md:EntityDescriptor>"), BadMetadata::Malformed),
            (format!("<!DOCTYPE a>{}", entity(&good)), BadMetadata::DocumentType),
            (entity(&format!("{good}<a>&own;</a>")), BadMetadata::DocumentType),
            (entity(&good).replace("&amp;", "&own;"), BadMetadata::DocumentType),
            ("x".repeat(LARGEST + 1), BadMetadata::TooLarge),
        ] {
            let shown: String = document.chars().take(200).collect();
            assert_eq!(Metadata::read(&document), Err(reason), "{shown}");
        }
        assert_eq!(Metadata::decode("not base64!"), Err(BadMetadata::Encoding));
        assert_eq!(Metadata::decode("/w=="), Err(BadMetadata::Encoding), "not UTF-8");
    }
}
