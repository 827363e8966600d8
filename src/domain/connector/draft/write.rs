//! The definition of a draft as text, comments included.

use super::nested::{Nested, nested};
use super::yaml::{comment, json, quoted, text};
use super::{Auth, Body, Draft, Form, Input, Listing, Operation, Output, Part, Promise, Source};

/// `connector.yaml`.
pub(super) fn connector(draft: &Draft) -> String {
    let mut out =
        comment(0, &format!("Drafted from {}. What that could not tell is marked `Open:`; settle it, and take the mark away.", draft.from));
    for open in &draft.open {
        out += &comment(0, &format!("Open: {open}"));
    }
    out += "format: 1\n";
    out += &format!("connector: {}\n", draft.id);
    out += &format!("title: {{en: {}}}\n", quoted(&draft.title));
    out += "settings:\n";
    for setting in draft.settings() {
        out += &format!("  {}: {{type: {}}}\n", setting.name, setting.of);
    }
    out += "http: {base_url: \"{{settings.base_url}}\", timeout: 30s}\n";
    out += &auth(&draft.auth);
    out += "operations:\n";
    for operation in &draft.operations {
        out += &of_operation(operation);
    }
    out + &draft.listing.as_ref().map(listing).unwrap_or_default()
}

/// The stream and its event. The first reading goes back a month, or what is older than a day would not be seen.
fn listing(listing: &Listing) -> String {
    let Listing { event, list, each, id, get: (get, argument), known_by, .. } = listing;
    let cursor =
        listing.since.as_ref().map_or_else(String::new, |since| format!("    cursor: {{argument: {since}, overlap: 10m, initial: 30d}}\n"));
    let changed =
        listing.changed.as_ref().map_or_else(String::new, |changed| format!("    dedupe: [{}, {}]\n", quoted(known_by), quoted(changed)));
    let open =
        comment(2, "Open: what it means; `document:` and `map:` make documents of it, and `statuses:` says what its states are here");
    format!(
        "streams:\n  {event}s:\n    operation: {list}\n    each: {each}\n    ref: {{id: {{value: {}}}}}\n{cursor}    every: 1m\nevents:\n{open}  {event}:\n    heard_by: [{{stream: {event}s}}]\n    then: {{operation: {get}, with: {{{argument}: ref.id}}}}\n    link: {{external_id: {}}}\n{changed}",
        quoted(id),
        quoted(known_by)
    )
}

fn auth(auth: &Auth) -> String {
    match auth {
        Auth::None => String::new(),
        Auth::Basic => "auth: {kind: basic, user: {value: settings.user}, password: {value: settings.password}}\n".to_owned(),
        Auth::Bearer => "auth: {kind: bearer, token: {value: settings.token}}\n".to_owned(),
        Auth::Headers(headers) => {
            let headers: Vec<_> =
                headers.iter().map(|(header, setting)| format!("{}: {{value: settings.{setting}}}", text(header))).collect();
            format!("auth: {{kind: static_headers, headers: {{{}}}}}\n", headers.join(", "))
        }
        Auth::ClientCredentials(url) => format!(
            "auth:\n  kind: oauth2_client_credentials\n  token_url: {}\n  client_id: {{value: settings.client_id}}\n  client_secret: {{value: settings.client_secret}}\n",
            quoted(url)
        ),
        Auth::Consent(authorize, token) => format!(
            "auth:\n  kind: oauth2_authorization_code\n  authorize_url: {}\n  token_url: {}\n  client_id: {{value: settings.client_id}}\n  client_secret: {{value: settings.client_secret}}\n",
            quoted(authorize),
            quoted(token)
        ),
    }
}

fn of_operation(operation: &Operation) -> String {
    let mut out = String::new();
    for open in &operation.open {
        out += &comment(2, &format!("Open: {open}"));
    }
    out += &format!("  {}:\n", operation.name);
    out += &format!("    effect: {}\n", if operation.write { "write" } else { "read" });
    out += &format!("    title: {{en: {}}}\n", quoted(&operation.title));
    if !operation.input.is_empty() {
        out += "    input:\n";
        let nested = nested_of(operation);
        let declared = |input: &Input| {
            nested.iter().find(|(name, _)| *name == input.name).map_or_else(|| declared(input), |(_, nested)| nested.declared.clone())
        };
        operation.input.iter().for_each(|input| out += &format!("      {}: {}\n", input.name, declared(input)));
    }
    out += "    request:\n";
    out += &format!("      method: {}\n      path: {}\n", operation.method, quoted(&path(&operation.path)));
    let optional = |name: &str| operation.input.iter().any(|input| input.name == name && input.optional);
    let never = |_: &str| false;
    let whole = |_: &str| None;
    out += &entries("query", &operation.query, &optional, &never, &whole);
    out += &entries("headers", &operation.headers, &optional, &never, &whole);
    match &operation.body {
        Body::None => {}
        Body::Json(members) if members.is_empty() => out += "      json: {}\n",
        Body::Json(members) if looks_computed(members) => out += &format!("      json: {{value: {}}}\n", quoted(&mapping(members))),
        // A decimal is written as a text unless it is said to be a number.
        Body::Json(members) => {
            let is_number = |name: &str| operation.input.iter().any(|input| input.name == name && input.form == Form::Decimal);
            let nested = nested_of(operation);
            let sent = |name: &str| nested.iter().find(|(known, _)| *known == name).map(|(_, nested)| nested.sent.clone());
            out += &entries("json", members, &optional, &is_number, &sent);
        }
        Body::Literal(value) => out += &format!("      json: {}\n", json(value)),
        Body::Form(members) => out += &entries("form", members, &optional, &never, &whole),
        Body::Text(words) => out += &format!("      body_text: {}\n", quoted(words)),
    }
    if !operation.output.is_empty() {
        out += &output(4, &operation.output);
    }
    if operation.write {
        out += &promise(&operation.promise);
    }
    out
}

