//! Four eyes: a change is proposed by asking for it, a second person confirms it, and asking for the same once more makes it.
//!
//! What was proposed is known again by a digest of the whole request, so that nothing else can be made of it; the request
//! itself, which may hold a secret or a whole project, is not kept. It is made with the rights that the proposer has then.

use super::{Access, Actor, Error, Result};
use crate::app::secrets::Secrets;
use crate::domain::access::second_person::{Kind, Party, may_confirm};
use crate::store::identity::{ProposalRow, ProposalStep};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// A proposal that nobody settles is over after this.
const OPEN_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// One that is confirmed can be used for this long.
const CONFIRMED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// A change that waits for a second person, or waited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProposalItem {
    /// Its id.
    pub proposal: Uuid,
    /// `publish`, `roles`, `secrets` or `reveal`.
    pub kind: String,
    /// The operation.
    pub action: String,
    /// To what: the path.
    pub object: String,
    /// What was asked, without secrets.
    #[schema(value_type = Object)]
    pub shown: Value,
    /// Who proposed it.
    pub proposed_by: String,
    /// When.
    pub created_at: Timestamp,
    /// `open`; `confirmed` (the proposer may ask for it once more); `declined`, `withdrawn`, or `used`.
    pub state: String,
    /// When it is over, if nothing happens.
    pub expires_at: Timestamp,
    /// Who settled it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub settled_by: Option<String>,
    /// When it was last settled.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub settled_at: Option<Timestamp>,
    /// What they said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}

/// A request for a change.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which kind.
    pub kind: Kind,
    /// The operation: method and route.
    pub action: String,
    /// The path with its query.
    pub object: String,
    /// The body.
    pub body: Value,
}

/// Whether a request may be made now.
#[derive(Clone, Debug)]
pub enum Standing {
    /// It waits for a second person.
    Waits(Box<ProposalItem>),
    /// A second person confirmed it. It counts as used unless `give_back` is told.
    May(Uuid),
}

/// How a proposal is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// By a second person.
    Confirm,
    /// By anybody who could confirm it.
    Decline,
    /// By the one who proposed it.
    Withdraw,
}

/// Changes that want two people.
#[derive(Clone)]
pub struct Proposals {
    access: Access,
    secrets: Secrets,
    guarded: Arc<BTreeSet<Kind>>,
}

impl Proposals {
    /// Wants two people for these kinds.
    pub fn new(access: Access, secrets: Secrets, guarded: impl IntoIterator<Item = Kind>) -> Proposals {
        Proposals { access, secrets, guarded: Arc::new(guarded.into_iter().collect()) }
    }

    /// Whether a kind of change wants two people here.
    pub fn guards(&self, kind: Kind) -> bool {
        self.guarded.contains(&kind)
    }

