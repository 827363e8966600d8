//! Drafts of connectors: what a description of a system tells, written as a definition to go on from.
//!
//! Owns reading descriptions (`curl`, `openapi`, a sample answer), templates of what has none, and writing the draft: connector, connection, examples.
//! A draft is sound text, and it says in comments what no description tells: above all what makes a repeat of a write
//! harmless. It reads no file and sends nothing; secrets that stand in a description become settings and are not copied.

mod connection;
pub mod curl;
mod examples;
mod form;
mod listing;
mod measure;
mod names;
mod nested;
pub mod openapi;
mod outputs;
mod shell;
pub mod sketch;
pub mod template;
mod write;
mod written;
mod yaml;

#[cfg(test)]
mod tests;

pub use form::Form;
pub use names::{Names, id};
pub use outputs::outputs;
pub use written::Written;

use serde_json::Value as Json;

/// Operations a draft may have: a person has to go through them.
pub const OPERATIONS_MAX: usize = 60;
/// Fields of one output that are drafted; the rest is said to be left out.
const OUTPUTS_MAX: usize = 40;

/// Why a description cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DraftError {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl DraftError {
    fn new(message: impl Into<String>, hint: impl Into<String>) -> DraftError {
        DraftError { message: message.into(), hint: hint.into() }
    }
}

/// A draft.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The connector's id.
    pub id: String,
    /// What people see.
    pub title: String,
    /// What it was drafted from, for its first line.
    pub from: String,
    /// Where the system is; a connection wants it.
    pub base_url: Option<String>,
    /// How a connection proves who it is.
    pub auth: Auth,
    /// The user of `auth`, where a description names one.
    pub user: Option<String>,
    /// Secrets that requests hold beside those of `auth`.
    pub secrets: Vec<String>,
    /// The calls.
    pub operations: Vec<Operation>,
    /// What is read from time to time.
    pub listing: Option<Listing>,
    /// What could not be known of the whole.
    pub open: Vec<String>,
}

/// How a connection proves who it is, as far as a description tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Auth {
    /// It does not.
    #[default]
    None,
    /// User and password.
    Basic,
    /// A fixed token.
    Bearer,
    /// Headers with secrets: header and setting.
    Headers(Vec<(String, String)>),
    /// OAuth 2 client credentials at this address.
    ClientCredentials(String),
    /// OAuth 2 with a person's consent: where it is asked for, where tokens are given.
    Consent(String, String),
}

/// One call.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its name.
    pub name: String,
    /// What people see.
    pub title: String,
    /// Whether it changes something.
    pub write: bool,
    /// The method.
    pub method: &'static str,
    /// The path, in parts.
    pub path: Vec<Part>,
    /// What it takes.
    pub input: Vec<Input>,
    /// The query.
    pub query: Vec<(String, Source)>,
    /// Headers.
    pub headers: Vec<(String, Source)>,
    /// The body.
    pub body: Body,
    /// What it gives.
    pub output: Vec<Output>,
    /// What makes a repeat harmless.
    pub promise: Promise,
    /// An answer, for the example.
    pub answer: Answer,
    /// What could not be known.
    pub open: Vec<String>,
}

/// A piece of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// As it stands in a URL.
    Literal(String),
    /// An argument.
    Input(String),
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// An argument.
    Input(String),
    /// A setting of the connection.
    Setting(String),
    /// As written.
    Literal(Json),
}

/// A body.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Body {
    /// None.
    #[default]
    None,
    /// A JSON object.
    Json(Vec<(String, Source)>),
    /// JSON as written, for what is no object.
    Literal(Json),
    /// Form fields.
    Form(Vec<(String, Source)>),
    /// Text as it stands.
    Text(String),
}

