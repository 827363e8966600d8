//! Drafts from curl commands, as documentation prints them and browsers copy them. A little more than 500 lines: one command is taken
//! apart in one go, flag by flag, body by body.

use super::shell::{commands, words};
use super::{Answer, Auth, Body, Draft, DraftError, Form, Input, Names, OPERATIONS_MAX, Operation, Part, Promise, Source, names, outputs};
use crate::domain::connector::lint::is_telling;
use crate::domain::connector::redact::Redaction;
use crate::domain::connector::request::METHODS;
use percent_encoding::percent_decode_str;
use serde_json::Value as Json;
use url::Url;

/// Options with a value that change nothing of what is drafted.
const WITH_VALUE: &[&str] = &[
    "-o",
    "--output",
    "-m",
    "--max-time",
    "--connect-timeout",
    "--retry",
    "-w",
    "--write-out",
    "-A",
    "--user-agent",
    "-e",
    "--referer",
    "--cacert",
    "-E",
    "--cert",
    "--key",
    "-x",
    "--proxy",
    "-c",
    "--cookie-jar",
    "--resolve",
];

/// Headers that the hub writes itself, or that say nothing about the call.
const OURS: &[&str] = &[
    "host",
    "content-length",
    "content-type",
    "accept",
    "accept-encoding",
    "accept-language",
    "connection",
    "user-agent",
    "origin",
    "referer",
    "cache-control",
    "pragma",
    "te",
    "priority",
    "expect",
    "upgrade-insecure-requests",
    "transfer-encoding",
];

/// A draft of all commands in a text; `answers` are what the first of them were answered, in their order.
///
/// # Errors
/// When there is no command, one cannot be read, or they speak to several systems.
pub fn draft(id: &str, text: &str, answers: &[Json]) -> Result<Draft, DraftError> {
    let found = commands(text);
    if found.is_empty() {
        return Err(DraftError::new("there is no curl command", "each begins a line with `curl`; give a file, or `-` for standard input"));
    }
    if found.len() > OPERATIONS_MAX {
        let message = format!("{} commands are more than a draft takes ({OPERATIONS_MAX})", found.len());
        return Err(DraftError::new(message, "import them in parts, under names of their own"));
    }
    let mut draft = Draft::new(
        id,
        id.replace('_', " "),
        match found.len() {
            1 => "a curl command".to_owned(),
            many => format!("{many} curl commands"),
        },
    );
    let mut names = Names::default();
    for (number, line) in found.iter().enumerate() {
        let command = Command::read(line)?;
        add(&mut draft, command, &mut names, answers.get(number))?;
    }
    Ok(draft)
}

#[derive(Default)]
struct Command {
    url: String,
    method: Option<String>,
    headers: Vec<(String, String)>,
    data: Vec<String>,
    form: bool,
    get: bool,
    user: Option<String>,
    insecure: bool,
    cookies: bool,
}

impl Command {
    fn read(line: &str) -> Result<Command, DraftError> {
        let mut command = Command::default();
        let mut words = words(line)?.into_iter().skip(1);
        while let Some(word) = words.next() {
            let (option, attached) = split(&word);
            let value = |words: &mut dyn Iterator<Item = String>| {
                let missing = || DraftError::new(format!("`{option}` has no value"), "copy the whole command, all of its lines");
                attached.clone().map_or_else(|| words.next().ok_or_else(missing), Ok)
            };
            match option.as_str() {
                "-X" | "--request" => command.method = Some(value(&mut words)?.to_ascii_uppercase()),
                "-H" | "--header" => command.header(&value(&mut words)?),
                "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" => command.data.push(file(value(&mut words)?)?),
                "--data-urlencode" => command.data.push(encoded(&value(&mut words)?)),
                "--json" => {
                    command.headers.push(("content-type".to_owned(), "application/json".to_owned()));
                    command.data.push(file(value(&mut words)?)?);
                }
                "-F" | "--form" | "--form-string" => {
                    command.form = true;
                    value(&mut words)?;
                }
                "-u" | "--user" => {
                    let given = value(&mut words)?;
                    command.user = Some(given.split(':').next().unwrap_or_default().to_owned());
                }
                "-b" | "--cookie" => {
                    command.cookies = true;
                    value(&mut words)?;
                }
                "--url" => command.url = value(&mut words)?,
                "-G" | "--get" => command.get = true,
                "-I" | "--head" => command.method = Some("HEAD".to_owned()),
                "-k" | "--insecure" => command.insecure = true,
                option if WITH_VALUE.contains(&option) => drop(value(&mut words)?),
                option if option.starts_with('-') => {}
                _ => command.url = word,
            }
        }
        if command.url.is_empty() {
            return Err(DraftError::new("a curl command has no URL", "copy the whole command, all of its lines"));
        }
        Ok(command)
    }

