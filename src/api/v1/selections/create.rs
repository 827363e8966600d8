//! `POST /api/v1/selections`

use axum::extract::State;
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::api::auth::{Allowed, Caller, Operate};
use crate::api::body::Json;
use crate::api::extract;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::api::v1::{documents, exceptions, messages};
use crate::app::keeping::{Keeper, SELECTED_MAX, Select};
use crate::app::reading::{Reader, Selection};

/// What to freeze.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"resource": "exceptions", "filter": {"state": "open", "cause": "partner_down"}}))]
pub struct NewSelection {
    /// `exceptions`, `documents` or `messages`.
    pub resource: String,
    /// The filter of the resource's list, with the same names; everything when neither filter nor ids are given is refused.
    #[schema(value_type = Option<Object>)]
    pub filter: Option<Value>,
    /// Exactly these things.
    pub ids: Option<Vec<uuid::Uuid>>,
}

/// Which messages.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageFilter {
    state: Option<String>,
    connection: Option<String>,
}

/// Freezes a selection, at most 100,000 things, for 24 hours: a batch then works on what was seen, whatever comes later.
#[utoipa::path(
    post, path = "/api/v1/selections", tag = "batches", operation_id = "create_selection", request_body = NewSelection,
    responses((status = 201, body = Selection)), security(("token" = ["operate"]))
)]
pub async fn create(
    Allowed { caller, .. }: Allowed<Operate>,
    State(keeper): State<Keeper>,
    State(reader): State<Reader>,
    Json(body): Json,
) -> Result<(StatusCode, axum::Json<Selection>), Problem> {
    let mut fields = Fields::of(body);
    let resource = fields.required("resource").unwrap_or_default();
    let filter = fields.maybe_object("filter");
    let ids = fields.texts("ids", SELECTED_MAX as usize);
    let said = json!({"resource": resource, "filter": filter, "ids": ids.as_ref().map(Vec::len)});
    let select = read(&mut fields, &caller, &resource, filter, ids)?;
    fields.finish()?;
    let Some(select) = select else {
        return Err(Problem::new(&crate::api::codes::INVALID_BODY, "The selection cannot be read."));
    };
    let select = match select {
        Select::Documents(search) => Select::Documents(search.fair(&reader)),
        other => other,
    };
    let selection = keeper.select(caller.tenant, &caller.name, select, said).await?;
    Ok((StatusCode::CREATED, axum::Json(selection)))
}

/// A filter is held against the rules of the list it is of: what the list refuses must not select everything.
fn read(
    fields: &mut Fields,
    caller: &Caller,
    resource: &str,
    filter: Option<Map<String, Value>>,
    ids: Option<Vec<String>>,
) -> Result<Option<Select>, Problem> {
    let Some(known) = ["exceptions", "documents", "messages"].into_iter().find(|known| *known == resource) else {
        fields.fault("resource", "is one of exceptions, documents, messages");
        return Ok(None);
    };
    match (filter, ids) {
        (None, Some(ids)) => {
            let ids: Result<Vec<uuid::Uuid>, _> = ids.iter().map(|id| id.parse()).collect();
            let Ok(ids) = ids else {
                fields.fault("ids", "holds something that is no id");
                return Ok(None);
            };
            Ok(Some(Select::Ids(known, ids)))
        }
        (Some(filter), None) => match known {
            "exceptions" => {
                let Some(query) = part::<exceptions::list::Parameters>(fields, filter) else { return Ok(None) };
                query.check()?;
                Ok(Some(Select::Exceptions(query.query())))
            }
            "documents" => {
                let Some(query) = part::<documents::list::Parameters>(fields, filter) else { return Ok(None) };
                query.check(caller)?;
                Ok(Some(Select::Documents(query.search())))
            }
            _ => {
                let Some(query) = part::<MessageFilter>(fields, filter) else { return Ok(None) };
                extract::known("state", query.state.as_deref(), &messages::list::STATES)?;
                Ok(Some(Select::Messages(query.state, query.connection)))
            }
        },
        _ => {
            fields.fault("filter", "or `ids` is required, and only one of them");
            Ok(None)
        }
    }
}

/// A filter by the rules of the list it is of.
fn part<T: DeserializeOwned>(fields: &mut Fields, filter: Map<String, Value>) -> Option<T> {
    // A selection is of all that the filter finds: a page of it would be something else.
    if let Some(name) = ["limit", "cursor"].into_iter().find(|name| filter.contains_key(*name)) {
        fields.fault(&format!("filter/{name}"), "is of a page; a selection holds all that the filter finds");
        return None;
    }
    if let Err((name, fault)) = extract::sound(&filter) {
        fields.fault(&format!("filter/{name}"), &fault);
        return None;
    }
    match serde_json::from_value(Value::Object(filter)) {
        Ok(read) => Some(read),
        Err(error) => {
            fields.fault("filter", &error.to_string());
            None
        }
    }
}
