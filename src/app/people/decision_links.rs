//! Deciding by a link of a notice: it is looked at, and only a second step decides, since mail scanners follow links.
//!
//! A link is one person's, for one task of one visit, one verb, one use. Every use that is tried is told to the audit.

use super::{ActRequest, Acted, People, PeopleError};
use crate::app::access::{Actor, Audit};
use crate::domain::approval::{Act, DecisionLink, LinkKey, Refusal, Unreadable};
use crate::domain::ids::TenantId;
use crate::store::TaskRow;

/// Takes links.
#[derive(Clone)]
pub struct DecisionLinks {
    /// What is done for people.
    pub people: People,
    /// What proves a link.
    pub key: LinkKey,
    /// Where every use is written.
    pub audit: Audit,
}

/// Who follows a link, as far as the door knows.
#[derive(Clone, Debug)]
pub struct Follower {
    /// Who, as the audit tells it.
    pub actor: Actor,
    /// The person of the directory who is signed in; none when nobody is, or a program.
    pub person: Option<String>,
    /// Whether anybody is signed in.
    pub signed_in: bool,
}

/// What a link would decide, for the page that asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkLook {
    /// The task.
    pub task: String,
    /// What the document's type is called.
    pub kind_title: String,
    /// Its key.
    pub key: String,
    /// What the step is called.
    pub step: String,
    /// Whose it is.
    pub person_name: String,
    /// What is decided.
    pub verb: String,
    /// Whether the step wants a comment with it.
    pub needs_comment: bool,
}

/// Why a link does nothing.
#[derive(Debug, thiserror::Error)]
pub enum LinkRefusal {
    /// It is not ours, or over.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Nobody is signed in, and this hub wants that.
    #[error("sign in as the person whose link it is, then follow it again")]
    SignIn,
    /// It is somebody else's.
    #[error("the link is for somebody else")]
    Forwarded,
    /// The person does not work here any more.
    #[error("the person whose link it is does not work here any more")]
    Left,
    /// The task went to somebody else.
    #[error("the task is somebody else's by now")]
    Moved,
    /// It was used.
    #[error("the link has been used")]
    Used,
    /// The task is over.
    #[error("the task is over: {0}")]
    Over(String),
    /// Links do not decide here any more.
    #[error("this hub takes no decisions by link")]
    Off,
    /// The instance says no.
    #[error(transparent)]
    Refused(Refusal),
    /// It cannot be told now.
    #[error("it cannot be done now; nothing was decided")]
    Busy,
}

impl LinkRefusal {
    /// The word in the audit.
    pub fn word(&self) -> &'static str {
        match self {
            LinkRefusal::Unreadable(Unreadable::Forged) => "forged",
            LinkRefusal::Unreadable(Unreadable::Expired) => "expired",
            LinkRefusal::SignIn => "not_signed_in",
            LinkRefusal::Forwarded => "forwarded",
            LinkRefusal::Left => "has_left",
            LinkRefusal::Moved => "moved",
            LinkRefusal::Used => "used",
            LinkRefusal::Over(_) => "over",
            LinkRefusal::Off => "off",
            LinkRefusal::Refused(refusal) => refusal.code.word(),
            LinkRefusal::Busy => "busy",
        }
    }
}

impl From<crate::store::Error> for LinkRefusal {
    fn from(error: crate::store::Error) -> Self {
        tracing::warn!(error = %error, "a decision by link cannot be looked up now");
        LinkRefusal::Busy
    }
}

type Found = (DecisionLink, TaskRow);

impl DecisionLinks {
    /// What a link would decide, in a language. Decides nothing.
    ///
    /// # Errors
    /// Why it would do nothing.
    pub async fn look(&self, text: &str, language: &str, follower: &Follower) -> Result<LinkLook, LinkRefusal> {
        let link = self.key.read(text, self.people.clock.now())?;
        let (link, row) = self.found(link, follower).await?;
        let definitions = self.people.live.now();
        let directory = &definitions.catalog().directory;
        let flow = definitions.live(&row.flow);
        let step = flow.as_ref().and_then(|version| version.flow().step(&row.step));
        let needs_comment =
            crate::domain::flow::people::verbs::needs_comment(&link.verb, step.and_then(crate::domain::flow::people::asks_of));
        let documents = self.people.store.desk().documents_by_id(row.tenant, &[row.document.0]).await?;
        let document = documents.into_iter().next();
        let kind = document.as_ref().map(|document| document.kind.as_str()).unwrap_or_default();
        let known = definitions.catalog().documents.get(kind);
        Ok(LinkLook {
            task: link.task.to_string(),
            kind_title: known.and_then(|known| known.title.get(language)).unwrap_or(kind).to_owned(),
            key: document.map(|document| document.key).unwrap_or_default(),
            step: step.and_then(|step| step.title.get(language)).unwrap_or(&row.step).to_owned(),
            person_name: directory.name(&link.person).to_owned(),
            verb: link.verb,
            needs_comment,
        })
    }