/// A list that is read from time to time, and the read that tells of each thing in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The event, and the stream that tells it.
    pub event: String,
    /// The read that lists.
    pub list: String,
    /// Its argument for the time since when; none where it lists whatever there is.
    pub since: Option<String>,
    /// Its output that holds the rows.
    pub each: String,
    /// What names the thing, as text; sees `item`.
    pub id: String,
    /// The read of one thing, and its argument.
    pub get: (String, String),
    /// What names it there, as text; sees `output`.
    pub known_by: String,
    /// What is another one once it has changed; sees `output`.
    pub changed: Option<String>,
}

/// An argument.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub form: Form,
    /// Whether it may be left out.
    pub optional: bool,
    /// A value, for the example.
    pub sample: Option<Json>,
}

/// What is taken out of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Where it stands in the body, or in the row.
    pub from: String,
    /// What it holds.
    pub form: Form,
    /// Whether it may be missing.
    pub optional: bool,
    /// For rows: what is taken out of each.
    pub fields: Vec<Output>,
}

/// What makes a repeat of a write harmless, as far as a description tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Promise {
    /// Nothing that is known.
    #[default]
    None,
    /// The method says so.
    Nature,
    /// The partner honours a key in this header.
    Header(String),
    /// Our reference is looked for with this read.
    Lookup(String),
}

/// The answer of an example.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; none means no body.
    pub body: Option<Json>,
}

/// A file of a draft, by its path below the project folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftFile {
    /// The path.
    pub path: String,
    /// The text.
    pub text: String,
}

impl Draft {
    /// A draft without operations.
    pub fn new(id: impl Into<String>, title: impl Into<String>, from: impl Into<String>) -> Draft {
        Draft {
            id: id.into(),
            title: title.into(),
            from: from.into(),
            base_url: None,
            auth: Auth::None,
            user: None,
            secrets: Vec::new(),
            operations: Vec::new(),
            listing: None,
            open: Vec::new(),
        }
    }

    /// Its files: the definition, an example for each operation, a connection.
    pub fn files(&self) -> Vec<DraftFile> {
        let folder = format!("connectors/{}", self.id);
        let mut files = vec![DraftFile { path: format!("{folder}/connector.yaml"), text: write::connector(self) }];
        for operation in &self.operations {
            let text = examples::example(operation);
            files.push(DraftFile { path: format!("{folder}/examples/{}.json", operation.name), text });
        }
        files.push(DraftFile { path: format!("config/connections/{}.yaml", self.connection()), text: connection::connection(self) });
        files
    }

    /// The `output:` that an answer suggests, as it stands in an operation; none when it has nothing to take out.
    pub fn output_of(answer: &Json) -> Option<String> {
        let (found, _) = outputs(&Form::of_sample(answer));
        (!found.is_empty()).then(|| write::output(4, &found))
    }

    /// The id of its connection.
    pub fn connection(&self) -> String {
        format!("{}_main", self.id)
    }

    /// The variables that hold the secrets of its connection.
    pub fn variables(&self) -> Vec<String> {
        self.settings().into_iter().filter(|setting| setting.secret).map(|setting| connection::variable(&self.id, &setting.name)).collect()
    }

    /// The settings that a connection gives.
    fn settings(&self) -> Vec<Setting> {
        let setting = |name: &str, of: &'static str| Setting { name: name.to_owned(), of, secret: of == "secret" };
        let mut settings = vec![setting("base_url", "url")];
        match &self.auth {
            Auth::None => {}
            Auth::Basic => settings.extend([setting("user", "string"), setting("password", "secret")]),
            Auth::Bearer => settings.push(setting("token", "secret")),
            Auth::Headers(headers) => settings.extend(headers.iter().map(|(_, name)| setting(name, "secret"))),
            Auth::ClientCredentials(_) | Auth::Consent(..) => {
                settings.extend([setting("client_id", "string"), setting("client_secret", "secret")]);
            }
        }
        let more: Vec<_> = self.secrets.iter().filter(|name| !settings.iter().any(|known| known.name == **name)).collect();
        settings.extend(more.into_iter().map(|name| setting(name, "secret")));
        settings
    }
}

struct Setting {
    name: String,
    of: &'static str,
    secret: bool,
}