    fn header(&mut self, line: &str) {
        if let Some((name, value)) = line.split_once(':') {
            self.headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    fn content_type(&self) -> &str {
        self.headers.iter().find(|(name, _)| name == "content-type").map_or("", |(_, value)| value)
    }
}

/// `--data=x`, and `-XPOST` as one word.
fn split(word: &str) -> (String, Option<String>) {
    if let Some((name, value)) = word.strip_prefix("--").and_then(|rest| rest.split_once('=')) {
        return (format!("--{name}"), Some(value.to_owned()));
    }
    let short = word.get(..2).filter(|short| ["-X", "-H", "-d", "-u", "-F", "-b", "-o", "-m"].contains(short));
    match (short, word.get(2..)) {
        (Some(short), Some(rest)) if !rest.is_empty() => (short.to_owned(), Some(rest.to_owned())),
        _ => (word.to_owned(), None),
    }
}

fn file(value: String) -> Result<String, DraftError> {
    match value.strip_prefix('@') {
        Some(path) => Err(DraftError::new(format!("the command sends the file `{path}`"), "put its text into the command: `-d '…'`")),
        None => Ok(value),
    }
}

fn encoded(value: &str) -> String {
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    value.split_once('=').map_or_else(|| encode(value), |(name, text)| format!("{name}={}", encode(text)))
}

fn add(draft: &mut Draft, command: Command, taken: &mut Names, answer: Option<&Json>) -> Result<(), DraftError> {
    let written = if command.url.contains("://") { command.url.clone() } else { format!("http://{}", command.url) };
    let mut url =
        Url::parse(&written).map_err(|problem| DraftError::new(format!("`{}` is no URL: {problem}", command.url), "write it whole"))?;
    let user_in_url = Some(url.username().to_owned()).filter(|user| !user.is_empty());
    let base = url.origin().ascii_serialization();
    match &draft.base_url {
        Some(known) if *known != base => {
            let message = format!("the commands speak to `{known}` and to `{base}`");
            return Err(DraftError::new(message, "a connector is one system: import them apart"));
        }
        _ => draft.base_url = Some(base),
    }
    if command.get {
        let query = url.query().into_iter().map(str::to_owned).chain(command.data.iter().cloned()).collect::<Vec<_>>().join("&");
        url.set_query(Some(&query));
    }
    let data = if command.get { String::new() } else { command.data.join("&") };
    let written =
        command.method.clone().unwrap_or_else(|| if data.is_empty() && !command.form { "GET".to_owned() } else { "POST".to_owned() });
    let method = METHODS.iter().copied().find(|method| *method == written);
    let method = method.ok_or_else(|| DraftError::new(format!("`{written}` is not a method that is spoken"), METHODS.join(", ")))?;
    let write = !matches!(method, "GET" | "HEAD");
    // Quotes may stand encoded or not; a key in them is found either way.
    let path = url.path().replace("%27", "'");
    let name = taken.take(&called(method, &path));
    let mut new = New { draft, names: Names::default(), operation: empty(name, method, write, &path) };
    new.path(&path);
    new.query(&url);
    new.headers(&command, user_in_url);
    new.body(&command, &data);
    new.answer(answer);
    new.open(&command);
    let operation = new.operation;
    draft.operations.push(operation);
    Ok(())
}

fn empty(name: String, method: &'static str, write: bool, path: &str) -> Operation {
    Operation {
        title: format!("{method} {path}"),
        name,
        write,
        method,
        path: Vec::new(),
        input: Vec::new(),
        query: Vec::new(),
        headers: Vec::new(),
        body: Body::None,
        output: Vec::new(),
        promise: if matches!(method, "PUT" | "DELETE") { Promise::Nature } else { Promise::None },
        answer: Answer { status: 200, body: None },
        open: Vec::new(),
    }
}

/// `GET /api/v1/orders/17/lines` is `list_orders_lines`, `GET /api/v1/orders/17` is `get_orders`.
fn called(method: &str, path: &str) -> String {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let of_one = segments.last().is_some_and(|segment| varies(segment) || segment.contains('('));
    let tells = |segment: &&str| {
        let version = segment.strip_prefix('v').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
        !varies(segment) && !version && *segment != "api" && !segment.bytes().all(|byte| byte.is_ascii_digit())
    };
    let words: Vec<_> = segments.into_iter().map(|segment| segment.split('(').next().unwrap_or(segment)).filter(tells).collect();
    let last = &words[words.len().saturating_sub(2)..];
    let verb = match method {
        "GET" if !of_one => "list",
        "POST" => "post",
        "PUT" => "put",
        "PATCH" => "change",
        "DELETE" => "delete",
        "HEAD" => "head",
        _ => "get",
    };
    format!("{verb}_{}", last.join("_"))
}

/// Whether a segment looks like the id of one object; `0001` is a version.
fn varies(segment: &str) -> bool {
    if segment.len() <= 4 && segment.starts_with('0') {
        return false;
    }
    let digits = segment.bytes().filter(u8::is_ascii_digit).count();
    let uuid = segment.len() == 36 && segment.split('-').count() == 5;
    uuid || (digits * 2 >= segment.len() && digits > 0 && !segment.starts_with('v'))
}

/// The form of a value that a request sends. A moment is one only as we write moments: a partner that writes its own zone or
/// pattern wants to be answered in it.
fn as_sent(sample: &Json) -> Form {
    match sample {
        Json::String(text) => match Form::of_sample(sample) {
            Form::Instant if !text.parse::<jiff::Timestamp>().is_ok_and(|moment| moment.to_string() == *text) => Form::Text,
            form => form,
        },
        Json::Array(items) => {
            let rows: Vec<Form> = items.iter().map(as_sent).collect();
            rows.into_iter().reduce(Form::or).map_or(Form::List(Box::new(Form::Any)), |row| Form::List(Box::new(row)))
        }
        Json::Object(members) => {
            Form::Object(members.iter().map(|(name, value)| (name.clone(), as_sent(value).called(name), !value.is_null())).collect())
        }
        other => Form::of_sample(other),
    }
}

/// The value of a form field, which is always text: a number, a flag or a date where it is written as we write one. Digits that name
/// something are no number.
fn of_field(name: &str, text: String) -> Json {
    let name = names::id(name);
    let is_name = ["id", "no", "number", "code", "key", "phone", "mobile", "zip", "account", "year"]
        .iter()
        .any(|word| name.split('_').next_back() == Some(word));
    let number = (!is_name && text.len() <= 15).then(|| text.parse::<serde_json::Number>().ok()).flatten();
    match number {
        Some(number) if number.to_string() == text && !text.contains(['e', 'E']) => Json::Number(number),
        _ if text == "true" || text == "false" => Json::Bool(text == "true"),
        _ => Json::String(text),
    }
}

struct New<'d> {
    draft: &'d mut Draft,
    names: Names,
    operation: Operation,
}

impl New<'_> {
    fn input(&mut self, name: &str, sample: Json) -> String {
        let name = self.names.take(name);
        let form = as_sent(&sample).called(&name);
        let optional = sample.is_null();
        self.operation.input.push(Input { name: name.clone(), form, optional, sample: Some(sample).filter(|sample| !sample.is_null()) });
        name
    }

