//! `waybill connector new`: a connector begun from answers, asked for or given.

use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::Value as Json;

use super::super::exit::Exit;
use super::super::output::OutputFormat;
use super::asking::Asker;
use super::drafting::{unreadable, write, wrong_id};
use super::import::sample;
use crate::domain::connector::draft::sketch::{self, Promised};
use crate::domain::connector::draft::template::Template;
use crate::domain::connector::draft::{Auth, Draft, Written};

/// Begins a connector: definition, examples and a connection, which `waybill check` accepts and `waybill test` runs.
///
/// At a terminal, what is not given is asked for. Nothing is sent, and nothing that is there is overwritten. A system that speaks
/// HTTP begins with its first read and write, and with a listing where it is to be asked what has changed; tables, files, queues and
/// mail begin with a template (`--kind`).
///
/// Examples:
///   waybill connector new
///   waybill connector new plant --kind sql --base-url postgres://db.example:5432/plant
///   waybill connector new plant --kind file --base-url sftp://files.example:22/drop
///   waybill connector new crm --base-url https://crm.example --auth bearer --read get_order --path '/orders/{id}'
///   waybill connector new crm --base-url https://crm.example --auth basic --read get_order --path '/orders/{id}' --write create_order --write-path /orders --repeat find --find-path '/orders?reference={reference}'
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct NewArgs {
    /// The connector's id, such as crm.
    id: Option<String>,
    /// What people see.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// How the system is reached.
    #[arg(long, value_name = "KIND", value_parser = WAYS.map(|(word, _)| word))]
    kind: Option<String>,
    /// Where the system is, such as https://crm.example/api; of another kind as that writes it, such as postgres://db.example/erp.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// How a connection proves who it is.
    #[arg(long, value_name = "KIND", value_parser = AUTHS.map(|(word, _)| word))]
    auth: Option<String>,
    /// The header of `--auth header`.
    #[arg(long, value_name = "NAME")]
    header: Option<String>,
    /// Where `--auth oauth2` and `--auth consent` get tokens.
    #[arg(long, value_name = "URL")]
    token_url: Option<String>,
    /// Where `--auth consent` asks the person.
    #[arg(long, value_name = "URL")]
    authorize_url: Option<String>,
    /// The first read, such as get_order.
    #[arg(long, value_name = "NAME")]
    read: Option<String>,
    /// Its path, such as '/orders/{id}?expand=lines'.
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// What it is answered: a JSON file from which the output is drafted.
    #[arg(long, value_name = "FILE")]
    answer: Option<String>,
    /// A listing of what has changed, which is read from time to time, such as '/orders?changed_since={since}'.
    #[arg(long, value_name = "PATH")]
    list_path: Option<String>,
    /// What it is answered: a JSON file from which its rows are drafted.
    #[arg(long, value_name = "FILE")]
    list_answer: Option<String>,
    /// The first write, such as create_order.
    #[arg(long, value_name = "NAME")]
    write: Option<String>,
    /// Its path.
    #[arg(long, value_name = "PATH")]
    write_path: Option<String>,
    /// Its method.
    #[arg(long, value_name = "METHOD", default_value = "POST", value_parser = ["POST", "PUT", "PATCH"])]
    method: String,
    /// What makes a repeat of it harmless.
    #[arg(long, value_name = "HOW", value_parser = REPEATS.map(|(word, _)| word))]
    repeat: Option<String>,
    /// The header of `--repeat key`.
    #[arg(long, value_name = "NAME", default_value = "Idempotency-Key")]
    key_header: String,
    /// The search of `--repeat find`, such as '/orders?reference={reference}'.
    #[arg(long, value_name = "PATH")]
    find_path: Option<String>,
    /// Ask also when this is no terminal.
    #[arg(long)]
    guided: bool,
    /// The project folder it is written into.
    #[arg(long, value_name = "DIR", default_value = ".")]
    project: PathBuf,
    /// Only show what would be written.
    #[arg(long)]
    dry_run: bool,
}

const WAYS: [(&str, &str); 5] = [
    ("http", "requests over HTTP"),
    ("sql", "tables of a database"),
    ("file", "files in folders, on this machine or over SFTP"),
    ("amqp", "queues of a broker (AMQP 0-9-1)"),
    ("smtp", "mail that is sent"),
];

const AUTHS: [(&str, &str); 6] = [
    ("none", "not at all"),
    ("basic", "user and password"),
    ("bearer", "a fixed token (Authorization: Bearer …)"),
    ("header", "a key in a header of its own"),
    ("oauth2", "OAuth 2 client credentials"),
    ("consent", "OAuth 2 with the consent of a person"),
];

