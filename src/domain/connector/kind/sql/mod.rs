//! `kind: sql`: tables of a database, as many ERPs open them for others (interface tables): PostgreSQL, MySQL and MariaDB, SQLite.
//!
//! A request is one statement or several; all of them are one transaction, and a read is a transaction that cannot write. Values
//! reach a statement only as arguments, names only from settings and only as identifiers, so nothing a document holds can become
//! SQL. Answers: `{rows, changed}` of one statement, `{ID: {rows, changed}}` of several.

mod placeholders;

pub use placeholders::{Named, Part, parts};

use super::{Ask, Asked, ConnectorKind, Reach, job, read_reach};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::operation::Effect;
use crate::domain::connector::request::{Draft, plain_millis};
use crate::domain::connector::scopes::Scopes;
use crate::domain::connector::shape;
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Place, Scope, Template};
use crate::domain::text::shape::{Field, Kind, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::{Map, Value};
use std::sync::Arc;

/// Statements of one transaction; more are a program, which belongs into the database.
const STATEMENTS_MAX: usize = 20;
/// Rows one statement may give where nothing is said.
const ROWS_MAX: i64 = 1_000;
/// Rows one statement may ever give: they are held in memory.
const ROWS_MAX_MAX: i64 = 10_000;

/// The databases spoken to; a statement may be written for each.
pub const DIALECTS: &[&str] = &["postgres", "mysql", "sqlite"];

static REACH: ObjectShape = ObjectShape {
    name: "sql",
    doc: "How the database is reached.",
    fields: &[
        Field::required(
            "database",
            Shape::Template,
            "Where it is: `postgres://host:5432/name`, `mysql://host:3306/name` (MariaDB too) or `sqlite:///path/of/a/file`.",
        ),
        Field::optional("user", Shape::Any, "The user, such as `{value: settings.user}`."),
        Field::optional("password", Shape::Any, "The password, such as `{value: settings.password}`."),
        Field::optional("tls", Shape::Any, "`verify` (the server's certificate must be valid for its name) or `off`; `verify`."),
        Field::optional("timeout", Shape::Duration, "Time for one request, all its statements together; 30s."),
        Field::optional("max_answer", Shape::Size, "Longest answer taken; 16MiB, and never more than `gateway.response_bytes_max`."),
    ],
};

static DIALECT: ObjectShape = ObjectShape {
    name: "sql_by_dialect",
    doc: "The statement for each database it may meet.",
    fields: &[
        Field::optional("postgres", Shape::Template, "For PostgreSQL."),
        Field::optional("mysql", Shape::Template, "For MySQL and MariaDB."),
        Field::optional("sqlite", Shape::Template, "For SQLite."),
    ],
};

const SQL: Shape = Shape::Either(&[Shape::Template, Shape::Object(&DIALECT)]);
const ARGS: Shape = Shape::Map(&Shape::Any);
const ROWS: Shape = Shape::Word(&["any", "some", "one"]);
const OTHERWISE: Shape = Shape::Word(&["not_found", "conflict"]);

static STATEMENT: ObjectShape = ObjectShape {
    name: "sql_statement",
    doc: "One statement of a transaction.",
    fields: &[
        Field::required("id", Shape::Id, "Its id: its rows stand under it in the answer."),
        Field::required("sql", SQL, "The statement; `:name` stands for an argument, `{{settings.NAME}}` for the name of a table."),
        Field::optional("args", ARGS, "The arguments by name; values without a type of their own are sent as text."),
        Field::optional("rows", ROWS, "How many rows it must find or change; `any`."),
        Field::optional("otherwise", OTHERWISE, "What another number of rows means; the transaction is undone. `not_found`."),
        Field::optional("when", Shape::Id, "Skipped unless this earlier statement found or changed rows."),
        Field::optional("unless", Shape::Id, "Skipped when this earlier statement found or changed rows."),
    ],
};

static REQUEST: ObjectShape = ObjectShape {
    name: "sql_request",
    doc: "One transaction.",
    fields: &[
        Field::optional("sql", SQL, "The only statement; `:name` stands for an argument, `{{settings.NAME}}` for the name of a table."),
        Field::optional("args", ARGS, "Its arguments by name."),
        Field::optional("rows", ROWS, "How many rows it must find or change; `any`."),
        Field::optional("otherwise", OTHERWISE, "What another number of rows means; the transaction is undone. `not_found`."),
        Field::optional("statements", Shape::List(&Shape::Object(&STATEMENT)), "Several statements, in order."),
        Field::optional("max_rows", Shape::Int, "Rows one statement may give; 1000."),
        Field::optional("timeout", Shape::Duration, "Time for this request."),
    ],
};

static OPERATION: ObjectShape = ObjectShape {
    name: "sql_operation",
    doc: "One named call.",
    fields: &shape::operation_fields(Field::optional("request", Shape::Object(&REQUEST), "The transaction it is.")),
};

/// The kind.
pub static KIND: ConnectorKind = ConnectorKind {
    shape: Kind {
        word: "sql",
        doc: "Tables of a database.",
        later: false,
        fields: &[
            Field::required("sql", Shape::Object(&REACH), "How the database is reached."),
            Field::optional("operations", Shape::IdMap(&Shape::Object(&OPERATION)), "The calls it offers."),
        ],
    },
    schemes: &[("postgres", Some(5432)), ("postgresql", Some(5432)), ("mysql", Some(3306)), ("mariadb", Some(3306)), ("sqlite", None)],
    reach,
    request: compile,
};

/// The dialect of an address; none when it is of no database that is spoken to.
pub fn dialect(address: &str) -> Option<&'static str> {
    Some(match address.split(':').next()? {
        "postgres" | "postgresql" => "postgres",
        "mysql" | "mariadb" => "mysql",
        "sqlite" => "sqlite",
        _ => return None,
    })
}