    fn secret(&mut self, name: &str) -> Source {
        let name = names::id(name);
        if !self.draft.secrets.contains(&name) {
            self.draft.secrets.push(name.clone());
        }
        Source::Setting(name)
    }

    fn path(&mut self, path: &str) {
        let mut literal = String::new();
        for (number, segment) in path.split('/').enumerate() {
            if number > 0 {
                literal.push('/');
            }
            // `Orders('17')`, as OData writes keys.
            let key = segment.find("('").and_then(|open| Some((open + 2, segment.rfind("')")?))).filter(|(from, to)| from < to);
            let (from, to) = match key {
                Some(range) => range,
                None if varies(segment) => (0, segment.len()),
                None => {
                    literal.push_str(segment);
                    continue;
                }
            };
            literal.push_str(&segment[..from]);
            let value = percent_decode_str(&segment[from..to]).decode_utf8_lossy().into_owned();
            let name = self.input("id", Json::String(value));
            self.operation.path.extend([Part::Literal(std::mem::take(&mut literal)), Part::Input(name)]);
            literal.push_str(&segment[to..]);
        }
        if !literal.is_empty() {
            self.operation.path.push(Part::Literal(literal));
        }
    }

    fn query(&mut self, url: &Url) {
        for (name, value) in url.query_pairs() {
            // What begins with `$` shapes the answer; the others are what the caller asks for.
            let shapes = name.starts_with('$') || matches!(name.as_ref(), "format" | "fields" | "select" | "expand" | "api-version" | "v");
            let source = if Redaction::default().hides_query(&name) || is_telling(&name) {
                self.secret(&name)
            } else if shapes {
                Source::Literal(Json::String(value.into_owned()))
            } else {
                Source::Input(self.input(&name, Json::String(value.into_owned())))
            };
            self.operation.query.push((name.into_owned(), source));
        }
    }

