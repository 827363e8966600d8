//! The template that an approval is made from: which fields it has. A field the template does not know is refused, which
//! is what happens when somebody renames one.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use axum::routing::get;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::control::Wanted;
use crate::reply::Reply;

/// A field of a template.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Field {
    /// What people see; DingTalk finds the field by it.
    pub label: String,
    /// The id of the control, where the vendor finds it by that.
    pub id: String,
    /// The vendor's word for the kind of control.
    pub kind: String,
    #[serde(default)]
    pub required: bool,
    /// Columns, where it is a detail table.
    #[serde(default)]
    pub columns: Vec<Field>,
}

/// A template.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Template {
    pub code: String,
    pub name: String,
    pub fields: Vec<Field>,
}

impl Field {
    pub(super) fn new(label: &str, id: &str, kind: &str) -> Self {
        Self { label: label.to_owned(), id: id.to_owned(), kind: kind.to_owned(), required: false, columns: Vec::new() }
    }

    pub(super) fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(super) fn with(mut self, columns: Vec<Field>) -> Self {
        self.columns = columns;
        self
    }
}

/// What keeps a mock's templates.
pub(super) trait Shelf: Send + Sync + 'static {
    /// Looks at them, or changes them.
    fn with_templates<R>(&self, look: impl FnOnce(&mut Vec<Template>) -> R) -> R;
}

/// `/__mock/templates`: what there is, and a template that replaces the one of the same code or is added.
pub(super) fn router<S: Shelf>(shelf: Arc<S>) -> Router {
    Router::new().route("/__mock/templates", get(list::<S>).put(put::<S>)).with_state(shelf)
}

async fn list<S: Shelf>(State(shelf): State<Arc<S>>) -> Response<Body> {
    let shown = shelf.with_templates(|templates| json!({"templates": templates}));
    Reply::json(200, &shown).into_response()
}

async fn put<S: Shelf>(State(shelf): State<Arc<S>>, Wanted(template): Wanted<Template>) -> Response<Body> {
    shelf.with_templates(|templates| {
        templates.retain(|known| known.code != template.code);
        templates.push(template);
    });
    Reply::json(200, &json!({})).into_response()
}
