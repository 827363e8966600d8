//! `kind: file`: files in folders of this machine or of an SFTP server, for systems that exchange nothing else.
//!
//! A request lists a folder, reads a file, writes one, moves one, or looks whether one is there. Names are single names and
//! folders are written in the definition, so nothing a document holds can climb out of the place. A file appears under its
//! name whole or not at all, and never in place of another one: the name that carries the key is what makes a repeat harmless.

mod encoding;
pub mod format;
mod name;
mod write;

pub use encoding::encode;
pub use name::{NameError, check_folder, check_name, fits};

use super::{Ask, Asked, ConnectorKind, Reach, job, read_reach};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::operation::Effect;
use crate::domain::connector::request::{Draft, plain_millis, scalar_text};
use crate::domain::connector::scopes::Scopes;
use crate::domain::connector::shape;
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Place, Scope, Template};
use crate::domain::text::shape::{Field, KeyedShape, Kind, ObjectShape, Shape, Variant};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::Value;
use write::Content;

/// Files one listing tells of where nothing is said; the oldest first, the others when these are gone.
const FILES_MAX: i64 = 500;
/// Files one listing may ever tell of.
const FILES_MAX_MAX: i64 = 5_000;

static REACH: ObjectShape = ObjectShape {
    name: "file",
    doc: "Where the folders are.",
    fields: &[
        Field::required("place", Shape::Template, "`file:///srv/exchange` on this machine, or `sftp://host:22/drop`."),
        Field::optional("user", Shape::Any, "The user at the SFTP server, such as `{value: settings.user}`."),
        Field::optional("password", Shape::Any, "Its password; or a key."),
        Field::optional("key", Shape::Any, "Its private key as OpenSSH writes it (Ed25519 or ECDSA; no RSA)."),
        Field::optional(
            "host_key",
            Shape::Any,
            "The server's public key, such as `ssh-ed25519 AAAA…` (no RSA): a server with another one is not spoken to.",
        ),
        Field::optional("timeout", Shape::Duration, "Time for one request; 30s."),
        Field::optional("max_answer", Shape::Size, "Largest file read; 16MiB, and never more than `gateway.response_bytes_max`."),
    ],
};

static READY: ObjectShape = ObjectShape {
    name: "file_ready",
    doc: "What says that a file is whole.",
    fields: &[
        Field::optional("unchanged_for", Shape::Duration, "Two looks, at least this long apart, saw the same size and time."),
        Field::optional("marker", Shape::Text, "A second file lies beside it whose name has this at its end, such as `.done`."),
    ],
};

const FOLDERS: Shape = Shape::OneOrMany(&Shape::Template);

static LIST: Variant = Variant {
    key: Field::required("list", Shape::Template, "The folder whose files are listed."),
    fields: &[
        Field::optional("match", Shape::Text, "Names that are listed, such as `*.csv`; all of them."),
        Field::required(
            "ready",
            Shape::Either(&[Shape::Word(&["at_once"]), Shape::Object(&READY)]),
            "What says that a file is whole; `at_once` where senders write under another name and rename.",
        ),
        Field::optional("max_files", Shape::Int, "Files one listing tells of; 500."),
    ],
};
static READ: Variant = Variant {
    key: Field::required("read", Shape::Any, "The name of the file that is read."),
    fields: &[
        Field::required("in", FOLDERS, "The folders it may be in, in the order in which they are looked into."),
        Field::required("as", format::SHAPE, "What is in it."),
        Field::optional(
            "aside",
            Shape::Template,
            "The folder a file is moved to that cannot be read, so that the next listing is free of it.",
        ),
    ],
};
static WRITE: Variant = Variant {
    key: Field::required("write", Shape::Any, "The name of the file that is written; it carries the key."),
    fields: &[Field::required("into", Shape::Template, "The folder."), encoding::WRITTEN, write::CSV, write::JSON, write::XML, write::TEXT],
};
static MOVE: Variant = Variant {
    key: Field::required("move", Shape::Any, "The name of the file that is moved."),
    fields: &[
        Field::required("from", FOLDERS, "The folders it may be in."),
        Field::required("to", Shape::Template, "The folder it is moved to."),
        Field::optional("as", Shape::Any, "Its name there; the same."),
        Field::optional("marker", Shape::Text, "The end of the marker's name, which is removed with it."),
    ],
};
static FIND: Variant = Variant {
    key: Field::required("find", Shape::Any, "The name of the file that is looked for."),
    fields: &[Field::required("in", FOLDERS, "The folders it may be in.")],
};

