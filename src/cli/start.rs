//! `waybill start`: begins a flow of a running hub, for a document or by a form.

use std::process::ExitCode;

use clap::{ArgGroup, Args};
use serde_json::{Value, json};

use super::ask::{document_id, print};
use super::client::{Client, HubOption};
use super::exceptions::drawn_key;
use super::exit::Exit;
use super::output::OutputFormat;
use super::project_option::read;
use super::table::table;
use crate::app::people::ComingItem;
use crate::app::starts::{Forecast, Started};

/// Begins a flow of a running hub: for a document that is given or one of the ledger, or by submitting a form.
///
/// The answer comes once it is stored; the same `--key` begins nothing twice, also after a restart. The flow must start by
/// the API (`start: [{api: true}]`) or on the form.
///
/// Examples:
///   waybill start purchase_request_approval --document request.json
///   waybill start purchase_request_approval --for PR-2026-000042
///   waybill start --form purchase_request --values request-form.json --submitter e1001
///   waybill start --form purchase_request --values request-form.json --forecast
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, group(ArgGroup::new("how").args(["flow", "form"]).required(true)))]
pub struct StartArgs {
    #[command(flatten)]
    hub: HubOption,
    /// The flow.
    flow: Option<String>,
    /// The document's content in its canonical form, a JSON file.
    #[arg(long, value_name = "FILE", requires = "flow", conflicts_with = "for_document")]
    document: Option<String>,
    /// A document of the ledger, by its id or any of its business keys.
    #[arg(long = "for", value_name = "DOCUMENT", requires = "flow")]
    for_document: Option<String>,
    /// The form.
    #[arg(long)]
    form: Option<String>,
    /// What is filled in, a JSON file with a member for each field.
    #[arg(long, value_name = "FILE", requires = "form")]
    values: Option<String>,
    /// The person of the directory who fills the form; the token's name when left out.
    #[arg(long, value_name = "ID", requires = "form")]
    submitter: Option<String>,
    /// Only tells whom it would ask, as it is filled; nothing begins.
    #[arg(long, requires = "form", conflicts_with = "key")]
    forecast: bool,
    /// Repeating with the same key does nothing twice. Without it, a key is drawn and shown.
    #[arg(long)]
    key: Option<String>,
}

/// Asks and shows.
pub async fn run(args: StartArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let client = args.hub.client()?;
    let key = args.key.clone().unwrap_or_else(drawn_key);
    let started: Started = match (&args.form, &args.flow) {
        (Some(form), _) => {
            let path = args.values.as_deref().ok_or_else(|| Exit::usage("`--values FILE` is missing: what is filled in"))?;
            let body = json!({"values": json_of("--values", path)?, "submitter": args.submitter});
            if args.forecast {
                let forecast: Forecast = client.post(&["forms", form, "forecast"], &key, &body).await?;
                return print(&forecast, output, foretold);
            }
            client.post(&["forms", form, "submissions"], &key, &body).await?
        }
        (None, Some(flow)) => client.post(&["flows", flow, "instances"], &key, &subject(&client, &args).await?).await?,
        (None, None) => return Err(Exit::usage("name a flow, or a form with `--form`").into()),
    };
    print(&started, output, |started| text(started, &key))
}

async fn subject(client: &Client, args: &StartArgs) -> anyhow::Result<Value> {
    match (&args.document, &args.for_document) {
        (Some(path), _) => Ok(json!({"document": json_of("--document", path)?})),
        (None, Some(name)) => Ok(json!({"document_id": document_id(client, name).await?})),
        (None, None) => Err(Exit::usage("for which document? give `--document FILE` or `--for DOCUMENT`").into()),
    }
}

fn json_of(what: &str, path: &str) -> anyhow::Result<Value> {
    let text = read(what, path)?;
    Ok(serde_json::from_str(&text).map_err(|error| Exit::usage(format!("`{path}` is not JSON: {error}")))?)
}

