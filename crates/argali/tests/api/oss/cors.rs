//! Which pages of other origins browsers let ask.

use super::Shop;

const RULES: &str = "<CORSConfiguration><CORSRule><AllowedOrigin>https://*.example.com</AllowedOrigin>\
    <AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod><AllowedHeader>x-oss-*</AllowedHeader>\
    <ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>600</MaxAgeSeconds></CORSRule></CORSConfiguration>";

#[test]
fn rules_are_shown_as_they_were_put() {
    let shop = Shop::open();
    let call = |method: &'static str| shop.oss.call(method, &shop.bucket, "").query("cors", "");
    assert_eq!(call("GET").send().outcome(), "404 NoSuchCORSConfiguration");
    call("PUT").body(RULES).send().must();
    let shown = call("GET").send().must();
    assert_eq!(shown.elements("AllowedMethod"), ["GET", "PUT"]);
    assert_eq!(shown.element("MaxAgeSeconds"), "600");
    for wrong in [
        RULES.replace("PUT", "PATCH"),
        RULES.replace("https://*", "https://*.*"),
        RULES.replace("<AllowedOrigin>https://*.example.com</AllowedOrigin>", ""),
        "<CORSConfiguration></CORSConfiguration>".to_owned(),
    ] {
        assert_eq!(call("PUT").body(wrong).send().outcome(), "400 InvalidArgument");
    }
    assert_eq!(call("DELETE").send().outcome(), "204");
    assert_eq!(call("GET").send().outcome(), "404 NoSuchCORSConfiguration");
}

#[test]
fn browsers_are_told_what_the_rules_allow() {
    let shop = Shop::open();
    shop.oss.call("PUT", &shop.bucket, "").query("cors", "").body(RULES).send().must();
    shop.set_acl("public-read");
    shop.oss.put(&shop.bucket, "a", b"x").must();
    let ask = |origin: &'static str, method: &'static str, headers: &'static str| {
        let call = shop.oss.with_credentials(None);
        let call = call.call("OPTIONS", &shop.bucket, "a").header("origin", origin);
        let call = call.header("access-control-request-method", method);
        call.header("access-control-request-headers", headers).send()
    };
    let allowed = ask("https://a.example.com", "PUT", "x-oss-date").must();
    for (name, value) in [
        ("access-control-allow-origin", "https://a.example.com"),
        ("access-control-allow-methods", "GET, PUT"),
        ("access-control-allow-headers", "x-oss-date"),
        ("access-control-max-age", "600"),
        ("access-control-expose-headers", "ETag"),
        ("vary", "Origin"),
    ] {
        assert_eq!(allowed.header(name), value, "{name}");
    }
    for (origin, method, headers) in [
        ("https://evil.com", "GET", ""),
        ("https://a.example.com", "DELETE", ""),
        ("https://a.example.com", "GET", "authorization"),
    ] {
        let refused = ask(origin, method, headers);
        assert_eq!(refused.outcome(), "403 AccessDenied", "{origin} {method} {headers}");
        assert_eq!(refused.header("access-control-allow-methods"), "");
    }
    let get = |origin: &'static str| {
        let anonymous = shop.anonymous();
        anonymous.call("GET", &shop.bucket, "a").header("origin", origin).send().must()
    };
    assert_eq!(get("https://b.example.com").header("access-control-allow-origin"), "https://b.example.com");
    assert_eq!(get("https://evil.com").header("access-control-allow-origin"), "");
}
