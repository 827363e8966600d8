//! Drafts from OpenAPI descriptions: 3.0, 3.1 and 2.0 (Swagger).

use super::form::resolve;
use super::{Answer, Auth, Body, Draft, DraftError, Form, Input, Names, OPERATIONS_MAX, Operation, Part, Promise, Source, outputs};
use serde_json::Value as Json;

/// Which operations are wanted: those whose name, path or tag is one of these; all where none is given.
pub type Only = Vec<String>;

const METHODS: &[(&str, &str)] =
    &[("get", "GET"), ("post", "POST"), ("put", "PUT"), ("patch", "PATCH"), ("delete", "DELETE"), ("head", "HEAD")];

/// Header parameters that the hub writes itself.
const OURS: &[&str] = &["accept", "content-type", "authorization"];

/// A draft of what a description offers.
///
/// # Errors
/// When it is no description, offers nothing that is wanted, or too much.
pub fn draft(id: &str, from: &str, root: &Json, only: &Only) -> Result<Draft, DraftError> {
    let version = ["openapi", "swagger"].into_iter().find_map(|key| root.get(key).and_then(Json::as_str));
    let Some(version) = version.filter(|version| version.starts_with("3.") || version.starts_with("2.")) else {
        return Err(DraftError::new("this is no OpenAPI description", "it begins with `openapi: 3.x` or `swagger: \"2.0\"`"));
    };
    let title = root.pointer("/info/title").and_then(Json::as_str).unwrap_or(id);
    let mut draft = Draft::new(id, title, format!("{from} (OpenAPI {version})"));
    draft.base_url = base_url(root, &mut draft.open);
    draft.auth = auth(root, &mut draft.open);
    let mut names = Names::default();
    let found = listed(root, only);
    let offered = found.len();
    if offered == 0 {
        return Err(match only.is_empty() {
            true => DraftError::new("the description offers no operation", "it has `paths` with methods"),
            false => DraftError::new(format!("nothing is called {}", only.join(", ")), format!("there are: {}", known(root))),
        });
    }
    if offered > OPERATIONS_MAX {
        let message =
            format!("the description offers {offered} operations; a draft takes {OPERATIONS_MAX}, since a person goes through them");
        return Err(DraftError::new(message, format!("choose with `--only`, by name, path or tag: {}", known(root))));
    }
    for one in found {
        let name = names.take(&called(&one));
        draft.operations.push(of_operation(&one, name, root));
    }
    draft.open.push(
        "limits: no description tells them; see the partner's documentation, and write `limits: {rate: …, concurrency: …}`".to_owned(),
    );
    draft.open.push("what it tells by itself: webhooks, or a list that can be read from time to time (`streams:`, `events:`)".to_owned());
    Ok(draft)
}

struct Listed<'j> {
    path: &'j str,
    method: &'static str,
    verb: &'static str,
    shared: &'j Json,
    own: &'j Json,
}

fn all(root: &Json) -> impl Iterator<Item = Listed<'_>> {
    let paths = root.get("paths").and_then(Json::as_object).into_iter().flatten();
    paths.flat_map(|(path, shared)| {
        METHODS.iter().filter_map(move |(verb, method)| Some(Listed { path, method, verb, shared, own: shared.get(*verb)? }))
    })
}

fn listed<'j>(root: &'j Json, only: &Only) -> Vec<Listed<'j>> {
    let wanted = |one: &Listed<'_>| {
        let tags = one.own.get("tags").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
        let words: Vec<&str> = tags.chain([one.path]).chain(one.own.get("operationId").and_then(Json::as_str)).collect();
        only.is_empty() || only.iter().any(|only| words.contains(&only.as_str()) || called(one) == *only)
    };
    all(root).filter(wanted).collect()
}

/// Names for a hint: tags where there are any, else operations.
fn known(root: &Json) -> String {
    let tags = all(root)
        .flat_map(|one| one.own.get("tags").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).collect::<Vec<_>>());
    let mut words: Vec<String> = tags.map(str::to_owned).collect();
    if words.is_empty() {
        words = all(root).map(|one| called(&one)).collect();
    }
    words.sort();
    words.dedup();
    let more = words.len().saturating_sub(30);
    words.truncate(30);
    if more == 0 { words.join(", ") } else { format!("{} and {more} more", words.join(", ")) }
}

