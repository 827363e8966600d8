//! `waybill tasks`: what people are asked by a running hub, and deciding it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::ask::{PageOption, more, print};
use super::attached::{attachments, save};
use super::client::HubOption;
use super::exceptions::drawn_key;
use super::output::OutputFormat;
use super::table::{fields, table, time};
use crate::app::people::Delegations;
use crate::app::people::{Acted, ChangedField, DelegationItem, InstancePeople, TaskCountsView, TaskDetail, TaskItem};
use crate::app::reading::List;

/// Shows and decides the tasks of whoever the token belongs to.
///
/// Examples:
///   waybill tasks list
///   waybill tasks show 0192f0c1-2f4e-8a51-b1c2-6d1f0a9b7c33
///   waybill tasks act approve 0192f0c1-2f4e-8a51-b1c2-6d1f0a9b7c33 --comment "within the budget"
///   waybill tasks act approve 0192f0c1-2f4e-8a51-b1c2-6d1f0a9b7c33 --set budget_code=B-100 --seen 1-0-2
///   waybill tasks act complete 0192f0c1-2f4e-8a51-b1c2-6d1f0a9b7c33 --attach receipt.pdf
///   waybill tasks file file:0192f0c1-9a3e-8a51-b1c2-6d1f0a9b7c33 --out receipt.pdf
///   waybill tasks act return 0192f0c1-2f4e-8a51-b1c2-6d1f0a9b7c33 --comment "which supplier?" --straight
///   waybill tasks act add 0192f0c1-2f4e-8a51-b1c2-6d1f0a9b7c33 --to e1007 --how before
///   waybill tasks on-instance withdraw 0192f0c1-7777-8a51-b1c2-6d1f0a9b7c33
///   waybill tasks delegate --to e1007 --from 2026-12-01T00:00:00+08:00 --until 2026-12-08T00:00:00+08:00
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct TasksArgs {
    #[command(flatten)]
    hub: HubOption,
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Lists tasks; one's own turn when nothing is said.
    List {
        /// mine, done, started or copies.
        #[arg(long, default_value = "mine")]
        list: String,
        /// Only of this flow.
        #[arg(long)]
        flow: Option<String>,
        #[command(flatten)]
        page: PageOption,
    },
    /// Counts what waits.
    Counts,
    /// Shows one task: what may be done, what was decided, who comes next.
    Show {
        /// Its id.
        task: Uuid,
    },
    /// Does something about a task: approve, reject, return, transfer, add, remove, claim, release, take_back, assist, contribute, consult, answer, complete, resubmit, read.
    Act(Acting),
    /// Does something about an instance: withdraw, revoke, terminate, intervene, suspend, resume, urge, comment, attach, copy.
    OnInstance(Acting),
    /// Shows who was asked in an instance, what was decided, and who will be asked.
    People {
        /// The instance.
        instance: Uuid,
    },
    /// Saves a file that somebody attached.
    File {
        /// What stands under `ref` of a decision's attachments: `file:` and an id.
        reference: String,
        /// Where it is written; `-` for standard output.
        #[arg(long, value_name = "PATH")]
        out: PathBuf,
    },
    /// Lists delegations that hold or are to come.
    Delegations,
    /// Lets somebody decide for you (or, running flows, for somebody else) for a while.
    Delegate {
        /// Whose tasks; yours when left out.
        #[arg(long)]
        principal: Option<String>,
        /// Who may decide.
        #[arg(long)]
        to: String,
        /// From when, a time with an offset.
        #[arg(long)]
        from: String,
        /// Until when, exclusively.
        #[arg(long)]
        until: String,
        /// Only tasks of this flow; may be given several times.
        #[arg(long)]
        flow: Vec<String>,
        /// Only tasks that come up while it holds.
        #[arg(long)]
        new_only: bool,
    },
    /// Ends a delegation.
    EndDelegation {
        /// Its id.
        delegation: Uuid,
    },
}

#[derive(Debug, Args)]
struct Acting {
    /// The verb.
    verb: String,
    /// The task's or the instance's id.
    id: Uuid,
    /// What you say.
    #[arg(long)]
    comment: Option<String>,
    /// A person it is about, by id; may be given several times.
    #[arg(long)]
    to: Vec<String>,
    /// The step it is about.
    #[arg(long)]
    step: Option<String>,
    /// Where added people stand: before, after or beside.
    #[arg(long)]
    how: Option<String>,
    /// Added people are asked one after the other.
    #[arg(long)]
    in_turn: bool,
    /// After a return: straight back to the step that returned.
    #[arg(long)]
    straight: bool,
    /// What an intervention decides: approved or rejected.
    #[arg(long)]
    outcome: Option<String>,
    /// A field you change, `path=value` with the value as JSON or text; may be given several times.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// The version of the document that you decide on, as `tasks show` says it; with `--set` the one that is there when left out.
    #[arg(long)]
    seen: Option<String>,
    /// A file you attach: a path of this machine, which is uploaded, or `name=reference` for what lies elsewhere; may be given several times.
    #[arg(long, value_name = "PATH|NAME=REFERENCE")]
    attach: Vec<String>,
    /// What tells this act from others: the same is done once. Drawn when left out.
    #[arg(long)]
    key: Option<String>,
}

