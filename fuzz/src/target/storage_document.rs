//! Documents that object storage takes: refused as malformed, or kept so that what is shown can be sent again.

use argali_testkit::{OssClient, TestServer};

use super::{Probe, Target, outcome};
use crate::engine::{Shape, Words};

pub(super) static TARGET: Target = Target {
    name: "storage-document",
    shape: Shape::Words,
    words: Words::anywhere(&[
        "<Delete>",
        "</Delete>",
        "<Delete/>",
        "<Object>",
        "</Object>",
        "<Key>",
        "</Key>",
        "<Quiet>true</Quiet>",
        "<VersionId>null</VersionId>",
        "<Tagging>",
        "<TagSet>",
        "<Tag>",
        "</Tag>",
        "<Value>",
        "<Value/>",
        "<CORSRule>",
        "</CORSRule>",
        "<AllowedOrigin>*</AllowedOrigin>",
        "<AllowedMethod>GET</AllowedMethod>",
        "<AllowedHeader>*</AllowedHeader>",
        "<ExposeHeader>etag</ExposeHeader>",
        "<MaxAgeSeconds>-1</MaxAgeSeconds>",
        "<MaxAgeSeconds>99999999999</MaxAgeSeconds>",
        "<ResponseVary>true</ResponseVary>",
        "<Part>",
        "<PartNumber>0</PartNumber>",
        "<PartNumber>1</PartNumber>",
        "<ETag>&quot;0&quot;</ETag>",
        "<StorageClass>IA</StorageClass>",
        "<!DOCTYPE d [<!ENTITY a \"b\">]>",
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>",
        "<![CDATA[x]]>",
        "<!-- x -->",
        "&a;",
        "&#0;",
        "&#x110000;",
        "&lt;",
        " xmlns=\"http://x\"",
        " a=\"b\" a=\"c\"",
        "..",
        "\u{0}",
        "\u{feff}",
    ]),
    seeds,
    start: || Box::new(Keeping::new()),
};

const BUCKET: &str = "fuzz-documents";
/// What takes a document: method, object, and what is asked for; and whether the same is shown again.
const PLACES: [(&str, &str, &str, bool); 6] = [
    ("PUT", "", "tagging", true),
    ("PUT", "", "cors", true),
    ("PUT", "kept", "tagging", true),
    ("POST", "", "delete", false),
    ("PUT", "", "resourceGroup", false),
    ("POST", "parts", "uploadId", false),
];
/// How many documents a server takes before a new one takes its place: the records of a server grow.
const PER_SERVER: u32 = 20_000;

/// Documents as clients send them, each after the number of its place. Lines end where elements do, so that damage moves
/// elements.
fn seeds() -> Vec<Vec<u8>> {
    let documents = [
        "<Tagging>\n<TagSet>\n<Tag><Key>k</Key>\n<Value>v</Value></Tag>\n<Tag><Key>\u{8fd0}</Key><Value/></Tag>\n</TagSet>\n</Tagging>",
        "<?xml version=\"1.0\"?>\n<CORSConfiguration>\n<CORSRule>\n<AllowedOrigin>*</AllowedOrigin>\n<AllowedMethod>GET</AllowedMethod>\n<AllowedHeader>x-*</AllowedHeader>\n<ExposeHeader>etag</ExposeHeader>\n<MaxAgeSeconds>60</MaxAgeSeconds>\n</CORSRule>\n<ResponseVary>true</ResponseVary>\n</CORSConfiguration>",
        "<Tagging>\n<TagSet>\n<Tag><Key>a&amp;b</Key>\n<Value>&#x8FD0;</Value></Tag>\n</TagSet>\n</Tagging>",
        "<Delete>\n<Quiet>false</Quiet>\n<Object><Key>gone</Key></Object>\n<Object>\n<Key>a/b</Key>\n</Object>\n</Delete>",
        "<BucketResourceGroupConfiguration>\n<ResourceGroupId></ResourceGroupId>\n</BucketResourceGroupConfiguration>",
        "<CompleteMultipartUpload>\n<Part>\n<PartNumber>1</PartNumber>\n<ETag>\"9DD4E461268C8034F5C8564E155C67A6\"</ETag>\n</Part>\n</CompleteMultipartUpload>",
    ];
    documents.iter().enumerate().map(|(place, text)| format!("{place}\n{text}").into_bytes()).collect()
}

/// A bucket that takes documents.
struct Keeping {
    /// Ends with the last of its clients.
    _server: TestServer,
    oss: OssClient,
    upload: String,
    taken: u32,
}

impl Keeping {
    fn new() -> Self {
        let server = TestServer::builder().seed(1).start();
        let owner = server.account("company-a", "11223344");
        let oss = server.oss_client(Some(owner.client.credentials()));
        oss.call("PUT", BUCKET, "").send().must();
        oss.put(BUCKET, "kept", b"x").must();
        let begun = oss.call("POST", BUCKET, "parts").query("uploads", "").send().must();
        Self { _server: server, oss, upload: begun.element("UploadId"), taken: 0 }
    }

    /// The value of what is asked for, where it has one.
    fn value(&self, name: &str) -> &str {
        if name == "uploadId" { &self.upload } else { "" }
    }
}

impl Probe for Keeping {
    fn probe(&mut self, input: &[u8]) -> u64 {
        let Some(end) = input.iter().position(|byte| *byte == b'\n') else { return 0 };
        let place = std::str::from_utf8(&input[..end]).ok().and_then(|text| text.parse::<usize>().ok());
        let Some((method, key, asked, is_kept)) = place.and_then(|place| PLACES.get(place)) else { return 0 };
        if self.taken == PER_SERVER {
            *self = Self::new();
        }
        self.taken += 1;
        let send = |body: &[u8]| {
            self.oss.call(method, BUCKET, key).query(asked, self.value(asked)).body(body).send()
        };
        let answer = send(&input[end + 1..]);
        assert!(answer.status < 500, "{}: {}", answer.status, answer.text());
        if answer.status < 300 && *is_kept {
            // Where nothing is kept, there is nothing to show.
            let show = || {
                let shown = self.oss.call("GET", BUCKET, key).query(asked, "").send();
                (shown.status < 300).then_some(shown.body)
            };
            if let Some(shown) = show() {
                let again = send(&shown);
                assert!(
                    again.status < 300,
                    "what is shown is not taken: {}",
                    String::from_utf8_lossy(&shown)
                );
                assert_eq!(show(), Some(shown), "what is sent again changes");
            }
        }
        let code = if answer.status < 300 { String::new() } else { answer.element("Code") };
        outcome((asked, answer.status, code))
    }
}
