//! `waybill connector form`: whether a template at a vendor is still the one that a vendor form describes.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value as Json, json};

use super::super::ask::print;
use super::super::config_option::ConfigOption;
use super::super::exit::Exit;
use super::super::output::{OutputFormat, many};
use super::super::partner::Partners;
use super::super::project_option::{Project, ProjectOption};
use super::super::table::table;
use crate::domain::binding::Connection;
use crate::domain::connector::forms::TemplateField;
use crate::domain::vendor_form::{Discrepancy, VendorField, VendorForm, compare, stands_for};

/// Reads the template of an approval at its vendor and says field by field what differs from the form that describes it.
///
/// Somebody redraws a template over there, and nobody tells the hub: a renamed field is refused, a new one that must be filled
/// too. A vendor form (`forms/ID.yaml` with `vendor_form: ID`) describes the template once; `waybill check` holds mappings
/// against it, this command holds it against the template as it is now. It is read through the operation that the connector's
/// `forms` names; nothing is written. `waybill doctor` does the same for every form and connection of the project.
///
/// `--draft` prints a form of what is there now, to begin with or to compare.
///
/// Exit codes: 0 nothing that breaks differs, 1 something does or the template cannot be read, 2 it was called wrongly.
///
/// Examples:
///   waybill connector form oa_dingtalk po_dingtalk
///   waybill connector form oa_dingtalk po_dingtalk --output json
///   waybill connector form oa_dingtalk po_dingtalk --draft
///   waybill connector form oa_dingtalk new_form --draft > forms/new_form.yaml
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct FormArgs {
    /// The connection, such as oa_dingtalk.
    connection: String,
    /// The vendor form, such as po_dingtalk; with `--draft` the id that the draft gets.
    form: String,
    /// Print a form of the template as it is now instead of comparing.
    #[arg(long)]
    draft: bool,
    /// Allows systems on this machine itself, as `gateway.allow_loopback` does for the hub.
    #[arg(long)]
    loopback: bool,
    #[command(flatten)]
    project: ProjectOption,
    #[command(flatten)]
    config: ConfigOption,
}

/// Reads and compares.
pub async fn run(args: FormArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let project = args.project.load()?;
    let connection = connection(&project, &args.connection)?;
    let partners = Partners::new(&args.project.project, &args.config.load()?.gateway, args.loopback);
    if args.draft {
        let blank = blank(&project, connection, &args.form)?;
        let there = partners.template(&blank, connection).await.map_err(Exit::failed)?;
        let text = draft(&blank, &there);
        return print(&json!({"form": args.form, "text": text}), output, |_| text.clone());
    }
    let known = || project.catalog.vendor_forms.keys().map(AsRef::as_ref);
    let form = project.catalog.vendor_forms.get(args.form.as_str());
    let form = form.ok_or_else(|| project.missing("vendor form", &args.form, known()))?;
    if form.connector.id != connection.connector {
        let message =
            format!("`{}` is a form of `{}`, but `{}` speaks `{}`", form.id, form.connector.id, connection.id, connection.connector);
        return Err(Exit::usage(message).into());
    }
    if let Err((setting, given)) = stands_for(form, connection) {
        let message = format!("`{}` stands for another template: the connection's `{setting}` is `{given}`", form.id);
        return Err(Exit::usage(message).hint("name the form of that template, or mend `template` of the form").into());
    }
    let there = partners.template(form, connection).await.map_err(Exit::failed)?;
    let found = compare(form, &there);
    let breaks = found.iter().filter(|one| one.breaks).count();
    let answer = json!({
        "connection": connection.id, "form": form.id, "fields_in_template": there.len(), "breaks": breaks, "discrepancies": found,
    });
    print(&answer, output, |_| text(form, &there, &found))?;
    Ok(if breaks == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn connection<'p>(project: &'p Project, name: &str) -> anyhow::Result<&'p Arc<Connection>> {
    let catalog = &project.catalog;
    let known = || catalog.connections.keys().map(AsRef::as_ref);
    catalog.connections.get(name).ok_or_else(|| project.missing("connection", name, known()))
}