    fn headers(&mut self, command: &Command, user_in_url: Option<String>) {
        if let Some(user) = command.user.clone().or(user_in_url) {
            self.draft.user.get_or_insert(user);
            self.auth(Auth::Basic);
        }
        for (name, value) in &command.headers {
            match name.as_str() {
                "authorization" if value.to_ascii_lowercase().starts_with("basic ") => self.auth(Auth::Basic),
                "authorization" if value.to_ascii_lowercase().starts_with("bearer ") => self.auth(Auth::Bearer),
                "cookie" => {}
                name if OURS.contains(&name) => {}
                name if Redaction::default().hides_header(name) || is_telling(name) || name.contains("token") => {
                    let mut headers = match &self.draft.auth {
                        Auth::Headers(headers) => headers.clone(),
                        _ => Vec::new(),
                    };
                    if !headers.iter().any(|(known, _)| known == name) {
                        headers.push((name.to_owned(), names::id(name)));
                    }
                    self.auth(Auth::Headers(headers));
                }
                "idempotency-key" => self.operation.promise = Promise::Header("Idempotency-Key".to_owned()),
                name => {
                    if name == "if-match" {
                        let words = "`If-Match` goes as it was sent: `version: {value: input.etag, send: If-Match}` sends the version that was read, so that nobody's change is overwritten";
                        self.operation.open.push(words.to_owned());
                    }
                    self.operation.headers.push((name.to_owned(), Source::Literal(Json::String(value.clone()))));
                }
            }
        }
    }

    fn auth(&mut self, auth: Auth) {
        let headers = matches!((&self.draft.auth, &auth), (Auth::Headers(_), Auth::Headers(_)));
        if self.draft.auth == Auth::None || headers {
            self.draft.auth = auth;
        } else if self.draft.auth != auth {
            self.operation.open.push("this command proves itself in another way than an earlier one; a connector has one way".to_owned());
        }
    }

    fn body(&mut self, command: &Command, data: &str) {
        if command.form {
            self.operation.open.push("the command sends a multipart form; write it as `multipart:`".to_owned());
        }
        if data.is_empty() {
            return;
        }
        let json = serde_json::from_str::<Json>(data).ok();
        self.operation.body = match json {
            Some(Json::Object(members)) => Body::Json(
                members
                    .into_iter()
                    .map(|(name, value)| {
                        let source =
                            if is_telling(&name) || name == "token" { self.secret(&name) } else { Source::Input(self.input(&name, value)) };
                        (name, source)
                    })
                    .collect(),
            ),
            Some(other) => Body::Literal(other),
            None if command.content_type().is_empty() || command.content_type().contains("form-urlencoded") => {
                let pairs: Vec<(String, String)> = url::form_urlencoded::parse(data.as_bytes()).into_owned().collect();
                Body::Form(
                    pairs
                        .into_iter()
                        .map(|(name, value)| {
                            let source = if is_telling(&name) || name == "token" {
                                self.secret(&name)
                            } else {
                                Source::Input(self.input(&name, of_field(&name, value)))
                            };
                            (name, source)
                        })
                        .collect(),
                )
            }
            None if data.contains("{{") => {
                self.operation
                    .open
                    .push("the command's body has `{{`, which a template reads as its own; write the body by hand".to_owned());
                Body::None
            }
            None => {
                self.operation
                    .open
                    .push("the body stands as it was sent; make it `xml:` or `soap:` so that values can be put in".to_owned());
                let content_type = Json::String(command.content_type().to_owned());
                self.operation.headers.push(("content-type".to_owned(), Source::Literal(content_type)));
                Body::Text(data.to_owned())
            }
        };
    }

    fn answer(&mut self, answer: Option<&Json>) {
        match answer {
            Some(answer) => {
                let (found, cut) = outputs(&Form::of_sample(answer));
                self.operation.output = found;
                self.operation.answer.body = Some(answer.clone());
                if cut {
                    self.operation.open.push("the answer has more fields than are drafted here".to_owned());
                }
            }
            None => {
                let words = "what it answers: a command does not tell. `waybill connector try` shows it; `--answer FILE` drafts the output";
                self.operation.open.push(words.to_owned());
            }
        }
    }

    fn open(&mut self, command: &Command) {
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
        if command.insecure {
            operation.open.push(
                "the command did not check the certificate; the hub does. Name its authority in the connection: `tls: {ca: …}`".to_owned(),
            );
        }
        if command.cookies || command.headers.iter().any(|(name, _)| name == "cookie") {
            operation
                .open
                .push("the command sent the cookies of somebody's session; they are not copied. See `kind: login_session`".to_owned());
        }
    }
}
