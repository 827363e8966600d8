//! `GET /api/v1/sign-in`

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::extract::NoQuery;
use crate::api::problem::Problem;
use crate::app::access::in_app::AppItem;
use crate::app::access::providers::ProviderItem;
use crate::app::access::{Access, InApp, Providers};
use crate::domain::ids::TenantId;

/// How one can sign in here.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignInOffer {
    /// Whether the hub has an owner. Without one, the link that `waybill serve` prints makes the first.
    pub set_up: bool,
    /// Whether name and password are taken.
    pub password: bool,
    /// Identity providers at which one can sign in, in the order of their buttons.
    pub providers: Vec<ProviderItem>,
    /// Apps inside which one can sign in: their pages need no button.
    pub apps: Vec<AppItem>,
}

/// How one can sign in here; for the page that asks for it.
#[utoipa::path(
    get, path = "/api/v1/sign-in", tag = "sign-in", operation_id = "show_sign_in",
    responses((status = 200, body = SignInOffer)), security(())
)]
pub async fn offer(
    _: NoQuery,
    State(access): State<Access>,
    State(providers): State<Providers>,
    State(apps): State<InApp>,
) -> Result<Json<SignInOffer>, Problem> {
    let set_up = access.is_set_up(TenantId::DEFAULT).await?;
    Ok(Json(SignInOffer { set_up, password: true, providers: providers.items(), apps: apps.items() }))
}