fn called(one: &Listed<'_>) -> String {
    let named = one.own.get("operationId").and_then(Json::as_str).map(str::to_owned);
    super::names::id(&named.unwrap_or_else(|| format!("{} {}", one.verb, one.path)))
}

/// The first server; its variables by their defaults.
fn base_url(root: &Json, open: &mut Vec<String>) -> Option<String> {
    if let Some(host) = root.get("host").and_then(Json::as_str) {
        let schemes = root.get("schemes").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str).collect::<Vec<_>>();
        let scheme = if schemes.is_empty() || schemes.contains(&"https") { "https" } else { "http" };
        let below = root.get("basePath").and_then(Json::as_str).unwrap_or_default();
        return Some(format!("{scheme}://{host}{below}").trim_end_matches('/').to_owned());
    }
    let servers = root.get("servers").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let server = servers.first()?;
    let mut url = server.get("url").and_then(Json::as_str)?.to_owned();
    for (name, variable) in server.get("variables").and_then(Json::as_object).into_iter().flatten() {
        let default = variable.get("default").and_then(Json::as_str).unwrap_or_default();
        url = url.replace(&format!("{{{name}}}"), default);
    }
    if servers.len() > 1 {
        open.push(format!("there are {} servers; the connection has the first", servers.len()));
    }
    if !url.starts_with("http") {
        open.push(format!("where the system is: the description says only `{url}`"));
        return None;
    }
    Some(url.trim_end_matches('/').to_owned())
}

fn auth(root: &Json, open: &mut Vec<String>) -> Auth {
    let schemes = root.pointer("/components/securitySchemes").or_else(|| root.get("securityDefinitions")).and_then(Json::as_object);
    let schemes: Vec<(&String, &Json)> = schemes.into_iter().flatten().map(|(name, scheme)| (name, resolve(scheme, root))).collect();
    let mut found = schemes.iter().filter_map(|(name, scheme)| Some((name, of_scheme(scheme)?)));
    let chosen = found.next();
    let others: Vec<&str> = found.map(|(name, _)| name.as_str()).collect();
    match (&chosen, schemes.first()) {
        (Some((name, _)), _) if !others.is_empty() => {
            open.push(format!("how it is proved who we are: drafted by `{name}`; it offers {} too", others.join(", ")));
        }
        (None, Some((name, _))) => open.push(format!(
            "how it is proved who we are: `{name}` is no kind that can be drafted; see `auth` in docs/reference/language.md"
        )),
        (None, None) => open.push("how it is proved who we are: the description says nothing".to_owned()),
        _ => {}
    }
    chosen.map(|(_, auth)| auth).unwrap_or_default()
}

fn of_scheme(scheme: &Json) -> Option<Auth> {
    let word = |key: &str| scheme.get(key).and_then(Json::as_str).unwrap_or_default();
    match (word("type"), word("scheme").to_ascii_lowercase().as_str()) {
        ("basic", _) | ("http", "basic") => Some(Auth::Basic),
        ("http", "bearer") => Some(Auth::Bearer),
        ("apiKey", _) if word("in") == "header" => Some(Auth::Headers(vec![(word("name").to_ascii_lowercase(), "api_key".to_owned())])),
        ("oauth2", _) => {
            let flow = |name: &str, key: &str| scheme.pointer(&format!("/flows/{name}/{key}")).and_then(Json::as_str).map(str::to_owned);
            let client =
                flow("clientCredentials", "tokenUrl").or_else(|| (word("flow") == "application").then(|| word("tokenUrl").to_owned()));
            let consent = flow("authorizationCode", "authorizationUrl").zip(flow("authorizationCode", "tokenUrl"));
            let old = || (word("flow") == "accessCode").then(|| (word("authorizationUrl").to_owned(), word("tokenUrl").to_owned()));
            client.map(Auth::ClientCredentials).or_else(|| consent.or_else(old).map(|(authorize, token)| Auth::Consent(authorize, token)))
        }
        _ => None,
    }
}

