//! The manual, and the links that lead to it.

use std::collections::BTreeSet;

use argali_testkit::Visitor;

use crate::every_page::help_of;
use crate::stage::{Stage, heading};

/// S0-61, S1-10, S1-12, S3-11, S3-66: where somebody grants, switches and creates roles, a link leads to the chapter
/// that explains it.
#[test]
fn what_is_done_on_a_page_is_explained_in_the_manual() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    for (page, chapter, title) in [
        ("/console/switch-role", "switch-role", "Assume a RAM role"),
        ("/console/ram/roles/new", "cross-account", "Use a RAM role to grant permissions across accounts"),
        (
            "/console/ram/grants/new?kind=Role&name=ecs-admin",
            "grants",
            "Grant permissions to a RAM role, a user or a group",
        ),
        ("/console/ram/policies", "policies", "Access policies"),
    ] {
        let chapter = format!("/console/manual/{chapter}");
        let shown = owner.get(page);
        assert!(shown.tags().iter().any(|tag| tag.attribute("href") == Some(&chapter)), "{page}");
        assert_eq!(heading(&owner.get(&chapter)), title);
    }
}

/// The navigation's pages each have a chapter of their own.
#[test]
fn every_section_has_its_chapter() {
    let stage = Stage::new();
    let owner = stage.owner(&stage.a);
    let home = owner.open("/console");
    let sections: Vec<_> = home
        .tags()
        .into_iter()
        .filter(|tag| tag.attribute("data-go").is_some_and(|name| name != "switch-role"))
        .filter_map(|tag| tag.attribute("href").map(str::to_owned))
        .collect();
    let chapters: BTreeSet<_> = sections.iter().map(|path| help_of(path, &owner.get(path))).collect();
    assert_eq!((sections.len(), chapters.len()), (14, 14), "{sections:?} {chapters:?}");
    assert!(chapters.iter().all(|chapter| owner.get(chapter).status == 200));
}

#[test]
fn nobody_has_to_log_on_to_read_it() {
    let stage = Stage::new();
    for (language, title, first) in [
        ("en", "Manual", "Use a RAM role to grant permissions across accounts"),
        ("zh-CN", "使用手册", "使用 RAM 角色跨账号授权"),
    ] {
        let nobody = Visitor::new(&stage.server).reading(language);
        assert_eq!(help_of("/logon", &nobody.get("/logon")), "/console/manual/logon");
        let index = nobody.get("/console/manual");
        assert_eq!((index.status, heading(&index).as_str()), (200, title));
        assert!(index.body.contains(first), "{language}");
        let chapter = nobody.get("/console/manual/cross-account");
        assert_eq!((chapter.status, heading(&chapter).as_str()), (200, first));
        assert!(chapter.body.contains("href=\"/logon\""), "the way to log on");
        for path in ["/console/manual/nothing", "/console/manual/users/more"] {
            assert_eq!(nobody.get(path).status, 404, "{path}");
        }
    }
}

#[test]
fn in_a_role_its_links_stay_in_the_role() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let form = alice.get("/console/switch-role");
    alice.submit(&form, "/console/switch-role", &[("Account", "company-a"), ("RoleName", "ecs-admin")]);
    let home = alice.get("/console/as/company-a/ecs-admin");
    let help = help_of("home", &home);
    assert_eq!(help, "/console/as/company-a/ecs-admin/manual/cross-account");
    for path in [help.as_str(), "/console/as/company-a/ecs-admin/manual"] {
        let page = alice.get(path);
        let title = page.body.split_once("<title>").unwrap().1;
        assert!(title.starts_with("ecs-admin · ") && page.body.contains("/switch-back"), "{}", page.body);
    }
    assert!(alice.get(&help).body.contains("/console/as/company-a/ecs-admin/ram/roles/new"));
}

#[test]
fn search_finds_its_chapters_by_title_and_by_what_they_say() {
    let stage = Stage::new();
    let alice = stage.logged_on("alice");
    let found = alice.get("/console/search?q=analyzer");
    assert!(found.body.contains("/console/manual/analyzer"), "{}", found.body);
    let found = alice.get("/console/search?q=external+id");
    assert!(found.body.contains("/console/manual/roles"), "{}", found.body);
    let found = alice.reading("zh-CN").get("/console/search?q=%E4%BF%A1%E4%BB%BB%E7%AD%96%E7%95%A5");
    assert!(found.body.contains("角色及其信任策略"), "{}", found.body);
}