const REPEATS: [(&str, &str); 4] = [
    ("find", "it is safe: the system can be searched for our number"),
    ("key", "it is safe: the system honours a key in a header"),
    ("nature", "it is safe: doing it twice is doing it once"),
    ("none", "nothing does: it may duplicate, and a person decides"),
];

/// Begins.
pub fn run(args: &NewArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let draft = if args.guided || std::io::stdin().is_terminal() {
        let asker = Asker::new(BufReader::new(std::io::stdin()), std::io::stderr());
        draft(args, &mut Answers { asker: Some(asker) })?
    } else {
        draft(args, &mut Answers::<BufReader<std::io::Stdin>, std::io::Stderr> { asker: None })?
    };
    write(&args.project, &draft, args.dry_run, output)
}

/// Options that only a system over HTTP has; one that is given for another kind would be lost without a word.
fn of_http(args: &NewArgs) -> Option<&'static str> {
    let given = [
        ("--auth", args.auth.is_some()),
        ("--read", args.read.is_some()),
        ("--path", args.path.is_some()),
        ("--answer", args.answer.is_some()),
        ("--list-path", args.list_path.is_some()),
        ("--list-answer", args.list_answer.is_some()),
        ("--write", args.write.is_some()),
        ("--write-path", args.write_path.is_some()),
        ("--repeat", args.repeat.is_some()),
        ("--find-path", args.find_path.is_some()),
    ];
    given.into_iter().find(|(_, given)| *given).map(|(option, _)| option)
}

/// What is given, else what is asked.
struct Answers<R: BufRead, W: Write> {
    asker: Option<Asker<R, W>>,
}

impl<R: BufRead, W: Write> Answers<R, W> {
    fn text(
        &mut self,
        given: Option<&String>,
        option: &str,
        question: &str,
        meant: &str,
        wrong: impl Fn(&str) -> Option<String>,
    ) -> anyhow::Result<String> {
        match (given, &mut self.asker) {
            (Some(given), _) => match wrong(given) {
                None => Ok(given.clone()),
                Some(words) => Err(Exit::usage(format!("{option}: {words}")).into()),
            },
            (None, Some(asker)) => asker.text(question, meant, wrong),
            (None, None) if wrong(meant).is_none() => Ok(meant.to_owned()),
            (None, None) => Err(Exit::usage(format!("{option} is missing"))
                .hint("at a terminal, or with `--guided`, what is missing is asked for")
                .into()),
        }
    }

    /// A JSON file; none where none is named.
    fn file(&mut self, given: Option<&String>, question: &str) -> anyhow::Result<Option<Json>> {
        let file = match (given, &mut self.asker) {
            (None, Some(asker)) => asker.text(question, "", |_| None)?,
            (given, _) => given.cloned().unwrap_or_default(),
        };
        if file.is_empty() { Ok(None) } else { Ok(Some(sample(&file)?)) }
    }

    fn word(&mut self, given: Option<&String>, question: &str, words: &[(&str, &str)], meant: &str) -> anyhow::Result<String> {
        match (given, &mut self.asker) {
            (Some(given), _) => Ok(given.clone()),
            (None, Some(asker)) => asker.word(question, words, meant),
            (None, None) => Ok(meant.to_owned()),
        }
    }
}

