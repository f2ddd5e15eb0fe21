//! Names that people read, made from names that programs write.

/// The words of a name such as `ModifyDBInstanceSpec`.
pub(super) fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(*letter);
        }
    }
    words
}

/// Words that are written otherwise than with a capital letter.
const WRITTEN: [(&str, &str); 40] = [
    ("acl", "ACL"),
    ("arn", "ARN"),
    ("cen", "CEN"),
    ("cidr", "CIDR"),
    ("cidrs", "CIDRs"),
    ("cpu", "CPU"),
    ("db", "DB"),
    ("dhcp", "DHCP"),
    ("dns", "DNS"),
    ("ecs", "ECS"),
    ("eip", "EIP"),
    ("gpu", "GPU"),
    ("http", "HTTP"),
    ("https", "HTTPS"),
    ("id", "ID"),
    ("ids", "IDs"),
    ("io", "I/O"),
    ("ip", "IP"),
    ("ips", "IPs"),
    ("ipv4", "IPv4"),
    ("ipv6", "IPv6"),
    ("mac", "MAC"),
    ("mfa", "MFA"),
    ("mtu", "MTU"),
    ("nat", "NAT"),
    ("numa", "NUMA"),
    ("os", "OS"),
    ("oss", "OSS"),
    ("qps", "QPS"),
    ("ram", "RAM"),
    ("slb", "SLB"),
    ("ssl", "SSL"),
    ("tcp", "TCP"),
    ("tls", "TLS"),
    ("udp", "UDP"),
    ("uri", "URI"),
    ("url", "URL"),
    ("vbr", "VBR"),
    ("vlan", "VLAN"),
    ("vpc", "VPC"),
];

/// What a parameter or member holds, made from its name: `vSwitch` of `VSwitchId`, `CPU options` of `CpuOptions`. That
/// something is identified goes without saying.
pub(super) fn field(name: &str) -> String {
    let mut words = words(&name.replace(['_', '-'], ""));
    let mut plural = "";
    if words.len() > 1
        && let Some(last @ ("Id" | "Ids")) = words.last().map(String::as_str)
    {
        plural = if last == "Ids" { "s" } else { "" };
        words.pop();
    }
    let mut text = String::new();
    for (at, word) in words.iter().enumerate() {
        // `V`, `Switch`: one word with a letter before it.
        let is_letter = word.len() == 1 && at + 1 < words.len();
        let after_letter = at.checked_sub(1).and_then(|at| words.get(at)).is_some_and(|word| word.len() == 1);
        if at > 0 && !after_letter {
            text.push(' ');
        }
        text.push_str(&match word {
            _ if is_letter => word.to_lowercase(),
            word if after_letter => word.clone(),
            word => written(word, at == 0),
        });
    }
    text + plural
}

/// A state, made from what calls and answers call it: `In use` of `In_use`.
pub(super) fn state(code: &str) -> String {
    let words = code.split('_').flat_map(words).enumerate().map(|(at, word)| written(&word, at == 0));
    words.collect::<Vec<_>>().join(" ")
}

/// A word as people write it.
fn written(word: &str, is_first: bool) -> String {
    let lower = word.to_lowercase();
    let known = WRITTEN.iter().find(|(known, _)| *known == lower);
    match known {
        Some((_, written)) => (*written).to_owned(),
        None if word.chars().count() > 1 && word.chars().all(|letter| !letter.is_lowercase()) => {
            word.to_owned()
        }
        None if is_first => capitalized(&lower),
        None => lower,
    }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What several of a type are called: `Security groups` of `security_group`.
pub(super) fn plural(name: &str) -> String {
    let mut text = name.replace('_', " ");
    let end = match text.chars().last() {
        Some('y') if !text.ends_with("ay") && !text.ends_with("ey") => {
            text.pop();
            "ies"
        }
        Some('s' | 'x') => "es",
        _ if text.ends_with("ch") || text.ends_with("sh") => "es",
        _ => "s",
    };
    text.push_str(end);
    capitalized(&text)
}

/// What one of a type is called of which several are called so: `Security group` of `Security groups`.
pub(super) fn singular(names: &str) -> String {
    if let Some(stem) = names.strip_suffix("ies") {
        return format!("{stem}y");
    }
    let has_e = ["ches", "shes", "sses", "xes"].iter().any(|end| names.ends_with(end));
    let end = if has_e { "es" } else { "s" };
    names.strip_suffix(end).unwrap_or(names).to_owned()
}

/// What an operation does with something, without the names of what it does it with: `Stop` of `StopInstance`.
pub(super) fn deed(operation: &str, nouns: &[String]) -> Vec<String> {
    let mut rest = operation.to_owned();
    for noun in nouns.iter().filter(|noun| !noun.is_empty()) {
        rest = rest.replace(&format!("{noun}s"), "").replace(noun, "");
    }
    words(if rest.is_empty() { operation } else { &rest })
}

/// What programs call a type within names of operations: `SecurityGroup` of `security_group`.
pub(super) fn camel(name: &str) -> String {
    name.split('_').map(capitalized).collect()
}
