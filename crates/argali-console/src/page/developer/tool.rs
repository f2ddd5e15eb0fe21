//! How SDKs and tools are set up for this server.

use maud::{Markup, html};

use super::protocol;
use crate::part::lines;
use crate::text::developer::*;
use crate::visit::Visit;

/// The variables that SDKs and tools take credentials from.
const ENVIRONMENT: &str = "export ALIBABA_CLOUD_ACCESS_KEY_ID=…\nexport ALIBABA_CLOUD_ACCESS_KEY_SECRET=…";
/// Each tool, with what sets it up: `{host}`, `{protocol}` and `{origin}` stand for this server's.
const SNIPPETS: [(&str, &str); 7] = [
    (
        "argali",
        "export ARGALI_ENDPOINT={origin}\nargali call ram ListUsers\n\
         argali assume company-a/ecs-admin -- argali call ecs DescribeInstances RegionId=cn-hangzhou",
    ),
    (
        "Python",
        "from alibabacloud_ram20150501.client import Client\n\
         from alibabacloud_credentials.client import Client as Credentials\n\
         from alibabacloud_tea_openapi.utils_models import Config\n\n\
         ram = Client(Config(credential=Credentials(), endpoint=\"{host}\", protocol=\"{protocol}\"))\n\
         for user in ram.list_users(ListUsersRequest()).body.users.user:\n    print(user.user_name)",
    ),
    (
        "Node.js",
        "import Ram from \"@alicloud/ram20150501\";\nimport Credential from \"@alicloud/credentials\";\n\
         import { Config } from \"@alicloud/openapi-client\";\n\n\
         const config = new Config({ endpoint: \"{host}\", protocol: \"{protocol}\" });\n\
         config.credential = new Credential.default();\nconst ram = new Ram.default(config);",
    ),
    (
        "Go",
        "import (\n\topenapi \"github.com/alibabacloud-go/darabonba-openapi/v2/client\"\n\
         \tram \"github.com/alibabacloud-go/ram-20150501/v2/client\"\n\
         \t\"github.com/alibabacloud-go/tea/tea\"\n\t\"github.com/aliyun/credentials-go/credentials\"\n)\n\n\
         credential, err := credentials.NewCredential(nil)\n\
         client, err := ram.NewClient(&openapi.Config{\n\tCredential: credential,\n\
         \tEndpoint:   tea.String(\"{host}\"),\n\tProtocol:   tea.String(\"{protocol}\"),\n})",
    ),
    (
        "Java",
        "Config config = new Config()\n    .setCredential(new com.aliyun.credentials.Client())\n    \
         .setEndpoint(\"{host}\")\n    .setProtocol(\"{protocol}\");\n\
         com.aliyun.ram20150501.Client ram = new com.aliyun.ram20150501.Client(config);",
    ),
    ("Alibaba Cloud CLI", "aliyun ram ListUsers --endpoint {host} --{security} --region cn-hangzhou"),
    (
        "Terraform",
        "provider \"alicloud\" {\n  region   = \"cn-hangzhou\"\n  protocol = \"{protocol}\"\n  endpoints {\n    \
         ram             = \"{host}\"\n    ims             = \"{host}\"\n    sts             = \"{host}\"\n    \
         resourcemanager = \"{host}\"\n    ecs             = \"{host}\"\n    vpc             = \"{host}\"\n    \
         slb             = \"{host}\"\n    rds             = \"{host}\"\n  }\n}",
    ),
];

/// The tab.
pub(super) fn part(visit: &Visit<'_>) -> Markup {
    let security = if visit.is_secure() { "secure" } else { "insecure" };
    let filled = |snippet: &str| {
        snippet
            .replace("{host}", visit.host())
            .replace("{protocol}", protocol(visit))
            .replace("{origin}", &visit.own_origin())
            .replace("{security}", security)
    };
    html! {
        section.card.stack { p { (visit.say(KEYS_FROM)) } (lines(visit, ENVIRONMENT)) }
        @if !visit.is_secure() { p.muted { (visit.say(CLEAR)) } }
        @for (tool, snippet) in SNIPPETS {
            section.card { h2 { (tool) } (lines(visit, &filled(snippet))) }
        }
    }
}