fn draft<R: BufRead, W: Write>(args: &NewArgs, answers: &mut Answers<R, W>) -> anyhow::Result<Written> {
    let id = answers.text(args.id.as_ref(), "ID", "What is the system called here (its id, such as crm)", "", wrong_id)?;
    let title = answers.text(args.title.as_ref(), "--title", "What do people see", &id.replace('_', " "), |_| None)?;
    let kind = answers.word(args.kind.as_ref(), "How is it reached", &WAYS, "http")?;
    if let Some(template) = Template::of(&kind) {
        if let Some(option) = of_http(args) {
            return Err(Exit::usage(format!("`{option}` is of systems over HTTP, and `--kind {kind}` is none")).into());
        }
        let question = format!("Where is it (such as {})", template.such);
        let place = answers.text(args.base_url.as_ref(), "--base-url", &question, "", |place| template.wrong(place))?;
        return template.draft(&id, &title, &place).map_err(unreadable);
    }
    let base = answers.text(args.base_url.as_ref(), "--base-url", "Where is it (such as https://crm.example/api)", "", wrong_url)?;
    let mut draft = Draft::new(&id, title, "answers to `waybill connector new`");
    draft.base_url = Some(base.trim_end_matches('/').to_owned());
    draft.auth = auth(args, answers)?;
    let name = answers.text(args.read.as_ref(), "--read", "A first read (such as get_order)", "", wrong_id)?;
    let path = answers.text(args.path.as_ref(), "--path", "Its path (such as /orders/{id})", "", wrong_path)?;
    let answer = answers.file(args.answer.as_ref(), "A file with an answer to it (nothing for none)")?;
    sketch::read(&mut draft, &sketch::Read { name, path, answer }).map_err(unreadable)?;
    let question = "A listing of what has changed (its path, such as /orders?changed_since={since}; nothing for none)";
    let path =
        answers.text(args.list_path.as_ref(), "--list-path", question, "", |path| if path.is_empty() { None } else { wrong_path(path) })?;
    if !path.is_empty() {
        let answer = answers.file(args.list_answer.as_ref(), "A file with an answer to that (nothing for none)")?;
        sketch::listing(&mut draft, &sketch::List { path, answer }).map_err(unreadable)?;
    }
    let optional = |name: &str| if name.is_empty() { None } else { wrong_id(name) };
    let name = answers.text(args.write.as_ref(), "--write", "A first write (such as create_order; nothing for none)", "", optional)?;
    if !name.is_empty() {
        let path = answers.text(args.write_path.as_ref(), "--write-path", "Its path (such as /orders)", "", wrong_path)?;
        let method = ["POST", "PUT", "PATCH"].into_iter().find(|method| *method == args.method).unwrap_or("POST");
        let promise = promise(args, answers)?;
        sketch::write(&mut draft, &sketch::Write { name, method, path, promise }).map_err(unreadable)?;
    }
    draft.open.push(
        "limits of the system: `limits: {rate: …, concurrency: …}`; without them nothing keeps the hub from asking too much".to_owned(),
    );
    if draft.listing.is_none() {
        draft.open.push(
            "how the hub hears of changes: `webhooks:`, or `streams:` that are read from time to time, and `events:` that say what they mean"
                .to_owned(),
        );
    }
    Ok(draft.written())
}

fn auth<R: BufRead, W: Write>(args: &NewArgs, answers: &mut Answers<R, W>) -> anyhow::Result<Auth> {
    let kind = answers.word(args.auth.as_ref(), "How does a connection prove who it is", &AUTHS, "none")?;
    let token_url =
        |answers: &mut Answers<R, W>| answers.text(args.token_url.as_ref(), "--token-url", "Where are tokens given", "", wrong_url);
    Ok(match kind.as_str() {
        "basic" => Auth::Basic,
        "bearer" => Auth::Bearer,
        "header" => {
            let header = answers.text(args.header.as_ref(), "--header", "Which header", "X-Api-Key", |_| None)?;
            Auth::Headers(vec![(header, "api_key".to_owned())])
        }
        "oauth2" => Auth::ClientCredentials(token_url(answers)?),
        "consent" => {
            let authorize = answers.text(args.authorize_url.as_ref(), "--authorize-url", "Where is the person asked", "", wrong_url)?;
            Auth::Consent(authorize, token_url(answers)?)
        }
        _ => Auth::None,
    })
}

fn promise<R: BufRead, W: Write>(args: &NewArgs, answers: &mut Answers<R, W>) -> anyhow::Result<Promised> {
    Ok(match answers.word(args.repeat.as_ref(), "When its answer is lost, what makes a repeat harmless", &REPEATS, "none")?.as_str() {
        "find" => Promised::Find(answers.text(
            args.find_path.as_ref(),
            "--find-path",
            "The search (such as /orders?reference={reference})",
            "",
            wrong_path,
        )?),
        "key" => Promised::Header(args.key_header.clone()),
        "nature" => Promised::Nature,
        _ => Promised::None,
    })
}

fn wrong_path(path: &str) -> Option<String> {
    (!path.starts_with('/')).then(|| format!("`{path}` is no path: it begins with `/`, such as `/orders/{{id}}`"))
}

fn wrong_url(url: &str) -> Option<String> {
    let parsed = url::Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    match parsed {
        None => Some(format!("`{url}` is no address: such as `https://crm.example/api`")),
        Some(url) if !url.username().is_empty() || url.password().is_some() => {
            Some("user and password do not stand in the address; see `--auth`".to_owned())
        }
        Some(_) => None,
    }
}
