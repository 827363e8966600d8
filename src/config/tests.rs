use std::collections::BTreeMap;
use std::path::Path;

use secrecy::ExposeSecret;

use super::*;
use crate::domain::permission::Permission;

fn load_with(text: &str, variables: &[(&str, &str)]) -> Loaded {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    read("waybill.yaml", text, Path::new("/hub/config"), &variables)
}

fn codes(loaded: &Loaded) -> Vec<(&'static str, u32, &str)> {
    loaded.findings.iter().map(|finding| (finding.code, finding.span.line, finding.path.as_str())).collect()
}

#[test]
fn the_shipped_file_holds_every_option_and_nothing_else() {
    let tree = tree::parse(DEFAULTS, &mut Report::new("defaults")).unwrap();
    for section in SHAPE.fields.iter().filter(|field| field.name != "format") {
        let written = tree.get(section.name).unwrap_or_else(|| panic!("`{}` is missing", section.name));
        if let Shape::Object(object) = &section.shape {
            for field in object.fields {
                assert!(written.get(field.name).is_some(), "`{}.{}` has no default", section.name, field.name);
            }
        }
    }
    let loaded = load_with(DEFAULTS, &[]);
    assert_eq!(codes(&loaded), []);
    let config = loaded.config.unwrap();
    assert_eq!(config.server.listen, "127.0.0.1:8480".parse().unwrap());
    assert_eq!(config.store.url.expose_secret(), "sqlite:waybill.sqlite");
    assert!(!config.gateway.allow_loopback);
    assert_eq!(config.project.folder, Path::new("/hub/config/.."));
}

#[test]
fn the_shipped_file_s_comments_name_what_there_is() {
    let line = DEFAULTS.lines().find(|line| line.trim().starts_with("# Permissions: ")).expect("permissions are explained");
    let listed = line.split("Permissions: ").nth(1).and_then(|rest| rest.split(';').next()).unwrap_or_default();
    assert_eq!(listed.split(", ").collect::<Vec<_>>(), Permission::WORDS);
    // One kind of transport can stand in the file; the options of the others stand in a comment.
    for field in transport::SHAPE.kinds.iter().flat_map(|kind| kind.fields) {
        assert!(DEFAULTS.contains(&format!("\n#   {}: ", field.name)), "`transport.{}` is not explained", field.name);
    }
}

#[test]
fn what_is_left_out_has_the_shipped_default() {
    let config = load_with("format: 1\nengine: {poll_millis: 50}\n", &[]).config.unwrap();
    assert_eq!((config.engine.poll_millis, config.engine.batch_size_max), (50, 128));
    assert_eq!(config.server.header_timeout_seconds, 10);
}

#[test]
fn every_problem_is_found_at_once_with_its_place() {
    let text = "format: 1\nserver:\n  listen: here\n  conections_max: 4\n  body_bytes_max: lots\nengine: {poll_millis: 1}\ntransport: {kind: pigeon}\n";
    let loaded = load_with(text, &[]);
    assert!(loaded.config.is_none());
    // The form of the file comes first; values are looked at once it is right.
    assert_eq!(
        codes(&loaded),
        [("unknown_key", 4, "server.conections_max"), ("wrong_type", 5, "server.body_bytes_max"), ("bad_word", 7, "transport.kind")]
    );
    assert_eq!(loaded.findings[0].hint.as_deref(), Some("did you mean `connections_max`?"));
    let loaded = load_with("format: 1\nserver: {listen: here}\nengine: {poll_millis: 1}\ntelemetry: {log_filter: 'a=b=c'}\n", &[]);
    assert_eq!(
        codes(&loaded),
        [("bad_value", 2, "server.listen"), ("out_of_range", 3, "engine.poll_millis"), ("bad_value", 4, "telemetry.log_filter")]
    );
}

#[test]
fn variables_replace_options_and_typos_are_found() {
    let variables =
        [("WAYBILL_SERVER_LISTEN", "0.0.0.0:1"), ("WAYBILL_STORE_URL", "postgres://hub:canary@db/hub"), ("WAYBILL_TOKEN", "unrelated")];
    let config = load_with("format: 1\nserver: {listen: '127.0.0.1:9'}\n", &variables).config.unwrap();
    assert_eq!(config.server.listen, "0.0.0.0:1".parse().unwrap());
    assert_eq!(config.store.url.expose_secret(), "postgres://hub:canary@db/hub");
    assert!(!format!("{config:?}").contains("canary"));

    for (name, value, hint) in [
        ("WAYBILL_ENGINE_POL_MILLIS", "5", Some("did you mean `WAYBILL_ENGINE_POLL_MILLIS`?")),
        ("WAYBILL_SERVER_TOKENS", "x", None),
        ("WAYBILL_ENGINE_POLL_MILLIS", "often", None),
        ("WAYBILL_TRANSPORT_KIND", "pigeon", None),
        ("WAYBILL_TRANSPORT_URL", "http://broker", None),
        ("WAYBILL_TRANSPORT_KIN", "in_process", None),
    ] {
        let loaded = load_with("format: 1\n", &[(name, value)]);
        assert!(loaded.config.is_none(), "{name}={value}");
        assert!(loaded.findings.iter().all(|finding| &*finding.file == "environment"));
        if hint.is_some() {
            assert_eq!(loaded.findings[0].hint.as_deref(), hint);
        }
    }
}

