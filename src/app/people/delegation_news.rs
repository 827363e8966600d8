//! Telling those concerned that a delegation was made or ended: whoever it gives tasks to or takes them from, and the one whose
//! duty it is when somebody else did it.
//!
//! A notice is sent by an instance, as a digest is (ADR 14): here by one that either of the two has a task in. Where there is
//! none, nothing is there to decide yet, and who decides for somebody is told with the first task.

use super::delegations::flows;
use super::{People, Result};
use crate::domain::flow::HERE;
use crate::domain::ids;
use crate::domain::notice::{BETWEEN_PEOPLE, DelegationNews, Tells};
use crate::store::{DelegationRow, Page, TaskBox, TaskChoice, TaskRow, WaitingRow};

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    Made,
    Ended,
}

impl People {
    /// The notices of it, to be kept in the commit that makes or ends it; `by` is who did, and knows.
    pub(super) async fn news_of(&self, row: &DelegationRow, news: News, by: &str) -> Result<Vec<WaitingRow>> {
        let Some(sender) = self.sender(row).await? else { return Ok(Vec::new()) };
        let (now, definitions) = (self.clock.now(), self.live.now());
        let directory = &definitions.catalog().directory;
        let mut told = Vec::new();
        for person in [&row.agent, &row.principal].into_iter().filter(|person| *person != by && directory.works_here(person)) {
            let language = directory.language(person);
            let title = |flow: String| {
                let title = definitions.live(&flow).and_then(|version| version.flow().title.get(language).map(str::to_owned));
                title.unwrap_or(flow)
            };
            let flows: Vec<String> = flows(row).into_iter().map(title).collect();
            let another = |other: &'_ String| (other != person).then(|| directory.name(other).to_owned());
            let (principal, agent) = (another(&row.principal), another(&row.agent));
            let url = format!("{HERE}/tasks");
            let news_words = DelegationNews {
                principal: principal.as_deref(),
                agent: agent.as_deref(),
                from: row.from,
                until: row.until,
                flows: &flows,
                new_only: row.new_only,
                ended: news == News::Ended,
            };
            let words = news_words.words(language, &directory.zone(person), &url);
            for channel in directory.channels(person) {
                // It is between these people, and no matter of a group.
                if definitions.catalog().channels.get(channel).is_some_and(|known| known.tells != Tells::Each) {
                    continue;
                }
                let word: &[u8] = if news == News::Made { b"made" } else { b"ended" };
                told.push(WaitingRow {
                    id: ids::derived(&[b"delegation news", row.id.as_bytes(), word, person.as_bytes(), channel.as_bytes()]),
                    tenant: row.tenant,
                    instance: sender.instance,
                    step: sender.step.clone(),
                    visit: sender.visit,
                    person: person.clone(),
                    channel: channel.to_string(),
                    due: directory.waits(person, now).unwrap_or(now),
                    created_at: now,
                    task: None,
                    event: BETWEEN_PEOPLE.to_owned(),
                    subject: words.subject.clone(),
                    text: words.text.clone(),
                    url: url.clone(),
                    bundle: None,
                });
            }
        }
        Ok(told)
    }

    /// A task of either, and with it the instance that sends the notices.
    async fn sender(&self, row: &DelegationRow) -> Result<Option<TaskRow>> {
        for (person, list) in [
            (&row.principal, TaskBox::Mine),
            (&row.principal, TaskBox::Done),
            (&row.agent, TaskBox::Mine),
            (&row.agent, TaskBox::Done),
            (&row.principal, TaskBox::Started),
        ] {
            let people = vec![person.clone()];
            let choice = TaskChoice { tenant: row.tenant, people, list, flow: None, due_before: None, within: None };
            let found = self.store.desk().tasks(&choice, &Page { limit: 1, after: None }).await?;
            if let Some(task) = found.into_iter().next() {
                return Ok(Some(task));
            }
        }
        Ok(None)
    }
}