/// What can be done with files.
static VARIANTS: &[&Variant] = &[&LIST, &READ, &WRITE, &MOVE, &FIND];

static REQUEST: KeyedShape = KeyedShape {
    name: "file_request",
    doc: "One thing done with files.",
    common: &[Field::optional("timeout", Shape::Duration, "Time for this request.")],
    variants: VARIANTS,
};

static OPERATION: ObjectShape = ObjectShape {
    name: "file_operation",
    doc: "One named call.",
    fields: &shape::operation_fields(Field::optional("request", Shape::Keyed(&REQUEST), "What it does with files.")),
};

/// The kind.
pub static KIND: ConnectorKind = ConnectorKind {
    shape: Kind {
        word: "file",
        doc: "Files in folders and on SFTP servers.",
        later: false,
        fields: &[
            Field::required("file", Shape::Object(&REACH), "Where the folders are."),
            Field::optional("operations", Shape::IdMap(&Shape::Object(&OPERATION)), "The calls it offers."),
        ],
    },
    schemes: &[("file", None), ("sftp", Some(22))],
    reach,
    request: compile,
};

#[derive(Debug)]
struct Request {
    act: Act,
    timeout_millis: Option<u64>,
}

#[derive(Debug)]
enum Act {
    List { folder: Template, matching: Value, ready: Value, files_max: i64 },
    Read { name: Tree, folders: Vec<Template>, format: Value, aside: Option<Template> },
    Write { name: Tree, folder: Template, content: Content, encoding: Value },
    Move { name: Tree, from: Vec<Template>, to: Template, as_name: Option<Tree>, marker: Value },
    Find { name: Tree, folders: Vec<Template> },
}

fn reach(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<Reach> {
    read_reach(&KIND, node, ("place", &["user", "password", "key", "host_key"]), scopes, compiler)
}

fn compile(node: &Node, asked: &Asked<'_>, compiler: &mut Compiler<'_>) -> Option<Box<dyn Ask>> {
    let (word, written) = VARIANTS.iter().find_map(|variant| Some((variant.key.name, node.get(variant.key.name)?)))?;
    let changes = matches!(word, "write" | "move");
    if changes && asked.effect == Effect::Read {
        compiler
            .error("wrong_type", written.span, format!("`{word}` changes something, but the operation is declared as a read"))
            .hint("declare `effect: write`");
    } else if !changes && asked.effect == Effect::Write {
        compiler.error("wrong_type", written.span, format!("`{word}` changes nothing")).hint("declare `effect: read`");
    }
    let maker = Maker { node, asked };
    let act = match word {
        "list" => Act::List {
            folder: maker.folder("list", compiler)?,
            matching: node.get("match").and_then(Node::text).map_or(Value::Null, Value::text),
            ready: compiler.inside("ready", |compiler| compile_ready(node.get("ready")?, compiler))?,
            files_max: maker.files_max(compiler),
        },
        "read" => Act::Read {
            name: maker.name("read", compiler)?,
            folders: maker.folders("in", compiler)?,
            format: compiler.inside("as", |compiler| format::compile(node.get("as")?, compiler))?,
            aside: if node.get("aside").is_some() { Some(maker.folder("aside", compiler)?) } else { None },
        },
        "write" => Act::Write {
            name: maker.name("write", compiler)?,
            folder: maker.folder("into", compiler)?,
            content: Content::compile(node, asked.scope, compiler)?,
            encoding: maker.encoding(compiler),
        },
        "move" => Act::Move {
            name: maker.name("move", compiler)?,
            from: maker.folders("from", compiler)?,
            to: maker.folder("to", compiler)?,
            as_name: if node.get("as").is_some() { Some(maker.name("as", compiler)?) } else { None },
            marker: node.get("marker").and_then(Node::text).map_or(Value::Null, Value::text),
        },
        _ => Act::Find { name: maker.name("find", compiler)?, folders: maker.folders("in", compiler)? },
    };
    Some(Box::new(Request { act, timeout_millis: plain_millis(node.get("timeout"), compiler) }))
}

/// Compiles the parts of a request.
struct Maker<'a> {
    node: &'a Node,
    asked: &'a Asked<'a>,
}

