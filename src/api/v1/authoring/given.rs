//! The texts of a request: files, or one text, over the caller's drafts where wanted, over what is live.

use std::collections::BTreeMap;

use crate::api::auth::Caller;
use crate::api::problem::Problem;
use crate::app::publishing::{Overlay, Publishing};

/// Texts as requests give them.
#[derive(Debug, Default)]
pub struct Given {
    /// Path to text; `null` for a file that goes.
    pub files: BTreeMap<String, Option<String>>,
    /// One text.
    pub text: Option<String>,
    /// Where that text stands.
    pub path: Option<String>,
    /// Whether the caller's drafts count.
    pub drafts: bool,
}

/// The overlay they make.
pub async fn overlay(publishing: &Publishing, caller: &Caller, given: Given) -> Result<Overlay, Problem> {
    publishing.own(caller.tenant)?;
    let mut overlay = match given.drafts {
        true => publishing.overlay_of_drafts(caller.tenant, &caller.name).await?,
        false => Overlay::default(),
    };
    overlay.files.extend(given.files);
    if let Some(text) = given.text {
        publishing.lay(&mut overlay, text, given.path)?;
    }
    Ok(overlay)
}