/// `output:` at this depth.
pub(super) fn output(indent: usize, outputs: &[Output]) -> String {
    let mut out = format!("{}output:\n", " ".repeat(indent));
    outputs.iter().for_each(|output| out += &of_output(indent + 2, output));
    out
}

fn promise(promise: &Promise) -> String {
    match promise {
        Promise::None => "    idempotency: {by: none}\n".to_owned(),
        Promise::Nature => "    idempotency: {by: nature}\n".to_owned(),
        Promise::Header(header) => format!("    idempotency: {{by: header, header: {}}}\n", text(header)),
        Promise::Lookup(read) => format!(
            "    # The defaults: executed within 60s, shown within 2m. Write the partner's own times where they are known.\n    idempotency: {{by: lookup, operation: {read}, with: {{reference: input.reference}}, executes_within: 60s, visible_within: 2m, ask_after: [5s, 30s, 4m], then: person}}\n"
        ),
    }
}

fn path(parts: &[Part]) -> String {
    let part = |part: &Part| match part {
        // Braces would begin an expression.
        Part::Literal(literal) => literal.replace('{', "%7B").replace('}', "%7D"),
        Part::Input(name) => format!("{{{{input.{name}}}}}"),
    };
    parts.iter().map(part).collect()
}

fn declared(input: &Input) -> String {
    let word = input.form.word();
    if input.optional { format!("{{type: {word}, optional: true}}") } else { word }
}

/// A body whose members are named like those of a computed value would be taken for one.
fn looks_computed(members: &[(String, Source)]) -> bool {
    let sources = members.iter().filter(|(name, _)| matches!(name.as_str(), "value" | "text" | "from")).count();
    sources == 1 && members.iter().all(|(name, _)| matches!(name.as_str(), "value" | "text" | "from" | "as" | "optional"))
}

/// The same as one expression.
fn mapping(members: &[(String, Source)]) -> String {
    let member = |(name, source): &(String, Source)| {
        let value = match source {
            Source::Input(input) => format!("input.{input}"),
            Source::Setting(setting) => format!("settings.{setting}"),
            // JSON is CEL.
            Source::Literal(value) => value.to_string(),
        };
        format!("'{name}': {value}")
    };
    format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
}

/// The arguments of a JSON body that are written member by member.
fn nested_of(operation: &Operation) -> Vec<(&str, Nested)> {
    let members = match &operation.body {
        Body::Json(members) if !looks_computed(members) => members.as_slice(),
        _ => &[],
    };
    let inputs = members.iter().filter_map(|(_, source)| match source {
        Source::Input(name) => operation.input.iter().find(|input| input.name == *name && !input.optional),
        Source::Setting(_) | Source::Literal(_) => None,
    });
    inputs.filter_map(|input| Some((input.name.as_str(), nested(&input.form, &format!("input.{}", input.name))?))).collect()
}

/// Entries of a query, of headers or of a body; `is_number` says which arguments go out as numbers, `written` what is sent of those
/// that are not handed over whole.
fn entries(
    key: &str,
    entries: &[(String, Source)],
    optional: &dyn Fn(&str) -> bool,
    is_number: &dyn Fn(&str) -> bool,
    written: &dyn Fn(&str) -> Option<String>,
) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let mut out = format!("      {key}:\n");
    for (name, source) in entries {
        let value = match source {
            Source::Input(input) if written(input).is_some() => written(input).unwrap_or_default(),
            Source::Input(input) => {
                let number = if is_number(input) { ", as: number" } else { "" };
                let optional = if optional(input) { ", optional: true" } else { "" };
                format!("{{value: input.{input}{number}{optional}}}")
            }
            Source::Setting(setting) => format!("{{value: settings.{setting}}}"),
            Source::Literal(value) if value.is_object() => format!("{{literal: {value}}}"),
            Source::Literal(value) => json(value),
        };
        out += &format!("        {}: {value}\n", text(name));
    }
    out
}

fn of_output(indent: usize, output: &Output) -> String {
    let space = " ".repeat(indent);
    let optional = if output.optional { ", optional: true" } else { "" };
    if !output.fields.is_empty() {
        let mut out = format!("{space}{}:\n{space}  from: {}\n{space}  many: true\n{space}  fields:\n", output.name, quoted(&output.from));
        output.fields.iter().for_each(|field| out += &of_output(indent + 4, field));
        return out;
    }
    let many = if matches!(output.form, Form::List(_)) { ", many: true" } else { "" };
    format!("{space}{}: {{type: {}, from: {}{many}{optional}}}\n", output.name, output.form.word(), quoted(&output.from))
}