#[derive(Debug)]
struct Transaction {
    statements: Vec<Statement>,
    /// Whether the answer names statements.
    named: bool,
    reads: bool,
    rows_max: i64,
    timeout_millis: Option<u64>,
}

#[derive(Debug)]
struct Statement {
    id: Arc<str>,
    /// By dialect; one without stands for all.
    texts: Vec<(Option<&'static str>, Template)>,
    args: Vec<(Arc<str>, Tree)>,
    rows: &'static str,
    otherwise: &'static str,
    when: Option<Arc<str>>,
    unless: Option<Arc<str>>,
}

fn reach(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<Reach> {
    if let Some(word) = node.get("tls").and_then(Node::text).filter(|word| !matches!(*word, "verify" | "off")) {
        let span = node.get("tls").map_or(node.span, |tls| tls.span);
        compiler.error("bad_word", span, format!("`{word}` is not known here")).hint("one of: verify, off");
    }
    read_reach(&KIND, node, ("database", &["user", "password", "tls"]), scopes, compiler)
}

fn compile(node: &Node, asked: &Asked<'_>, compiler: &mut Compiler<'_>) -> Option<Box<dyn Ask>> {
    let rows_max = node.get("max_rows").and_then(Node::int).unwrap_or(ROWS_MAX);
    if !(1..=ROWS_MAX_MAX).contains(&rows_max) {
        let span = node.get("max_rows").map_or(node.span, |rows| rows.span);
        compiler.error("bad_value", span, format!("a statement gives between 1 and {ROWS_MAX_MAX} rows"));
    }
    let timeout_millis = plain_millis(node.get("timeout"), compiler);
    let (statements, named) = match (node.get("sql"), node.get("statements")) {
        (Some(_), None) => (vec![Statement::compile(node, &[], asked, compiler)?], false),
        (None, Some(list)) => (compile_all(list, asked, compiler)?, true),
        (Some(_), Some(list)) => {
            compiler.error("wrong_type", list.span, "`sql` and `statements` cannot stand together").hint("make `sql` the first of them");
            return None;
        }
        (None, None) => {
            compiler.error("missing_key", node.span, "nothing says what is asked").hint("add `sql` or `statements`");
            return None;
        }
    };
    Some(Box::new(Transaction { statements, named, reads: asked.effect == Effect::Read, rows_max, timeout_millis }))
}

fn compile_all(list: &Node, asked: &Asked<'_>, compiler: &mut Compiler<'_>) -> Option<Vec<Statement>> {
    let items = list.items();
    if items.is_empty() || items.len() > STATEMENTS_MAX {
        compiler.error("bad_value", list.span, format!("a transaction has between 1 and {STATEMENTS_MAX} statements"));
        return None;
    }
    let mut statements: Vec<Statement> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let before: Vec<Arc<str>> = statements.iter().map(|statement| statement.id.clone()).collect();
        let statement = compiler.inside(&format!("statements[{index}]"), |compiler| Statement::compile(item, &before, asked, compiler));
        statements.extend(statement);
    }
    (statements.len() == items.len()).then_some(statements)
}

impl Statement {
    fn compile(node: &Node, before: &[Arc<str>], asked: &Asked<'_>, compiler: &mut Compiler<'_>) -> Option<Statement> {
        let id = node.get("id").and_then(Node::text).unwrap_or("statement");
        if before.iter().any(|known| known.as_ref() == id) {
            compiler.error("duplicate_key", node.span, format!("there is already a statement `{id}`"));
        }
        let entries = node.get("args").map(Node::entries).unwrap_or_default();
        let args: Vec<_> = entries
            .iter()
            .filter_map(|(name, value)| {
                super::super::lint::literal_secret(&name.text, value, compiler);
                let tree = compiler.inside(&format!("args.{}", name.text), |compiler| Tree::compile(value, asked.scope, compiler))?;
                Some((Arc::from(name.text.as_str()), tree))
            })
            .collect();
        let texts = compiler.inside("sql", |compiler| compile_texts(node.get("sql")?, asked, compiler))?;
        check_args(node, &args, compiler);
        let known = |key: &str, words: &'static [&'static str]| {
            let word = node.get(key).and_then(Node::text);
            words.iter().copied().find(|known| Some(*known) == word).unwrap_or(words[0])
        };
        let mut earlier = |key: &str| -> Option<Option<Arc<str>>> {
            let Some(written) = node.get(key) else { return Some(None) };
            let name = written.text()?;
            match before.iter().find(|known| known.as_ref() == name) {
                Some(found) => Some(Some(found.clone())),
                None => {
                    let known = before.iter().map(AsRef::as_ref);
                    compiler.inside(key, |compiler| compiler.unknown(written, "earlier statement", name, known));
                    None
                }
            }
        };
        let (when, unless) = (earlier("when")?, earlier("unless")?);
        (args.len() == entries.len()).then_some(Statement {
            id: Arc::from(id),
            texts,
            args,
            rows: known("rows", &["any", "some", "one"]),
            otherwise: known("otherwise", &["not_found", "conflict"]),
            when,
            unless,
        })
    }