impl Acting {
    fn body(&self, attachments: &[Value]) -> anyhow::Result<Value> {
        let mut edits = Map::new();
        for pair in &self.set {
            let (path, value) = pair.split_once('=').ok_or_else(|| anyhow::anyhow!("`--set {pair}` is not of the form path=value"))?;
            edits.insert(path.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| json!(value)));
        }
        let mut body = json!({
            "to": self.to, "in_turn": self.in_turn, "straight": self.straight, "edits": edits, "attachments": attachments,
        });
        let texts =
            [("comment", &self.comment), ("step", &self.step), ("how", &self.how), ("outcome", &self.outcome), ("seen", &self.seen)];
        for (name, value) in texts {
            if let (Some(value), Some(body)) = (value, body.as_object_mut()) {
                body.insert(name.to_owned(), json!(value));
            }
        }
        Ok(body)
    }

    fn key(&self) -> String {
        self.key.clone().unwrap_or_else(drawn_key)
    }
}

/// Asks, decides and shows.
pub async fn run(args: TasksArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let client = args.hub.client()?;
    match args.command {
        Verb::List { list, flow, page } => {
            let mut limit = String::new();
            let [limit, cursor] = page.query(&mut limit);
            let query = [("list", Some(list.as_str())), ("flow", flow.as_deref()), limit, cursor];
            let found: List<TaskItem> = client.get(&["tasks"], &query).await?;
            print(&found, output, |found| {
                let rows = found.items.iter().map(row).collect::<Vec<_>>();
                table(&["task", "document", "status", "step", "kind", "state", "whose", "since", "due"], &rows, "There is nothing here.")
                    + &more(found)
            })
        }
        Verb::Counts => {
            let counts: TaskCountsView = client.get(&["tasks", "counts"], &[]).await?;
            print(&counts, output, |counts| {
                fields(&[
                    ("your turn", Some(counts.mine.to_string())),
                    ("of these overdue", Some(counts.overdue.to_string())),
                    ("copies not read", Some(counts.copies.to_string())),
                ])
            })
        }
        Verb::Show { task } => {
            let found: TaskDetail = client.get(&["tasks", &task.to_string()], &[]).await?;
            print(&found, output, detail)
        }
        Verb::Act(mut acting) => {
            if acting.seen.is_none() && !acting.set.is_empty() {
                let found: TaskDetail = client.get(&["tasks", &acting.id.to_string()], &[]).await?;
                acting.seen = Some(found.version);
            }
            let id = acting.id.to_string();
            let attached = attachments(&client, ["tasks", &id], &acting.attach).await?;
            let acted: Acted = client.post(&["tasks", &id, &acting.verb], &acting.key(), &acting.body(&attached)?).await?;
            print(&acted, output, said)
        }
        Verb::OnInstance(acting) => {
            let id = acting.id.to_string();
            let attached = attachments(&client, ["instances", &id], &acting.attach).await?;
            let acted: Acted = client.post(&["instances", &id, "people", &acting.verb], &acting.key(), &acting.body(&attached)?).await?;
            print(&acted, output, said)
        }
        Verb::People { instance } => {
            let found: InstancePeople = client.get(&["instances", &instance.to_string(), "people"], &[]).await?;
            print(&found, output, people)
        }
        Verb::File { reference, out } => save(&client, &reference, &out, output).await,
        Verb::Delegations => {
            let found: Delegations = client.get(&["delegations"], &[]).await?;
            print(&found, output, |found| {
                let rows = found.items.iter().map(delegation).collect::<Vec<_>>();
                table(&["delegation", "whose", "by whom", "from", "until", "flows"], &rows, "Nobody decides for anybody else.")
            })
        }
        Verb::Delegate { principal, to, from, until, flow, new_only } => {
            let mut body = json!({"agent": to, "from": from, "until": until, "flows": flow, "new_only": new_only});
            if let (Some(principal), Some(body)) = (principal, body.as_object_mut()) {
                body.insert("principal".to_owned(), json!(principal));
            }
            let made: DelegationItem = client.post(&["delegations"], &drawn_key(), &body).await?;
            print(&made, output, |made| {
                format!("{} decides for {} from {} until {} ({})\n", made.agent, made.principal, time(made.from), time(made.until), made.id)
            })
        }
        Verb::EndDelegation { delegation } => {
            client.delete(&["delegations", &delegation.to_string()]).await?;
            print(&json!({"ended": delegation}), output, |_| "it holds no longer\n".to_owned())
        }
    }
}

