//! Journey 6: Express Connect refuses across accounts, then works after the operator's switch.

use argali_server::config::OptionalAccount;
use argali_testkit::{TestClock, TestServer};

use super::{LOOKS, at, fits, owner, switch, user};
use crate::estate::REGION;
use crate::stage::Stage;

/// What the page says to whoever comes from another account, in each language.
fn sentence(language: &str) -> &'static str {
    match language {
        "en" => "Express Connect resources cannot be accessed from another account by default.",
        _ => "默认不允许其他账号访问高速通道资源",
    }
}

/// S0-08, S0-09, S0-62, journey 6.
#[test]
fn the_operator_opens_express_connect_for_another_account() {
    for look in LOOKS {
        let stage = stage();
        let policies = ["AliyunExpressConnectFullAccess", "AliyunVPCReadOnlyAccess"];
        stage.a.role("connect-admin", &[&stage.b.root_arn()], &policies);
        let line = [REGION, ("AccessPointId", "ap-cn-hangzhou-a"), ("LineOperator", "CT")];
        let made = stage.a.must("Vpc", "CreatePhysicalConnection", &line);
        let id = made["PhysicalConnectionId"].as_str().unwrap();

        let alice = user(look, &stage, "alice@company-b");
        switch(&alice, &stage, "company-a", "connect-admin");
        alice.shows(".banner", "connect-admin");
        let lines = format!("{}/resources/expressconnect/physical_connection", alice.url());
        alice.go(&lines);
        alice.shows("main", sentence(look.language));
        fits(&alice, look);
        assert!(!alice.has("tbody"), "{look:?}");

        let operator = owner(look, &stage, &stage.b);
        operator.go(&at(&stage, "/console/operator/accounts/11223344"));
        fits(&operator, look);
        operator.click("form[action$='/gate'] button");
        // The page comes back at the address that it had: what it shows then is another button.
        operator.shows("form[action$='/gate'] button", if look.language == "en" { "Close" } else { "关闭" });

        alice.go(&lines);
        alice.click(&format!("tbody a[href*='{id}']"));
        alice.click("a[href*='/do/ModifyPhysicalConnectionAttribute']");
        alice.click("main form details summary");
        alice.fill("[name='p.Name']", "to-the-factory");
        alice.click("main form button.main");
        alice.shows("main", "to-the-factory");
    }
}

/// One whose operators are the people of company-b.
fn stage() -> Stage {
    let account = OptionalAccount(Some("12345678".parse().unwrap()));
    let builder = TestServer::builder().configure(|config| config.identity.operator_account = account);
    Stage::on(builder.clock(TestClock::real()).start())
}