    /// The statement as a job; `dialect` is that of the database it goes to.
    fn build(&self, dialect: &str, scope: &Scope<'_>, payload: &Value, budget: &mut Budget) -> Result<Value, BuildError> {
        let place = |what: &str| format!("{}.{what}", self.id);
        let text = self.texts.iter().find(|(known, _)| known.is_none_or(|known| known == dialect));
        let (_, template) = text.ok_or(BuildError::Invalid { place: place("sql"), why: "is not written for this database" })?;
        let sql = template.render(scope, budget).map_err(|source| BuildError::Evaluate { place: place("sql"), source })?;
        let mut args = Map::with_capacity(self.args.len());
        for (name, tree) in &self.args {
            let value = tree.build(scope, payload, &place(name), budget)?;
            args.insert(name.clone(), argument(value, &place(name))?);
        }
        let mut members = vec![
            ("id", Value::Text(self.id.clone())),
            ("sql", Value::text(sql)),
            ("args", Value::Map(Arc::new(args))),
            ("rows", Value::text(self.rows)),
            ("otherwise", Value::text(self.otherwise)),
        ];
        members.extend(self.when.clone().map(|id| ("when", Value::Text(id))));
        members.extend(self.unless.clone().map(|id| ("unless", Value::Text(id))));
        Ok(Value::map(members))
    }
}

/// Points in time say that they are one, for not every database reads them from the same text; what is unset is null.
fn argument(value: Value, place: &str) -> Result<Value, BuildError> {
    Ok(match value {
        Value::Unset => Value::Null,
        Value::Instant(at) => Value::map([("instant", Value::text(at.to_string()))]),
        Value::List(_) | Value::Map(_) => {
            return Err(BuildError::Invalid { place: place.to_owned(), why: "is a list or a mapping where one value is sent" });
        }
        other => other,
    })
}

