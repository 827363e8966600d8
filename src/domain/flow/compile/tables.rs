//! Which decision tables a flow looks at, and their inputs compiled for its document.

use super::Compiler;
use super::check::fits;
use crate::domain::diagnostic::Span;
use crate::domain::expression::Expression;
use crate::domain::flow::tables::{TableUse, Tables};
use crate::domain::table::{Input, Table};
use std::sync::Arc;

impl Compiler<'_> {
    /// The tables among the paths an expression reads; they are the flow's from now on.
    pub(super) fn tables_in(&mut self, references: &[Arc<str>]) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for reference in references {
            let Some(rest) = reference.strip_prefix("tables") else { continue };
            match rest.strip_prefix('.').map(|rest| rest.split(['.', '[']).next().unwrap_or_default()) {
                Some(id) => found.push(id.to_owned()),
                None if rest.is_empty() || rest.starts_with('[') => found.extend(self.env.tables.keys().cloned()),
                None => {}
            }
        }
        found.sort();
        found.dedup();
        self.tables.extend(found.iter().cloned());
        found
    }

    /// The tables that a template's text names.
    pub(super) fn tables_named(&mut self, text: &str) {
        for (at, word) in text.match_indices("tables.") {
            let rest = &text[at + word.len()..];
            let id: String = rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
            if self.env.tables.contains_key(&id) {
                self.tables.insert(id);
            }
        }
    }

    /// Marks a table as used.
    pub(in crate::domain::flow) fn uses_table(&mut self, id: &str) {
        self.tables.insert(id.to_owned());
    }

    /// Compiles the inputs of all tables that are used. A table may serve flows of several document types, so that what
    /// does not fit is told of the flow at hand, at its id.
    pub(super) fn use_tables(&mut self, place: Span) -> Tables {
        let mut uses = Tables::new();
        for id in self.tables.clone() {
            let Some(table) = self.env.tables.get(&id).cloned() else { continue };
            let inputs: Vec<Option<Expression>> = table.inputs.iter().map(|input| self.table_input(&table, input, place)).collect();
            if let Some(inputs) = inputs.into_iter().collect() {
                uses.insert(id, TableUse { table, inputs });
            }
        }
        uses
    }

    fn table_input(&mut self, table: &Table, input: &Input, place: Span) -> Option<Expression> {
        let text = input.value.text()?;
        let scope = self.start_scope();
        let expression = match Expression::compile(text, &scope) {
            Ok(expression) => expression,
            Err(problems) => {
                let message = format!("the table `{}` cannot look at `{text}` here", table.id);
                self.report
                    .error("table_input", place, message)
                    .hint(problems.first().map(|problem| problem.message.clone()).unwrap_or_default());
                return None;
            }
        };
        let wanted = input.of(table.currency.as_ref());
        if !fits(expression.result_type(), &wanted) {
            let message = format!(
                "the table `{}` takes `{}` as {}, but `{text}` is {}",
                table.id,
                input.name,
                wanted.name(),
                expression.result_type().name()
            );
            self.report.error("table_input", place, message);
            return None;
        }
        let told = || table.inputs.iter().filter_map(|other| other.value.text()).any(|other| other.ends_with("currency"));
        if input.is_decimal() && expression.has_currency() && table.currency.is_none() && !told() {
            let message = format!("the table `{}` compares the amount `{text}`, but does not say in which currency", table.id);
            self.report
                .error("table_input", place, message)
                .hint("add `currency:` to the table, or the amount's currency field to its inputs");
        }
        Some(expression)
    }
}