    /// Decides by a link, once.
    ///
    /// # Errors
    /// Why it decides nothing.
    pub async fn decide(&self, text: &str, comment: Option<String>, follower: &Follower) -> Result<Acted, LinkRefusal> {
        let link = self.key.read(text, self.people.clock.now());
        // What is not ours leaves no line: whoever makes links up could fill the audit.
        let (about, person) = match &link {
            Err(Unreadable::Forged) => return Err(Unreadable::Forged.into()),
            Err(Unreadable::Expired) => ("an expired link".to_owned(), None),
            Ok(link) => (format!("task/{}", link.task), Some(link.person.clone())),
        };
        let name = if follower.signed_in { follower.actor.name.clone() } else { person.unwrap_or_else(|| follower.actor.name.clone()) };
        let actor = Actor { name, via: if follower.signed_in { follower.actor.via } else { "link" }, ..follower.actor.clone() };
        let Some(line) = self.audit.begin(&actor, "decision_link.use", &about).await else { return Err(LinkRefusal::Busy) };
        let done = match link {
            Ok(link) => self.carry_out(link, comment, follower).await,
            Err(unreadable) => Err(unreadable.into()),
        };
        self.audit.end(line, done.as_ref().map_or_else(LinkRefusal::word, |_| "done")).await;
        done
    }

    async fn carry_out(&self, link: DecisionLink, comment: Option<String>, follower: &Follower) -> Result<Acted, LinkRefusal> {
        let (link, row) = self.found(link, follower).await?;
        let act = Act { verb: link.verb.clone(), token: link.token(), comment, ..Act::default() };
        let request = ActRequest { tenant: row.tenant, name: link.person.clone(), person: Some(link.person), admin: false, act };
        self.people.act_on_task(link.task, request).await.map_err(|error| match error {
            PeopleError::Refused(refusal) => LinkRefusal::Refused(refusal),
            _ => LinkRefusal::Busy,
        })
    }

    /// The task of a link that may be used now, by whoever follows it.
    async fn found(&self, link: DecisionLink, follower: &Follower) -> Result<Found, LinkRefusal> {
        let definitions = self.people.live.now();
        let directory = &definitions.catalog().directory;
        let rules = directory.decision_links.ok_or(LinkRefusal::Off)?;
        // Ids of people are those of the directory, which is one tenant's: the same id elsewhere is somebody else's.
        let here = follower.actor.tenant == TenantId::DEFAULT;
        if follower.signed_in && (!here || follower.person.as_deref() != Some(link.person.as_str())) {
            return Err(LinkRefusal::Forwarded);
        }
        if rules.sign_in && !follower.signed_in {
            return Err(LinkRefusal::SignIn);
        }
        if !directory.works_here(&link.person) {
            return Err(LinkRefusal::Left);
        }
        let desk = self.people.store.desk();
        // A task that this tenant does not have was deleted with everything about it.
        let row = desk.task(TenantId::DEFAULT, link.task).await?.ok_or_else(|| LinkRefusal::Over("it is gone".to_owned()))?;
        let token = link.token();
        if desk.decisions(row.tenant, row.instance).await?.iter().any(|decision| decision.token.as_deref() == Some(token.as_str())) {
            return Err(LinkRefusal::Used);
        }
        if row.person != link.person {
            // Who decides for somebody has links of their own, as long as they may.
            let now = self.people.clock.now();
            let rules = self.people.agent_of(row.tenant, &link.person, now).await.map_err(|_| LinkRefusal::Busy)?;
            if !super::delegations::covered(&rules, &row, &link.person, now) {
                return Err(LinkRefusal::Moved);
            }
        }
        match row.ended {
            Some(_) => Err(LinkRefusal::Over(row.state.clone())),
            None => Ok((link, row)),
        }
    }
}