fn of_operation(one: &Listed<'_>, name: String, root: &Json) -> Operation {
    let write = !matches!(one.method, "GET" | "HEAD");
    let title = one.own.get("summary").and_then(Json::as_str).map_or_else(|| format!("{} {}", one.method, one.path), str::to_owned);
    let operation = Operation {
        name,
        title,
        write,
        method: one.method,
        path: Vec::new(),
        input: Vec::new(),
        query: Vec::new(),
        headers: Vec::new(),
        body: Body::None,
        output: Vec::new(),
        promise: if matches!(one.method, "PUT" | "DELETE") { Promise::Nature } else { Promise::None },
        answer: Answer::default(),
        open: Vec::new(),
    };
    let mut new = New { root, names: Names::default(), operation };
    new.parameters(one);
    new.body(one.own);
    new.answer(one.own);
    new.open();
    new.operation
}

struct New<'j> {
    root: &'j Json,
    names: Names,
    operation: Operation,
}

impl New<'_> {
    fn input(&mut self, name: &str, form: Form, optional: bool, sample: Option<Json>) -> String {
        let name = self.names.take(name);
        // A required argument of the example has a value; an example that is not of its type would not be taken.
        let sample = sample.filter(|sample| form.takes(sample));
        self.operation.input.push(Input { name: name.clone(), form, optional, sample });
        name
    }

    fn parameters(&mut self, one: &Listed<'_>) {
        let lists = [one.own, one.shared].into_iter().filter_map(|holder| holder.get("parameters")?.as_array());
        let mut seen: Vec<(String, String)> = Vec::new();
        let mut in_path: Vec<(String, String)> = Vec::new();
        for parameter in lists.flatten().map(|parameter| resolve(parameter, self.root)) {
            let word = |key: &str| parameter.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
            let (name, place) = (word("name"), word("in"));
            // The operation's own comes first and counts.
            if name.is_empty() || seen.contains(&(name.clone(), place.clone())) {
                continue;
            }
            seen.push((name.clone(), place.clone()));
            let required = parameter.get("required").and_then(Json::as_bool).unwrap_or(false) || place == "path";
            // 2.0 writes the type into the parameter itself.
            let schema = parameter.get("schema").unwrap_or(parameter);
            let form = Form::of_schema(schema, self.root).called(&name);
            let sample = parameter.get("example").or_else(|| schema.get("example")).cloned();
            match place.as_str() {
                "path" => {
                    let input = self.input(&name, scalar(form), false, sample);
                    in_path.push((name, input));
                }
                "query" => {
                    let input = self.input(&name, form, !required, sample);
                    self.operation.query.push((name, Source::Input(input)));
                }
                "header" if name.eq_ignore_ascii_case("idempotency-key") => self.operation.promise = Promise::Header(name),
                "header" if !OURS.contains(&name.to_ascii_lowercase().as_str()) => {
                    let input = self.input(&name, form, !required, sample);
                    self.operation.headers.push((name, Source::Input(input)));
                }
                "cookie" => self.operation.open.push(format!("the cookie `{name}` is not drafted; see `kind: login_session`")),
                "body" => self.members(schema, required),
                "formData" => {
                    let input = self.input(&name, scalar(form), !required, sample);
                    let mut members = match std::mem::take(&mut self.operation.body) {
                        Body::Form(members) => members,
                        _ => Vec::new(),
                    };
                    members.push((name, Source::Input(input)));
                    self.operation.body = Body::Form(members);
                }
                _ => {}
            }
        }
        self.path(one.path, in_path);
    }

    /// Placeholders that no parameter declares are arguments all the same.
    fn path(&mut self, path: &str, mut declared: Vec<(String, String)>) {
        let mut rest = path;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { break };
            self.operation.path.push(Part::Literal(before.to_owned()));
            let input = match declared.iter().find(|(known, _)| known == name) {
                Some((_, input)) => input.clone(),
                None => {
                    let input = self.input(name, Form::Text, false, None);
                    declared.push((name.to_owned(), input.clone()));
                    input
                }
            };
            self.operation.path.push(Part::Input(input));
            rest = after;
        }
        if !rest.is_empty() {
            self.operation.path.push(Part::Literal(rest.to_owned()));
        }
    }

    fn body(&mut self, own: &Json) {
        let Some(body) = own.get("requestBody").map(|body| resolve(body, self.root)) else { return };
        let required = body.get("required").and_then(Json::as_bool).unwrap_or(false);
        let content = body.get("content").and_then(Json::as_object);
        let json = content.and_then(|content| content.iter().find(|(kind, _)| kind.contains("json")));
        let form = content.and_then(|content| content.get("application/x-www-form-urlencoded"));
        match (json, form) {
            (Some((_, media)), _) => self.members(media.get("schema").unwrap_or(&Json::Null), required),
            (None, Some(media)) => {
                self.members(media.get("schema").unwrap_or(&Json::Null), required);
                if let Body::Json(members) = std::mem::take(&mut self.operation.body) {
                    self.operation.body = Body::Form(members);
                }
            }
            (None, None) => {
                let kinds: Vec<&str> = content.into_iter().flatten().map(|(kind, _)| kind.as_str()).collect();
                self.operation.open.push(format!(
                    "the body is {}; write it by hand",
                    if kinds.is_empty() { "not described".to_owned() } else { kinds.join(" or ") }
                ));
            }
        }
    }

    fn members(&mut self, schema: &Json, required: bool) {
        match Form::of_schema(schema, self.root) {
            Form::Object(members) if !members.is_empty() => {
                let mut body = Vec::new();
                for (name, form, there) in members {
                    let input = self.input(&name, form, !(required && there), None);
                    body.push((name, Source::Input(input)));
                }
                self.operation.body = Body::Json(body);
            }
            _ => self.operation.open.push("the body is no object with named members; write it by hand under `json:`".to_owned()),
        }
    }

    fn answer(&mut self, own: &Json) {
        let good = own.get("responses").and_then(Json::as_object).into_iter().flatten();
        let good = good
            .filter(|(status, _)| status.starts_with('2') || *status == "default")
            .min_by_key(|(status, _)| (*status == "default", *status));
        let Some((status, response)) = good else {
            return self.operation.open.push("what it answers is not described".to_owned());
        };
        self.operation.answer.status = status.parse().unwrap_or(200);
        let response = resolve(response, self.root);
        let content = response.get("content").and_then(Json::as_object);
        let media = content.and_then(|content| content.iter().find(|(kind, _)| kind.contains("json")).map(|(_, media)| media));
        let schema = media.and_then(|media| media.get("schema")).or_else(|| response.get("schema"));
        let Some(schema) = schema else {
            if content.is_some_and(|content| !content.is_empty()) {
                self.operation.open.push("the answer is no JSON; what to take out of it is to be written by hand".to_owned());
            }
            return;
        };
        let form = Form::of_schema(schema, self.root);
        let (found, cut) = outputs(&form);
        self.operation.answer.body = Some(form.sample());
        self.operation.output = found;
        if cut {
            self.operation.open.push("the answer has more fields than are drafted here".to_owned());
        }
    }

    fn open(&mut self) {
        let operation = &mut self.operation;
        if operation.write && operation.promise == Promise::None {
            let words = "what makes a repeat harmless: a key the partner honours (`by: header` or `body`), a read that finds our reference (`by: lookup`), or its nature (`by: nature`). Until then it may duplicate; a call that only reads says `effect: read`";
            operation.open.push(words.to_owned());
        }
        if operation.promise == Promise::Nature {
            operation
                .open
                .push(format!("that a repeat is harmless is what {} means in HTTP, not what the partner promises", operation.method));
        }
        let pages = ["page", "offset", "cursor", "skip", "$skip", "after", "page_token", "starting_after", "pagetoken"];
        if let Some((name, _)) = operation.query.iter().find(|(name, _)| pages.contains(&name.to_ascii_lowercase().as_str())) {
            operation.open.push(format!("`{name}` looks like pages: declare `page:`, so that all of them are read"));
        }
    }
}

/// What stands in a path or a form is one value.
fn scalar(form: Form) -> Form {
    match form {
        Form::List(_) | Form::Object(_) | Form::Any => Form::Text,
        other => other,
    }
}