fn row(task: &TaskItem) -> Vec<String> {
    let due = task.due.map(time).unwrap_or_default();
    vec![
        task.id.to_string(),
        task.document.key.clone(),
        task.document.status.clone(),
        task.step.clone(),
        // What another system asks: where it is decided.
        task.outside.as_ref().map_or_else(|| task.kind.clone(), |there| format!("{} {}", task.kind, there.connection)),
        task.state.clone(),
        task.person_name.clone(),
        time(task.since),
        if task.overdue { format!("{due} (overdue)") } else { due },
    ]
}

fn delegation(item: &DelegationItem) -> Vec<String> {
    let flows = if item.flows.is_empty() { "all".to_owned() } else { item.flows.join(", ") };
    vec![item.id.to_string(), item.principal.clone(), item.agent.clone(), time(item.from), time(item.until), flows]
}

fn said(acted: &Acted) -> String {
    let at = match (&acted.outcome, &acted.at_step) {
        (Some(outcome), _) => format!(", outcome {outcome}"),
        (None, Some(step)) => format!(", stands at {step}"),
        (None, None) => String::new(),
    };
    format!("done; the instance is {}{at}\n", acted.status)
}

fn detail(found: &TaskDetail) -> String {
    let task = &found.task;
    let words = |on: &str| found.verbs.iter().filter(|verb| verb.on == on).map(|verb| verb.verb.as_str()).collect::<Vec<_>>().join(", ");
    let text = fields(&[
        ("document", Some(format!("{} {} ({})", task.document.kind, task.document.key, task.document.status))),
        ("step", Some(format!("{} (visit {}, round {})", task.step, task.visit, task.round))),
        ("whose", Some(format!("{} ({})", task.person_name, task.person))),
        ("state", Some(format!("{}, {}", task.kind, task.state))),
        ("due", task.due.map(time)),
        ("with the task", Some(words("task"))),
        ("with the instance", Some(words("instance"))),
        ("version", Some(found.version.clone()).filter(|version| !version.is_empty())),
        ("new to you", Some(found.since_last_view.decisions.len().to_string())),
    ]);
    text + "\n" + &changed(&found.since_last_view.changes) + &people(&found.people)
}

/// What became of the fields since the caller last looked.
fn changed(changes: &[ChangedField]) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let shown = |value: &Value| match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let rows: Vec<Vec<String>> =
        changes.iter().map(|change| vec![change.field.clone(), shown(&change.before), shown(&change.after)]).collect();
    format!("Changed since you last looked\n{}\n", table(&["field", "you saw", "now"], &rows, ""))
}

fn people(found: &InstancePeople) -> String {
    let tasks = found.tasks.iter().map(|task| {
        let whose = match &task.actor {
            Some(actor) => format!("{} by {actor}", task.person),
            None => task.person.clone(),
        };
        vec![
            task.step.clone(),
            task.visit.to_string(),
            whose,
            task.kind.clone(),
            task.state.clone(),
            task.ended.map(time).unwrap_or_default(),
        ]
    });
    let tasks = table(&["step", "visit", "whose", "kind", "state", "over"], &tasks.collect::<Vec<_>>(), "Nobody so far.");
    let decisions = found.decisions.iter().map(|decision| {
        let who = match &decision.on_behalf_of {
            Some(principal) => format!("{} for {principal}", decision.person),
            None => decision.person.clone(),
        };
        let why = decision.comment.clone().or_else(|| decision.why.clone()).unwrap_or_default();
        vec![time(decision.at), who, decision.verb.clone(), decision.step.clone().unwrap_or_default(), why]
    });
    let decisions = table(&["when", "who", "verb", "step", "said"], &decisions.collect::<Vec<_>>(), "Nothing so far.");
    let coming = found.forecast.iter().map(|coming| {
        let sure = if coming.certain { "" } else { "perhaps" };
        let people = if coming.known { coming.people.join(", ") } else { "known later".to_owned() };
        vec![coming.step.clone(), people, coming.mode.clone(), sure.to_owned()]
    });
    let coming = table(&["step", "who", "mode", ""], &coming.collect::<Vec<_>>(), "Nobody more.");
    format!("Asked so far\n{tasks}\nDecided\n{decisions}\nTo come\n{coming}")
}