impl Maker<'_> {
    fn name(&self, key: &str, compiler: &mut Compiler<'_>) -> Option<Tree> {
        compiler.inside(key, |compiler| Tree::compile(self.node.get(key)?, self.asked.scope, compiler))
    }

    /// Settings alone: which folder it is must not depend on what a document holds.
    fn folder(&self, key: &str, compiler: &mut Compiler<'_>) -> Option<Template> {
        self.template(key, self.node.get(key)?, compiler)
    }

    fn folders(&self, key: &str, compiler: &mut Compiler<'_>) -> Option<Vec<Template>> {
        let written = self.node.get(key)?;
        let items = match &written.kind {
            NodeKind::List(items) => items.as_slice(),
            _ => std::slice::from_ref(written),
        };
        if items.is_empty() {
            compiler.error("missing_key", written.span, "no folder is named");
        }
        let folders: Vec<_> = items.iter().filter_map(|item| self.template(key, item, compiler)).collect();
        (!folders.is_empty() && folders.len() == items.len()).then_some(folders)
    }

    fn template(&self, key: &str, node: &Node, compiler: &mut Compiler<'_>) -> Option<Template> {
        let text = node.text()?;
        if let Some(error) = check_folder(text).err().filter(|_| !text.contains("{{")) {
            compiler.inside(key, |compiler| {
                compiler.error("bad_value", node.span, format!("`{text}` is no folder: it {error}"));
            });
        }
        compiler.inside(key, |compiler| compiler.template(node, Place::Plain, &self.asked.scopes.settings()))
    }

    /// JSON and XML say themselves how they are written, and that is UTF-8.
    fn encoding(&self, compiler: &mut Compiler<'_>) -> Value {
        let Some(written) = self.node.get("encoding") else { return Value::Null };
        if let Some(kind) = ["json", "xml"].into_iter().find(|kind| self.node.get(kind).is_some()) {
            compiler
                .error("wrong_type", written.span, format!("`{kind}` is written in UTF-8"))
                .hint("`csv` and `body_text` have an encoding");
        }
        written.text().map_or(Value::Null, Value::text)
    }

    fn files_max(&self, compiler: &mut Compiler<'_>) -> i64 {
        let written = self.node.get("max_files");
        let files_max = written.and_then(Node::int).unwrap_or(FILES_MAX);
        if !(1..=FILES_MAX_MAX).contains(&files_max) {
            let span = written.map_or(self.node.span, |written| written.span);
            compiler.error("bad_value", span, format!("a listing tells of between 1 and {FILES_MAX_MAX} files"));
        }
        files_max
    }
}

fn compile_ready(node: &Node, compiler: &mut Compiler<'_>) -> Option<Value> {
    if node.text().is_some() {
        return Some(Value::map([("unchanged_millis", Value::Int(0))]));
    }
    match (node.get("unchanged_for"), node.get("marker")) {
        (Some(time), None) => {
            let millis = plain_millis(Some(time), compiler)?;
            Some(Value::map([("unchanged_millis", Value::Int(i64::try_from(millis).ok()?))]))
        }
        (None, Some(marker)) => Some(Value::map([("marker", Value::text(marker.text()?))])),
        _ => {
            compiler.error("missing_key", node.span, "either `unchanged_for` or `marker` says when a file is whole");
            None
        }
    }
}

