//! What the pages are tried on: two enterprises, of which one lets the other in, and people who log on.

use argali_testkit::{Delegation, Enterprise, Page, TestServer, Visitor};

/// What people log on with here.
pub(crate) const PASSWORD: &str = "Correct-horse-7";

/// Two enterprises, with a password for alice of company-b and one for each owner.
pub(crate) struct Stage {
    pub(crate) server: TestServer,
    pub(crate) a: Enterprise,
    pub(crate) b: Enterprise,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::on(TestServer::start())
    }

    /// The same on another server.
    pub(crate) fn on(server: TestServer) -> Self {
        let Delegation { a, b, .. } = Delegation::set_up(&server);
        let stage = Self { server, a, b };
        stage.person("alice", &[]);
        stage
    }

    /// Lets a user of company-b log on.
    pub(crate) fn person(&self, user: &str, more: &[(&str, &str)]) {
        let params = [("UserName", user), ("Password", PASSWORD)];
        let params: Vec<_> = params.iter().chain(more).copied().collect();
        self.b.must("Ram", "CreateLoginProfile", &params);
    }

    /// A browser in which this user of company-b is logged on.
    pub(crate) fn logged_on(&self, user: &str) -> Visitor {
        let visitor = Visitor::new(&self.server);
        let landed = self.log_on(&visitor, &format!("{user}@company-b"), PASSWORD);
        assert_eq!(landed.status, 200, "{}", landed.body);
        visitor
    }

    /// A browser in which the owner of an account is logged on.
    pub(crate) fn owner(&self, enterprise: &Enterprise) -> Visitor {
        let visitor = Visitor::new(&self.server);
        let password = self.server.give_owner_password(enterprise);
        let form = visitor.get("/logon?form-of=owner");
        let values = [("Owner", enterprise.alias.as_str()), ("Password", &password)];
        let landed = visitor.follow(visitor.submit(&form, "/logon", &values));
        assert_eq!(landed.status, 200, "{}", landed.body);
        visitor
    }

    /// Logs on in two steps and returns the page that they lead to.
    pub(crate) fn log_on(&self, visitor: &Visitor, name: &str, password: &str) -> Page {
        let form = visitor.get("/logon");
        let form = visitor.follow(visitor.submit(&form, "/logon", &[("LogonName", name)]));
        visitor.follow(visitor.submit(&form, "/logon", &[("Password", password)]))
    }
}

/// The main heading of a page.
pub(crate) fn heading(page: &Page) -> String {
    let (_, rest) = page.body.split_once("<h1>").unwrap_or_else(|| panic!("no heading:\n{}", page.body));
    let inside = rest.split_once("</h1>").unwrap().0;
    let mut text = String::new();
    for piece in inside.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
    }
    text
}