    /// Proposes a change, or finds that it was confirmed.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn ask(&self, actor: &Actor, proposer: &Party, asked: &Asked) -> Result<Standing> {
        let identity = self.access.store.identity();
        let now = self.access.clock.now();
        let digest = self.digest(asked)?;
        if let Some(known) = identity.waiting_proposal(actor.tenant, &digest, &actor.name).await?
            && known.expires_at > now
            && known.proposer == proposer.user
        {
            if known.state == "open" {
                return Ok(Standing::Waits(Box::new(item(known))));
            }
            let step = self.step(&known, "confirmed", "used");
            let entry = self.access.entry(actor, "proposal.use", Some(object(known.id)), json!({"action": known.action}));
            return match identity.step_proposal(&step, &entry).await? {
                true => Ok(Standing::May(known.id)),
                false => Err(Error::Conflict("It is being made by another request of yours at this moment.".to_owned())),
            };
        }
        let row = ProposalRow {
            id: self.access.ids.next(),
            tenant: actor.tenant,
            kind: asked.kind.word().to_owned(),
            action: asked.action.clone(),
            object: asked.object.clone(),
            digest,
            shown: shown(asked).to_string(),
            proposed_by: actor.name.clone(),
            proposer: proposer.user,
            proposer_person: proposer.person.clone(),
            state: "open".to_owned(),
            created_at: now,
            expires_at: now.saturating_add(OPEN_FOR).unwrap_or(now),
            settled_at: None,
            settled_by: None,
            note: None,
        };
        let entry = self.access.entry(actor, "proposal.make", Some(object(row.id)), json!({"action": row.action, "object": row.object}));
        if !identity.add_proposal(&row, now, &entry).await? {
            return Err(Error::Conflict("The same was proposed at this moment by another request of yours.".to_owned()));
        }
        Ok(Standing::Waits(Box::new(item(row))))
    }

    /// A change that was confirmed did not come about: it may be asked for again.
    ///
    /// # Errors
    /// When the store cannot be used; then the proposal counts as used.
    pub async fn give_back(&self, actor: &Actor, id: Uuid) -> Result<()> {
        let Some(row) = self.access.store.identity().proposal(actor.tenant, id).await? else { return Ok(()) };
        let entry = self.access.entry(actor, "proposal.give_back", Some(object(id)), json!({"action": row.action}));
        self.access.store.identity().step_proposal(&self.step(&row, "used", "confirmed"), &entry).await?;
        Ok(())
    }

    /// Proposals, newest first.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn list(&self, actor: &Actor, state: Option<&str>) -> Result<Vec<ProposalItem>> {
        Ok(self.access.store.identity().proposals(actor.tenant, state).await?.into_iter().map(item).collect())
    }

    /// One proposal.
    ///
    /// # Errors
    /// When there is none.
    pub async fn one(&self, actor: &Actor, id: Uuid) -> Result<ProposalItem> {
        self.access.store.identity().proposal(actor.tenant, id).await?.map(item).ok_or(Error::NotFound("proposal"))
    }

    /// Settles a proposal. Whether somebody has the rights that the change itself wants is asked before.
    ///
    /// # Errors
    /// When it is settled already or over, or whoever settles it may not.
    pub async fn settle(
        &self,
        actor: &Actor,
        (party, signed_in): (&Party, bool),
        id: Uuid,
        verdict: Verdict,
        note: Option<String>,
    ) -> Result<ProposalItem> {
        let identity = self.access.store.identity();
        let row = identity.proposal(actor.tenant, id).await?.ok_or(Error::NotFound("proposal"))?;
        let proposer = Party { name: row.proposed_by.clone(), user: row.proposer, person: row.proposer_person.clone() };
        let own = proposer.name == party.name && proposer.user == party.user;
        let (to, word) = match verdict {
            Verdict::Confirm => ("confirmed", "proposal.confirm"),
            Verdict::Decline => ("declined", "proposal.decline"),
            Verdict::Withdraw => ("withdrawn", "proposal.withdraw"),
        };
        if verdict == Verdict::Confirm {
            may_confirm(&proposer, party, signed_in).map_err(|why| Error::Conflict(format!("Not by you: {why}.")))?;
        }
        if verdict == Verdict::Withdraw && !own {
            return Err(Error::Conflict("Only whoever proposed it withdraws it; others decline it.".to_owned()));
        }
        let now = self.access.clock.now();
        let expires_at = (verdict == Verdict::Confirm).then(|| now.saturating_add(CONFIRMED_FOR).unwrap_or(now));
        let step = ProposalStep { by: Some(actor.name.clone()), note, expires_at, ..self.step(&row, "open", to) };
        let detail = json!({"action": row.action, "object": row.object, "proposed_by": row.proposed_by, "note": step.note});
        let entry = self.access.entry(actor, word, Some(object(id)), detail);
        let moved = identity.step_proposal(&step, &entry).await?;
        // What is confirmed and not used yet can still be taken back.
        let moved = moved
            || (verdict != Verdict::Confirm && identity.step_proposal(&ProposalStep { from: "confirmed", ..step.clone() }, &entry).await?);
        if !moved {
            return Err(Error::Conflict("It is settled already, or over.".to_owned()));
        }
        self.one(actor, id).await
    }

    fn step(&self, row: &ProposalRow, from: &'static str, to: &'static str) -> ProposalStep {
        let at = self.access.clock.now();
        ProposalStep { tenant: row.tenant, id: row.id, from, to, at, by: None, note: None, expires_at: None }
    }

    /// Tells a request from every other. Where it holds a secret, by a key that is not in the database: a secret that can be
    /// guessed must not be found by its digest.
    fn digest(&self, asked: &Asked) -> Result<String> {
        let whole = format!("{}\n{}\n{}", asked.action, asked.object, asked.body);
        if asked.kind == Kind::Secrets {
            let no_key = || Error::Conflict("The hub has no master key to keep secrets with.".to_owned());
            return self.secrets.name_of(&whole).ok_or_else(no_key);
        }
        Ok(hex::encode(Sha256::digest(whole.as_bytes())))
    }
}

fn object(id: Uuid) -> String {
    format!("proposal/{id}")
}

/// What the second person sees: everything but secrets; of files their digests, by which they can be compared.
fn shown(asked: &Asked) -> Value {
    let mut shown = asked.body.clone();
    let Some(members) = shown.as_object_mut() else { return json!({}) };
    if asked.kind == Kind::Secrets {
        members.shift_remove("value");
    }
    if let Some(files) = members.get_mut("files").and_then(Value::as_object_mut) {
        for text in files.values_mut() {
            if let Some(known) = text.as_str() {
                *text = json!(format!("sha256:{}", hex::encode(Sha256::digest(known.as_bytes()))));
            }
        }
    }
    shown
}

fn item(row: ProposalRow) -> ProposalItem {
    ProposalItem {
        proposal: row.id,
        kind: row.kind,
        action: row.action,
        object: row.object,
        shown: serde_json::from_str(&row.shown).unwrap_or_default(),
        proposed_by: row.proposed_by,
        created_at: row.created_at,
        state: row.state,
        expires_at: row.expires_at,
        settled_by: row.settled_by,
        settled_at: row.settled_at,
        note: row.note,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_person_sees_everything_but_secrets() {
        let asked = |kind: Kind, body: Value| Asked { kind, action: String::new(), object: String::new(), body };
        let secret = shown(&asked(Kind::Secrets, json!({"value": "canary", "expires_at": "2027-01-01T00:00:00Z"})));
        assert_eq!(secret, json!({"expires_at": "2027-01-01T00:00:00Z"}));
        let files = shown(&asked(Kind::Publish, json!({"message": "m", "files": {"flows/a.yaml": "x", "flows/b.yaml": null}})));
        let digest = "sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
        assert_eq!(files, json!({"message": "m", "files": {"flows/a.yaml": digest, "flows/b.yaml": null}}));
        assert_eq!(shown(&asked(Kind::Roles, json!({"name": "bo"}))), json!({"name": "bo"}));
    }
}
