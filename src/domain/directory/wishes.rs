//! When somebody wants notices: what they say of it, and what the directory says for who says nothing.

use super::definition::{Directory, Row};
use crate::domain::diagnostic::Report;
use crate::domain::notice::{Manners, Quiet, digest_times};
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

/// What one entry says. `none` in the text is a word too: whoever says it has neither, whatever the directory says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    quiet: Option<Option<Quiet>>,
    digest: Option<Vec<Time>>,
    zone: Option<TimeZone>,
}

impl Wishes {
    pub(super) fn read(row: &Row<'_>, report: &mut Report) -> Wishes {
        let mut bad = |key: &str, message: String, hint: &str| {
            let span = row.cells.get(key).map_or(row.span, |node| node.span);
            let diagnostic = report.error("bad_value", span, message).at(key.to_owned());
            diagnostic.file = row.file.clone();
            diagnostic.hint(hint);
        };
        let mut wishes = Wishes::default();
        if let Some(text) = row.text("quiet") {
            wishes.quiet = if &*text == "none" { Some(None) } else { Quiet::parse(&text).map(Some) };
            if wishes.quiet.is_none() {
                bad("quiet", format!("`{text}` is no time of day from and until"), "write for example `20:00-08:00`, or `none`");
            }
        }
        if let Some(text) = row.text("digest") {
            wishes.digest = if &*text == "none" { Some(Vec::new()) } else { digest_times(&text) };
            if wishes.digest.is_none() {
                bad("digest", format!("`{text}` is no list of times of day"), "write for example `09:00` or `09:00 17:00`, or `none`");
            }
        }
        if let Some(text) = row.text("zone") {
            wishes.zone = TimeZone::get(&text).ok();
            if wishes.zone.is_none() {
                bad("zone", format!("`{text}` is not a time zone of the IANA database"), "write for example `Asia/Shanghai`");
            }
        }
        wishes
    }
}

impl Directory {
    /// Whose clock somebody goes by: their own, else the house's, else the calendar's.
    pub fn zone(&self, person: &str) -> TimeZone {
        let user = self.users.get(person).or_else(|| self.users.get(self.ids.get(person)?));
        let own = user.and_then(|user| user.wishes.zone.clone()).or_else(|| self.wishes.zone.clone());
        own.or_else(|| self.calendar.as_deref().map(|calendar| calendar.zone.clone())).unwrap_or(TimeZone::UTC)
    }

    /// Until when a notice to somebody waits that can; none: it goes at once. Who is not here has no wishes.
    pub fn waits(&self, person: &str, now: Timestamp) -> Option<Timestamp> {
        let user = self.users.get(person).or_else(|| self.users.get(self.ids.get(person)?))?;
        let (own, all) = (&user.wishes, &self.wishes);
        let calendar = self.calendar.as_deref();
        let manners = Manners {
            quiet: own.quiet.or(all.quiet).flatten(),
            digest: own.digest.as_ref().or(all.digest.as_ref()).map(Vec::as_slice).unwrap_or_default(),
            zone: self.zone(person),
            calendar,
        };
        manners.wait(now)
    }
}
