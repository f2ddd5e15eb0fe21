//! Configuration that must be refused, and the example file.

use std::path::Path;

use super::*;

fn refusal(text: &str) -> String {
    Config::parse(Path::new("argali.toml"), text).unwrap_err().to_string()
}

fn by_variables(variables: &[(&str, &str)]) -> Result<Config, String> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(None, variables).map_err(|error| error.to_string())
}

#[test]
fn what_is_unknown_is_refused_with_its_line_and_a_suggestion() {
    for (text, expected) in [
        ("[lissten]\n", "argali.toml:1: there is no section `lissten`: did you mean `listen`?"),
        (
            "[listen]\nhttp = \"[::1]:1\"\nport_fille = \"p\"\n",
            "argali.toml:3: there is no key `port_fille`: did you mean `port_file`?",
        ),
        ("http = 1\n", "argali.toml:1: there is no section `http`"),
        ("listen = 1\n", "argali.toml:1: `listen` is a section: write `[listen]`"),
    ] {
        let message = refusal(text);
        assert!(message.starts_with(expected), "{text}: {message}");
    }
}

#[test]
fn values_that_mean_nothing_are_refused_with_their_line() {
    for text in [
        "[listen]\nhttp = \"localhost\"\n",
        "[listen]\nhttp = 2742\n",
        "[listen]\nhttps = \"on\"\n",
        "[listen]\nhttps = 2743\n",
        "[limits]\nconnections = -1\n",
        "[limits]\nconnections = \"many\"\n",
        "[identity]\nsession_revocation = \"never\"\n",
        "[listen]\ntrusted_proxies = [\"10.0.0.0/33\"]\n",
        "[audit]\nsegment_mib = 0\n",
        "[audit]\nflush = \"never\"\n",
        "[listen]\nhttp = \n",
    ] {
        let message = refusal(text);
        assert!(message.starts_with("argali.toml:2: "), "{text}: {message}");
    }
}

#[test]
fn variables_override_and_are_checked() {
    let config = by_variables(&[
        ("ARGALI_LISTEN_HTTP", "127.0.0.1:0"),
        ("ARGALI_LISTEN_TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
        ("ARGALI_LISTEN_HTTPS", "[::1]:2743"),
        ("ARGALI_LISTEN_PROXY", "true"),
        ("ARGALI_SERVER_WORKERS", "3"),
        ("ARGALI_DATA_DIR", "/var/lib/argali"),
        ("ARGALI_IDENTITY_DOMAIN_SUFFIX", "123"),
        ("ARGALI_ENDPOINT", "not ours"),
    ])
    .unwrap();
    assert_eq!(config.listen.http.port(), 0);
    assert_eq!(config.listen.trusted_proxies.len(), 2);
    assert_eq!(config.listen.https.0, "[::1]:2743".parse().ok());
    assert_eq!(by_variables(&[("ARGALI_LISTEN_HTTPS", "")]).unwrap().listen.https, OptionalAddress::NONE);
    assert!(config.listen.proxy);
    assert_eq!(config.server.workers, 3);
    assert_eq!(config.data.dir, Path::new("/var/lib/argali"));
    assert_eq!(config.identity.domain_suffix, "123");

    let unknown = by_variables(&[("ARGALI_LISTEN_HTPP", "x")]).unwrap_err();
    assert!(unknown.ends_with("did you mean `ARGALI_LISTEN_HTTP`?"), "{unknown}");
    let wrong = by_variables(&[("ARGALI_SERVER_WORKERS", "some")]).unwrap_err();
    assert!(wrong.starts_with("the variable `ARGALI_SERVER_WORKERS`: "), "{wrong}");
}

#[test]
fn the_example_file_is_what_the_program_would_write() {
    let example = Config::example();
    assert_eq!(Config::parse(Path::new("example"), &example).unwrap(), Config::default());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/argali.example.toml");
    if std::env::var_os("ARGALI_WRITE_GENERATED").is_some() {
        std::fs::write(&file, &example).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == example, "docs/argali.example.toml is stale: run with ARGALI_WRITE_GENERATED=1");
}