#[test]
fn tokens_come_from_secrets_long_enough_and_named_once() {
    let folder = tempfile::tempdir().unwrap();
    for (name, token) in [("good", "0123456789abcdef0123456789abcdef\n"), ("short", "0123456789abcdef"), ("bad", "0123456789")] {
        std::fs::write(folder.path().join(name), token).unwrap();
    }
    let with = |tokens: &str| read("waybill.yaml", &format!("format: 1\nserver:\n  tokens: {tokens}\n"), folder.path(), &BTreeMap::new());

    let loaded = with("[{name: a, token: {secret: file/good}, person: E07}, {name: b, token: {secret: file/short}, permissions: [read]}]");
    assert_eq!(codes(&loaded), [("out_of_range", 3, "server.tokens[1]")]);
    let tokens = loaded.config.unwrap().server.tokens;
    assert_eq!(tokens[0].permissions, Permission::ALL);
    assert_eq!(tokens[1].permissions, [Permission::Read]);
    assert_eq!((tokens[0].person.as_deref(), tokens[1].person.as_deref()), (Some("E07"), None));

    for (tokens, code) in [
        ("[{name: a, token: plainly-written-down}]", "secret_in_text"),
        ("[{name: a, token: {secret: file/bad}}]", "out_of_range"),
        ("[{name: a, token: {secret: file/none}}]", "secret_missing"),
        ("[{name: a, token: {secret: file/good}}, {name: a, token: {secret: file/good}}]", "duplicate_definition"),
        ("[{name: a, token: {secret: file/good}, permissions: [raed]}]", "bad_word"),
    ] {
        let loaded = with(tokens);
        assert!(loaded.config.is_none(), "{tokens}");
        assert_eq!(loaded.findings[0].code, code, "{tokens}");
    }
}

#[test]
fn roles_of_ones_own_are_none_of_the_products_and_make_no_owners() {
    let with = |roles: &str| load_with(&format!("format: 1\nserver: {{roles: {roles}}}\n"), &[]);
    let config = with("{night_shift: [read, operate]}").config.unwrap();
    assert_eq!(config.server.roles.permissions("night_shift"), Some(&[Permission::Read, Permission::Operate][..]));
    for (roles, code) in [
        ("{viewer: [read, payloads]}", "bad_value"),
        ("{chief: [read, users]}", "bad_value"),
        ("{idle: []}", "bad_value"),
        ("{night_shift: [reed]}", "bad_word"),
        ("{Night: [read]}", "bad_id"),
    ] {
        let loaded = with(roles);
        assert!(loaded.config.is_none(), "{roles}");
        assert_eq!(loaded.findings[0].code, code, "{roles}: {:?}", loaded.findings);
    }
    let groups = "public_url: 'https://hub.example', identity_providers: [{name: corp, client_id: hub, issuer: 'https://login.example', groups_claim: g, roles: {a: night_shift}}]";
    let given = |server: &str| load_with(&format!("format: 1\nserver: {{{server}{groups}}}\n"), &[]);
    assert!(given("roles: {night_shift: [read]}, ").config.is_some());
    assert_eq!(codes(&given("")), [("bad_word", 2, "server.identity_providers[0].roles.a")]);
}

#[test]
fn an_identity_provider_is_reached_over_tls_and_gives_known_roles() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret"), "canary of a client\n").unwrap();
    let with = |server: &str, provider: &str| {
        let text = format!("format: 1\nserver: {{{server}identity_providers: [{{name: corp, client_id: hub, {provider}}}]}}\n");
        read("waybill.yaml", &text, folder.path(), &BTreeMap::new())
    };
    let public = "public_url: 'https://hub.example', ";
    let good = "issuer: 'https://login.example', client_secret: {secret: file/secret}, groups_claim: groups, roles: {admins: owner, pay: [viewer, 'operator@flow:pay']}";
    let config = with(public, good).config.unwrap();
    assert!(!format!("{config:?}").contains("canary"));
    let provider = &config.server.identity_providers[0];
    assert_eq!((provider.title.as_str(), provider.scopes.join(" ").as_str()), ("corp", "openid profile email"));
    assert_eq!(provider.rules.roles["pay"].iter().map(|grant| grant.scope.to_string()).collect::<Vec<_>>(), ["tenant", "flow:pay"]);
    assert!(provider.egress[0].allows_name("login.example", 443) && !provider.egress[0].allows_name("login.example", 8443));
    assert_eq!(provider.rules.admit, crate::domain::access::oidc::Admit::Mapped);
    let scopes = with(public, "issuer: 'http://127.0.0.1:9400', scopes: [groups]").config.unwrap();
    assert_eq!(scopes.server.identity_providers[0].scopes, ["openid", "groups"]);

    for (server, provider, code) in [
        ("", good, "missing_key"),
        (public, "issuer: 'http://login.example'", "bad_value"),
        (public, "issuer: 'https://login.example?x=1'", "bad_value"),
        (public, "issuer: login.example", "bad_value"),
        (public, "issuer: 'https://login.example', client_secret: plain", "secret_in_text"),
        (public, "issuer: 'https://login.example', roles: {a: owner}", "missing_key"),
        (public, "issuer: 'https://login.example', groups_claim: g, roles: {a: ovner}", "bad_word"),
        (public, "issuer: 'https://login.example', groups_claim: g, roles: {a: 'viewer@team:x'}", "bad_value"),
        (public, "issuer: 'https://login.example', egress: ['a b']", "bad_value"),
        (public, "issuer: 'https://login.example', admit: all", "bad_word"),
        (public, "issuer: 'https://login.example', ca_file: none.pem", "unknown_file"),
        (public, "issuer: 'https://a.example'}, {name: corp, client_id: hub, issuer: 'https://b.example'", "duplicate_definition"),
    ] {
        let loaded = with(server, provider);
        assert!(loaded.config.is_none(), "{provider}");
        assert_eq!(loaded.findings[0].code, code, "{provider}: {:?}", loaded.findings);
    }
}

