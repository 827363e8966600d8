//! A connector is text: the product's code knows no system by name. Only schemes may, which are what text cannot say (how a
//! vendor signs, encrypts, or tells who signed in inside its app), and the lists that they stand in.

use std::collections::BTreeSet;
use std::path::Path;

use crate::sources::{production, root, sources};

/// What vendors of the gallery are called: the beginning of their connectors' names, and their other names.
const VENDORS: &[(&str, &[&str])] = &[
    ("dingtalk", &["dingtalk", "dingding", "钉钉"]),
    ("erpnext", &["erpnext", "frappe"]),
    ("feishu", &["feishu", "lark", "larksuite", "飞书"]),
    ("kingdee", &["kingdee", "galaxy", "金蝶", "云星空"]),
    ("odoo", &["odoo"]),
    ("sap", &["sap", "s4hana", "netweaver"]),
    ("tryton", &["tryton"]),
    ("weaver", &["weaver", "ecology", "泛微"]),
    ("wecom", &["wecom", "wechat", "weixin", "企业微信"]),
];

/// Connectors that are called as what the hub itself has. Their names say nothing of a system.
const COMMON: &[&str] = &["folder", "mail", "rabbitmq", "webhook"];

/// Folders of schemes, and what a scheme is declared as.
const SCHEMES: &[(&str, &str)] = &[
    ("src/domain/connector/auth", "pub static KIND: Kind"),
    ("src/domain/signature", "pub static KIND: Kind"),
    ("src/domain/access/in_app", "pub static SCHEME: Scheme"),
];

/// Where schemes are told apart: their lists, and the log-ins, of which one asks and signs in its own way.
const LISTS: &[&str] = &[
    "src/domain/connector/auth/mod.rs",
    "src/domain/connector/auth/handshake.rs",
    "src/domain/signature/mod.rs",
    "src/domain/access/in_app/mod.rs",
];

fn connectors() -> Vec<String> {
    let folders = std::fs::read_dir(root().join("connectors")).unwrap();
    let mut names: Vec<String> = folders.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The vendors that a text names, and the connectors of none that it names by their ids.
fn named(text: &str, connectors: &[String]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (vendor, names) in VENDORS {
        if names.iter().filter(|name| !name.is_ascii()).any(|name| text.contains(name)) {
            found.insert((*vendor).to_owned());
        }
    }
    for token in text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_') {
        if connectors.iter().any(|connector| connector == token && !COMMON.contains(&token)) {
            found.insert(vendor_of(token).unwrap_or(token).to_owned());
        }
        for word in words(token) {
            // A short name stands alone, or half of all words would hold one.
            let is = |name: &str| word == name || (name.len() > 4 && word.starts_with(name));
            let vendor = VENDORS.iter().find(|(_, names)| names.iter().any(|name| is(name)));
            found.extend(vendor.map(|(vendor, _)| (*vendor).to_owned()));
        }
    }
    found
}

fn vendor_of(name: &str) -> Option<&'static str> {
    VENDORS.iter().map(|(vendor, _)| *vendor).find(|vendor| name.starts_with(vendor))
}

/// The words of an identifier in small letters, and its parts between `_` as they are: `DingtalkAes` is both, `ERPNext` one.
fn words(token: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in token.split('_').filter(|part| !part.is_empty()) {
        words.push(part.to_lowercase());
        let mut word = String::new();
        for letter in part.chars() {
            if letter.is_uppercase() && word.ends_with(|before: char| !before.is_uppercase()) {
                words.push(std::mem::take(&mut word));
            }
            word.extend(letter.to_lowercase());
        }
        words.push(word);
    }
    words
}

/// What a file may name: a scheme its own vendor, a list the vendors of the schemes beside it, anything else nobody.
fn allowed(file: &Path, connectors: &[String]) -> BTreeSet<String> {
    let (folder, name) = (file.parent().unwrap(), file.file_stem().unwrap().to_string_lossy().into_owned());
    let Some((_, declared)) = SCHEMES.iter().find(|(scheme, _)| root().join(scheme) == folder) else { return BTreeSet::new() };
    let is_scheme = |file: &Path| production(file).contains(declared);
    if is_scheme(file) {
        return named(&name, connectors);
    }
    if !LISTS.iter().any(|list| root().join(list) == file) {
        return BTreeSet::new();
    }
    let mut beside = Vec::new();
    sources(folder, &mut beside);
    let schemes = beside.iter().filter(|file| is_scheme(file));
    schemes.flat_map(|file| named(&file.file_stem().unwrap().to_string_lossy(), connectors)).collect()
}

#[test]
fn only_schemes_name_a_vendor() {
    let connectors = connectors();
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let (mut wrong, mut schemes) = (Vec::new(), BTreeSet::new());
    for file in files {
        let code = production(&file);
        let allowed = allowed(&file, &connectors);
        schemes.extend(allowed.iter().cloned());
        for (number, line) in code.lines().enumerate() {
            let strange: Vec<String> = named(line, &connectors).difference(&allowed).cloned().collect();
            if !strange.is_empty() {
                wrong.push(format!("{}:{} {}", file.strip_prefix(root()).unwrap().display(), number + 1, strange.join(", ")));
            }
        }
    }
    let hint = "what a vendor wants of its own stands in its connector (connectors/), or is a scheme in a file of its own";
    assert_eq!(wrong, Vec::<String>::new(), "{hint}");
    assert!(schemes.len() >= 6, "the schemes are somewhere else: {schemes:?}");
}

#[test]
fn every_vendor_has_a_connector_and_names_are_found() {
    let connectors = connectors();
    for vendor in VENDORS.iter().map(|(vendor, _)| vendor).chain(COMMON) {
        assert!(connectors.iter().any(|connector| connector.starts_with(vendor)), "`{vendor}` has no connector any more");
    }
    for (text, vendor) in [
        ("https://oapi.dingtalk.com", "dingtalk"),
        ("dingtalk_contacts", "dingtalk"),
        ("the forms of DingTalk", "dingtalk"),
        ("ERPNext", "erpnext"),
        ("ApplyFrappeRule", "erpnext"),
        ("open.larksuite.com", "feishu"),
        ("is_sap", "sap"),
        ("企业微信审批", "wecom"),
        ("demo_erp", "demo_erp"),
        ("\"generic_rest\"", "generic_rest"),
    ] {
        assert_eq!(named(text, &connectors).into_iter().collect::<Vec<_>>(), [vendor], "{text}");
    }
    for text in ["saphyr_parser::Event", "RSA_PKCS1", "the folder and its mail", "webhook", "disappears", "clock_skewed"] {
        assert_eq!(named(text, &connectors), BTreeSet::new(), "{text}");
    }
}
