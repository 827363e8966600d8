//! Compiles the expressions, paths and templates of a connector, with every problem at its place in the file.

use super::types;
use crate::domain::diagnostic::{Diagnostic, Hint, Report, Span, did_you_mean};
use crate::domain::expression::{Expression, Path, Place, Problem, ScopeType, Template};
use crate::domain::text::shape::{Shape, check};
use crate::domain::text::tree::Node;
use crate::domain::value::{ObjectType, Type};

/// The report and where in the definition we are.
pub(super) struct Compiler<'r> {
    report: &'r mut Report,
    path: String,
}

impl<'r> Compiler<'r> {
    pub(super) fn new(report: &'r mut Report) -> Self {
        Compiler { report, path: String::new() }
    }

    /// The file that is compiled.
    pub(super) fn file(&self) -> std::sync::Arc<str> {
        self.report.file()
    }

    /// Works one level deeper.
    pub(super) fn inside<T>(&mut self, part: &str, work: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        if !part.starts_with('[') && !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(part);
        let result = work(self);
        self.path.truncate(length);
        result
    }

    /// Records an error here.
    pub(super) fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let path = self.path.clone();
        self.report.error(code, span, message).at(path)
    }

    /// Lets others report into the same report, told where in the definition we are.
    pub(super) fn reporting<T>(&mut self, work: impl FnOnce(&mut Report, &str) -> T) -> T {
        work(self.report, &self.path)
    }

    /// Checks a node that stands inside a free tree against a shape; none when it does not fit.
    pub(super) fn shape(&mut self, node: &Node, shape: &Shape) -> Option<()> {
        let mut inner = Report::new(self.report.file());
        check(node, shape, &mut inner);
        let items = inner.into_items();
        let fits = items.is_empty();
        for item in items {
            // The check begins anew here, so its paths do.
            let (path, hint) = (item.path, item.hint);
            let here = |compiler: &mut Self| compiler.error(item.code, item.span, item.message).hint = hint;
            if path.is_empty() { here(self) } else { self.inside(&path, here) }
        }
        fits.then_some(())
    }

    /// A name that the declared type does not have.
    pub(super) fn unknown_field(&mut self, span: Span, name: &str, of: &ObjectType) {
        let hint = match did_you_mean(name, of.fields.keys().map(AsRef::as_ref)) {
            Some(near) => Hint::meant(near),
            None => format!("`{}` has {}", of.name, types::names(of)).into(),
        };
        self.error("unknown_field", span, format!("`{name}` is not declared")).hint(hint);
    }

    /// A reference to something of this connector that is not there.
    pub(super) fn unknown<'a>(&mut self, node: &Node, what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) {
        let near = did_you_mean(name, known).map(Hint::meant);
        let diagnostic = self.error("unknown_definition", node.span, format!("there is no {what} `{name}` in this connector"));
        diagnostic.hint = near;
    }

    /// A CEL expression of whatever type.
    pub(super) fn expression(&mut self, node: &Node, scope: &ScopeType) -> Option<Expression> {
        let text = node.text()?;
        match Expression::compile(text, scope) {
            Ok(expression) => Some(expression),
            Err(problems) => self.problems(node, problems),
        }
    }

    /// A CEL expression of a declared type.
    pub(super) fn typed(&mut self, node: &Node, scope: &ScopeType, wanted: &Type) -> Option<Expression> {
        let text = node.text()?;
        if matches!(wanted, Type::Decimal { .. }) {
            // Whole numbers become decimals where decimals are wanted.
            return match Expression::compile_expecting(text, scope, wanted) {
                Ok(expression) => Some(expression),
                Err(problems) => self.problems(node, problems),
            };
        }
        let expression = self.expression(node, scope)?;
        if !types::fits(expression.result_type(), wanted) {
            let message = format!("{} is wanted here, but the expression gives {}", wanted.name(), expression.result_type().name());
            self.error("expression_type", node.span, message);
            return None;
        }
        Some(expression)
    }

    /// A CEL expression that holds or does not.
    pub(super) fn condition(&mut self, node: &Node, scope: &ScopeType) -> Option<Expression> {
        self.typed(node, scope, &Type::Bool)
    }

    /// A JSONPath.
    pub(super) fn json_path(&mut self, node: &Node) -> Option<Path> {
        let text = node.text()?;
        match Path::compile(text) {
            Ok(path) => Some(path),
            Err(problems) => self.problems(node, problems),
        }
    }

    /// A template.
    pub(super) fn template(&mut self, node: &Node, place: Place, scope: &ScopeType) -> Option<Template> {
        let text = node.text()?;
        match Template::compile(text, place, scope) {
            Ok(template) => Some(template),
            Err(problems) => self.problems(node, problems),
        }
    }

    fn problems<T>(&mut self, node: &Node, problems: Vec<Problem>) -> Option<T> {
        for problem in problems {
            let span = node.part(problem.offset, problem.length);
            let diagnostic = self.error(problem.code, span, problem.message);
            diagnostic.hint = problem.hint;
        }
        None
    }
}