impl Ask for Request {
    fn only_looks(&self) -> bool {
        // A file that is read may be put aside by it.
        matches!(self.act, Act::List { .. } | Act::Find { .. } | Act::Read { aside: None, .. })
    }

    fn draft(
        &self,
        reach: &Reach,
        _told: Option<&str>,
        scope: &Scope<'_>,
        payload: &Value,
        _url: Option<&str>,
    ) -> Result<Draft, BuildError> {
        let mut budget = Budget::default();
        let failed = |place: &str| {
            let place = place.to_owned();
            move |source| BuildError::Evaluate { place, source }
        };
        let place = reach.base_url.render(scope, &mut budget).map_err(failed("file.place"))?;
        let folder = |template: &Template, key: &'static str, budget: &mut Budget| -> Result<Value, BuildError> {
            let text = template.render(scope, budget).map_err(failed(key))?;
            check_folder(&text).map_err(|_| BuildError::Invalid { place: key.to_owned(), why: "is no folder below the place" })?;
            Ok(Value::text(text))
        };
        let folders = |templates: &[Template], key: &'static str, budget: &mut Budget| -> Result<Value, BuildError> {
            let folders: Result<Vec<Value>, BuildError> = templates.iter().map(|template| folder(template, key, budget)).collect();
            Ok(Value::list(folders?))
        };
        let name = |tree: &Tree, key: &str, budget: &mut Budget| -> Result<Value, BuildError> {
            let value = tree.build(scope, payload, key, budget)?;
            let text = scalar_text(&value, key)?.ok_or_else(|| BuildError::Unset { place: key.to_owned() })?;
            check_name(&text).map_err(|NameError(why)| BuildError::Invalid { place: key.to_owned(), why })?;
            Ok(Value::text(text))
        };
        let (method, body) = match &self.act {
            Act::List { folder: of, matching, ready, files_max } => (
                "LIST",
                vec![
                    ("folder", folder(of, "list", &mut budget)?),
                    ("match", matching.clone()),
                    ("ready", ready.clone()),
                    ("max_files", Value::Int(*files_max)),
                ],
            ),
            Act::Read { name: of, folders: among, format, aside } => {
                let mut members =
                    vec![("name", name(of, "read", &mut budget)?), ("in", folders(among, "in", &mut budget)?), ("as", format.clone())];
                if let Some(aside) = aside {
                    members.push(("aside", folder(aside, "aside", &mut budget)?));
                }
                ("READ", members)
            }
            Act::Write { name: of, folder: into, content, encoding } => {
                let mut members = vec![
                    ("name", name(of, "write", &mut budget)?),
                    ("into", folder(into, "into", &mut budget)?),
                    ("content", Value::text(content.build(scope, payload, &mut budget)?)),
                ];
                if *encoding != Value::Null {
                    members.push(("encoding", encoding.clone()));
                }
                ("WRITE", members)
            }
            Act::Move { name: of, from, to, as_name, marker } => {
                let own = name(of, "move", &mut budget)?;
                let new = as_name.as_ref().map_or_else(|| Ok(own.clone()), |tree| name(tree, "as", &mut budget))?;
                let (from, to) = (folders(from, "from", &mut budget)?, folder(to, "to", &mut budget)?);
                ("MOVE", vec![("name", own), ("from", from), ("to", to), ("as", new), ("marker", marker.clone())])
            }
            Act::Find { name: of, folders: among } => {
                ("FIND", vec![("name", name(of, "find", &mut budget)?), ("in", folders(among, "in", &mut budget)?)])
            }
        };
        Ok(job(method, place, Value::map(body), self.timeout_millis))
    }
}