/// A form without fields, of the one layout that a connector has.
fn blank(project: &Project, connection: &Connection, id: &str) -> anyhow::Result<VendorForm> {
    let connectors = || project.catalog.connectors.keys().map(AsRef::as_ref);
    let connector = project.catalog.connectors.get(&connection.connector);
    let connector = connector.ok_or_else(|| project.missing("connector", &connection.connector, connectors()))?;
    let Some(operation) = connector.forms.keys().next() else {
        let hint = "add `forms` with `template` to the connector; docs/guide/forms-of-approval-systems.md says how";
        return Err(Exit::usage(format!("`{}` does not say how forms are written and read", connector.id)).hint(hint).into());
    };
    Ok(VendorForm {
        id: id.into(),
        title: crate::domain::text::title::Title::default(),
        connector: connector.clone(),
        operation: operation.clone(),
        template: indexmap::IndexMap::default(),
        fields: Vec::new(),
    })
}

fn text(form: &VendorForm, there: &[TemplateField], found: &[Discrepancy]) -> String {
    let mut rows = Vec::new();
    let stands = |path: &str| {
        let words: Vec<&str> = found.iter().filter(|one| one.field == path).map(|one| one.message.as_str()).collect();
        if words.is_empty() { "as described".to_owned() } else { words.join("; ") }
    };
    for field in &form.fields {
        for (path, one) in std::iter::once((field.id.to_string(), field))
            .chain(field.columns.iter().map(|column| (format!("{}.{}", field.id, column.id), column)))
        {
            rows.push(row(&path, one, stands(&path)));
        }
    }
    let known: Vec<String> = rows.iter().map(|row| row[0].clone()).collect();
    for one in found.iter().filter(|one| !known.contains(&one.field)) {
        rows.push(vec![one.field.clone(), "-".to_owned(), "-".to_owned(), one.message.clone()]);
    }
    let mut text = table(&["FIELD", "KIND", "REQUIRED", "THE TEMPLATE"], &rows, "The form has no fields.");
    for one in found {
        text +=
            &format!("\n{}  {}: {}\n        hint: {}\n", if one.breaks { "BREAKS" } else { "differs" }, one.field, one.message, one.hint);
    }
    let breaking = found.iter().filter(|one| one.breaks).count();
    text += &match found.len() {
        0 => format!("\nThe template is as described ({}).\n", many(there.len(), "field")),
        count => format!("\n{}, of which {breaking} refuse documents.\n", many(count, "difference")),
    };
    text
}

fn row(path: &str, field: &VendorField, stands: String) -> Vec<String> {
    let required = if field.required { "yes" } else { "no" };
    vec![path.to_owned(), field.kind.to_string(), required.to_owned(), stands]
}

/// A form of what is there: fields that the vendor fills itself are left out.
fn draft(form: &VendorForm, there: &[TemplateField]) -> String {
    let quoted = |text: &str| Json::from(text).to_string();
    let sent = |field: &&TemplateField| form.layout().and_then(|layout| layout.kinds.get(field.kind.as_str())).is_none_or(|kind| kind.sent);
    let head = |field: &TemplateField| {
        let required = if field.required { ", required: true" } else { "" };
        format!("id: {}, kind: {}{required}", quoted(&field.id), quoted(&field.kind))
    };
    let mut text = format!(
        "# The template as it is now. Say under `template` which setting names it, and `by: connector` at the field with the hub's number.\nformat: 1\nvendor_form: {}\nconnector: {}\noperation: {}\nfields:\n",
        form.id, form.connector.id, form.operation
    );
    for field in there.iter().filter(sent) {
        if field.columns.is_empty() {
            text += &format!("  - {{{}}}\n", head(field));
            continue;
        }
        text += &format!("  - id: {}\n    kind: {}\n", quoted(&field.id), quoted(&field.kind));
        if field.required {
            text += "    required: true\n";
        }
        text += "    fields:\n";
        for column in field.columns.iter().filter(sent) {
            text += &format!("      - {{{}}}\n", head(column));
        }
    }
    text
}