fn compile_texts(node: &Node, asked: &Asked<'_>, compiler: &mut Compiler<'_>) -> Option<Vec<(Option<&'static str>, Template)>> {
    // Settings alone: whatever a document holds can only be an argument.
    let settings = asked.scopes.settings();
    let one = |node: &Node, compiler: &mut Compiler<'_>| {
        check_text(node, asked.effect, compiler);
        compiler.template(node, Place::SqlName, &settings)
    };
    if node.text().is_some() {
        return Some(vec![(None, one(node, compiler)?)]);
    }
    let entries = node.entries();
    let texts: Vec<_> = entries
        .iter()
        .filter_map(|(key, value)| {
            let dialect = DIALECTS.iter().copied().find(|dialect| *dialect == key.text)?;
            Some((Some(dialect), compiler.inside(dialect, |compiler| one(value, compiler))?))
        })
        .collect();
    if entries.is_empty() {
        compiler.error("missing_key", node.span, "the statement is written for no database").hint("add `postgres`, `mysql` or `sqlite`");
    }
    (!texts.is_empty() && texts.len() == entries.len()).then_some(texts)
}

/// Statements that are one: what changes definitions, sessions or files of the server is none of a connector's business.
const VERBS: &[&str] = &["SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"];

fn check_text(node: &Node, effect: Effect, compiler: &mut Compiler<'_>) {
    let text = node.text().unwrap_or_default();
    let verb: String = text.trim_start().chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_ascii_uppercase();
    if !VERBS.contains(&verb.as_str()) {
        compiler
            .error("bad_value", node.span, "the statement begins with none of the verbs a connector may use")
            .hint(format!("one of: {}", VERBS.join(", ")));
    } else if effect == Effect::Read && !matches!(verb.as_str(), "SELECT" | "WITH") {
        compiler
            .error("wrong_type", node.span, format!("`{verb}` changes something, but the operation is declared as a read"))
            .hint("declare `effect: write`");
    }
    match parts(text) {
        Err(problem) => {
            compiler.error("bad_value", node.span, format!("the statement cannot be read: {problem}"));
        }
        Ok(parts) if parts.iter().any(|part| matches!(part, Part::Text(text) if text.contains(';'))) => {
            compiler
                .error("bad_value", node.span, "a semicolon would begin a second statement")
                .hint("write `statements:`, one of them each");
        }
        Ok(_) => {}
    }
}

/// Each argument has its place, each place its argument.
fn check_args(node: &Node, args: &[(Arc<str>, Tree)], compiler: &mut Compiler<'_>) {
    let Some(written) = node.get("sql") else { return };
    let texts: Vec<&Node> = match written.text() {
        Some(_) => vec![written],
        None => written.entries().iter().map(|(_, value)| value).collect(),
    };
    let mut used: Vec<String> = Vec::new();
    for text in texts {
        let names = parts(text.text().unwrap_or_default()).unwrap_or_default();
        for name in names.into_iter().filter_map(|part| if let Part::Argument(name) = part { Some(name) } else { None }) {
            if !args.iter().any(|(known, _)| known.as_ref() == name) {
                compiler
                    .error("missing_key", text.span, format!("`:{name}` has no argument"))
                    .hint(format!("add `args: {{{name}: {{value: …}}}}`"));
            }
            used.push(name.to_owned());
        }
    }
    for (key, value) in node.get("args").map(Node::entries).unwrap_or_default() {
        if !used.contains(&key.text) {
            compiler.error("unknown_key", value.span, format!("no `:{}` stands in the statement", key.text)).hint("leave it out");
        }
    }
}

impl Ask for Transaction {
    fn draft(
        &self,
        reach: &Reach,
        _told: Option<&str>,
        scope: &Scope<'_>,
        payload: &Value,
        _url: Option<&str>,
    ) -> Result<Draft, BuildError> {
        let mut budget = Budget::default();
        let url = reach
            .base_url
            .render(scope, &mut budget)
            .map_err(|source| BuildError::Evaluate { place: "sql.database".to_owned(), source })?;
        let why = "names no database that is spoken to: postgres, mysql, mariadb or sqlite";
        let dialect = dialect(&url).ok_or(BuildError::Invalid { place: "sql.database".to_owned(), why })?;
        let statements: Vec<Value> =
            self.statements.iter().map(|statement| statement.build(dialect, scope, payload, &mut budget)).collect::<Result<_, _>>()?;
        let body = Value::map([
            ("statements", Value::list(statements)),
            ("named", Value::Bool(self.named)),
            ("max_rows", Value::Int(self.rows_max)),
        ]);
        Ok(job(if self.reads { "READ" } else { "WRITE" }, url, body, self.timeout_millis))
    }

    /// Nothing but queries was compiled for a read, and the database is told that it is one.
    fn only_looks(&self) -> bool {
        self.reads
    }
}