#[test]
fn proxies_are_named_by_address_or_network_and_never_everybody() {
    let with = |list: &str| load_with(&format!("format: 1\nserver: {{trusted_proxies: {list}}}\n"), &[]);
    let named = with("[10.0.3.0/24, '::1', 127.0.0.1]").config.unwrap().server.trusted_proxies;
    let told: Vec<String> = named.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["10.0.3.0/24", "::1/128", "127.0.0.1/32"]);
    for wrong in ["[proxy.internal]", "[10.0.0.0/33]", "[0.0.0.0/0]", "['::/0']"] {
        assert_eq!(codes(&with(wrong)), [("bad_value", 2, "server.trusted_proxies[0]")], "{wrong}");
    }
}

#[test]
fn a_password_in_the_file_is_refused() {
    let loaded = load_with("format: 1\nstore: {url: 'postgres://hub:canary@db/hub'}\n", &[]);
    assert_eq!(codes(&loaded), [("secret_in_text", 2, "store.url")]);
    assert!(!format!("{:?}", loaded.findings).contains("canary"));
    assert_eq!(codes(&load_with("format: 1\nstore: {url: 'mysql://db'}\n", &[])), [("bad_value", 2, "store.url")]);
    let people = |url: &str| load_with(&format!("format: 1\nstore: {{url: 'postgres://hub@db/hub', people_url: '{url}'}}\n"), &[]);
    assert_eq!(codes(&people("postgres://reader:canary@db/hub")), [("secret_in_text", 2, "store.people_url")]);
    assert_eq!(codes(&people("sqlite:x")), [("bad_value", 2, "store.people_url")]);
    assert_eq!(people("postgres://reader@db/hub").config.unwrap().store.people_url.unwrap().expose_secret(), "postgres://reader@db/hub");
    assert!(people("").config.unwrap().store.people_url.is_none());
}

#[test]
fn a_broker_is_named_in_the_file_or_the_environment() {
    let text = "format: 1\ntransport: {kind: rabbitmq, url: 'amqps://broker/hub', ca_file: ca.pem, publish_events: true}\n";
    let Transport::RabbitMq(broker) = load_with(text, &[]).config.unwrap().transport else { panic!("it is RabbitMQ") };
    assert_eq!((broker.prefix.as_str(), broker.events_source.as_str(), broker.publish_events), ("waybill", "hub", true));
    assert_eq!(broker.ca_file.as_deref(), Some(Path::new("/hub/config/ca.pem")));

    let variables = [("WAYBILL_TRANSPORT_KIND", "rabbitmq"), ("WAYBILL_TRANSPORT_URL", "amqp://hub:canary@broker/hub")];
    let config = load_with("format: 1\n", &variables).config.unwrap();
    assert!(!format!("{config:?}").contains("canary"));
    let Transport::RabbitMq(broker) = config.transport else { panic!("it is RabbitMQ") };
    assert_eq!(broker.url.expose_secret(), "amqp://hub:canary@broker/hub");
    assert!(!broker.publish_events);

    for (transport, code) in [
        ("{kind: rabbitmq}", "missing_key"),
        ("{kind: rabbitmq, url: 'http://broker'}", "bad_value"),
        ("{kind: rabbitmq, url: 'amqp://hub:canary@broker'}", "secret_in_text"),
        ("{kind: rabbitmq, url: 'amqp://broker', prefix: 'a.b'}", "bad_id"),
        ("{kind: in_process, url: 'amqp://broker'}", "unknown_key"),
    ] {
        let loaded = load_with(&format!("format: 1\ntransport: {transport}\n"), &[]);
        assert!(loaded.config.is_none(), "{transport}");
        assert_eq!(loaded.findings[0].code, code, "{transport}: {:?}", loaded.findings);
        assert!(!format!("{:?}", loaded.findings).contains("canary"));
    }
}

#[test]
fn a_file_that_is_not_there_is_said_so() {
    let loaded = load(Some(Path::new("surely/not/there.yaml")));
    assert_eq!(codes(&loaded), [("unknown_file", 0, "")]);
}
