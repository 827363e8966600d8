//! `kind: basic`: user and password on every request.

use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::lint::literal_secret;
use crate::domain::connector::request::{Draft, scalar_text};
use crate::domain::connector::scopes::Scopes;
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Scope};
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The shape.
pub static KIND: Kind = Kind {
    word: "basic",
    doc: "User and password on every request.",
    later: false,
    fields: &[
        Field::required("user", Shape::Any, "The user, such as `{value: settings.user}`."),
        Field::required("password", Shape::Any, "The password, such as `{value: settings.password}`."),
    ],
};

/// User and password.
#[derive(Debug)]
pub struct Basic {
    user: Tree,
    password: Tree,
}

impl Basic {
    pub(super) fn compile(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<Basic> {
        let scope = scopes.settings();
        literal_secret("password", node.get("password")?, compiler);
        let user = compiler.inside("user", |compiler| Tree::compile(node.get("user")?, &scope, compiler));
        let password = compiler.inside("password", |compiler| Tree::compile(node.get("password")?, &scope, compiler));
        Some(Basic { user: user?, password: password? })
    }

    pub(super) fn apply(&self, draft: &mut Draft, scope: &Scope<'_>) -> Result<(), BuildError> {
        let user = text(&self.user, scope, "auth.user")?;
        let password = text(&self.password, scope, "auth.password")?;
        draft.set_header("authorization", format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))));
        Ok(())
    }
}

fn text(tree: &Tree, scope: &Scope<'_>, place: &str) -> Result<String, BuildError> {
    let value = tree.build(scope, &Value::Unset, place, &mut Budget::default())?;
    scalar_text(&value, place)?.ok_or_else(|| BuildError::Unset { place: place.to_owned() })
}