fn text(started: &Started, key: &str) -> String {
    let Some(document) = &started.document else {
        return format!("It is stored and will be worked on; ask again with `--key {key}`.\n");
    };
    let known = if started.repeated { " (this key was used before)" } else { "" };
    let mut out = format!("{} {} is {}{known}\n", document.kind, document.key, document.status);
    for instance in &started.instances {
        out += &format!("  {} is {} ({})\n", instance.flow, instance.status, instance.id);
    }
    if started.instances.is_empty() {
        out += "  no flow begins with it\n";
    }
    out + &format!("\nWhere is it?  waybill documents why {}\n", document.key)
}

fn foretold(forecast: &Forecast) -> String {
    if forecast.flows.is_empty() {
        return "No flow begins with it.\n".to_owned();
    }
    let mut out = String::new();
    for flow in &forecast.flows {
        let name = |person: &String| match forecast.names.get(person) {
            Some(name) if name != person => format!("{person} ({name})"),
            _ => person.clone(),
        };
        let row = |coming: &ComingItem| {
            let people: Vec<String> = coming.people.iter().filter(|person| !coming.passes.contains(person)).map(name).collect();
            let who = match (coming.known, people.is_empty(), coming.passes.is_empty()) {
                (false, _, _) => "known later".to_owned(),
                (true, true, true) => "nobody".to_owned(),
                (true, true, false) => "passes by itself".to_owned(),
                (true, false, _) => people.join(", "),
            };
            let sure = if coming.certain { "" } else { "perhaps" };
            vec![coming.step.clone(), who, coming.mode.clone(), sure.to_owned()]
        };
        let rows: Vec<Vec<String>> = flow.steps.iter().map(row).collect();
        out += &format!("{} would ask\n{}", flow.flow, table(&["step", "who", "mode", ""], &rows, "Nobody."));
        for step in &flow.stopped {
            out += &format!("It would stop at `{step}` and wait for whoever runs the flow.\n");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::starts::{FlowForecast, StartedDocument, StartedInstance};
    use crate::domain::text::title::Title;
    use std::collections::BTreeMap;
    use uuid::Uuid;

    #[test]
    fn whom_it_would_ask_is_told_step_by_step() {
        let coming = |step: &str, people: &[&str], passes: &[&str], certain: bool, known: bool| ComingItem {
            step: step.into(),
            people: people.iter().map(ToString::to_string).collect(),
            passes: passes.iter().map(ToString::to_string).collect(),
            mode: "all".into(),
            certain,
            known,
        };
        let steps = vec![
            coming("lead", &["ben"], &[], true, true),
            coming("head", &["ben"], &["ben"], true, true),
            coming("board", &[], &[], false, false),
        ];
        let flow =
            FlowForecast { flow: "approve".into(), title: Title::default(), steps, stopped: vec!["route".into()], titles: BTreeMap::new() };
        let told = foretold(&Forecast { flows: vec![flow], names: BTreeMap::from([("ben".into(), "Ben B.".into())]) });
        let lines: Vec<String> = told.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let wanted = [
            "approve would ask",
            "step who mode",
            "lead ben (Ben B.) all",
            "head passes by itself all",
            "board known later all perhaps",
            "It would stop at `route` and wait for whoever runs the flow.",
        ];
        assert_eq!(lines, wanted, "{told}");
        assert_eq!(foretold(&Forecast::default()), "No flow begins with it.\n");
    }

    #[test]
    fn what_began_is_told_with_where_to_look() {
        let document = StartedDocument { id: Uuid::nil(), kind: "request".into(), key: "PR-1".into(), status: "draft".into() };
        let instance = StartedInstance { id: Uuid::nil(), flow: "approve".into(), status: "running".into() };
        let started = Started { document: Some(document), instances: vec![instance], repeated: false };
        let told = text(&started, "k");
        assert!(told.starts_with("request PR-1 is draft\n  approve is running (0000"), "{told}");
        assert!(told.ends_with("waybill documents why PR-1\n"), "{told}");
        assert!(text(&Started { document: None, instances: vec![], repeated: false }, "k").contains("--key k"));
    }
}
