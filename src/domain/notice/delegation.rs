//! What people are told of a delegation itself: that it was made, and that it was ended before its time.

use super::Words;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The event of such a notice: it is between people, and about no document.
pub const BETWEEN_PEOPLE: &str = "delegation";

/// One thing told to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DelegationNews<'a> {
    /// The name of whose duty it is; none when it is the reader's.
    pub principal: Option<&'a str>,
    /// The name of who may do it; none when it is the reader.
    pub agent: Option<&'a str>,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// What the flows are called that it is about; none for all.
    pub flows: &'a [String],
    /// Whether it covers only what comes up while it holds.
    pub new_only: bool,
    /// Whether it was ended; else it was made.
    pub ended: bool,
}

impl DelegationNews<'_> {
    /// In a language, with times as the clock of a zone shows them.
    pub fn words(&self, language: &str, zone: &TimeZone, url: &str) -> Words {
        let zh = language == "zh";
        let time = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string();
        let (from, until) = (time(self.from), time(self.until));
        let you = if zh { "您" } else { "you" };
        let (principal, agent) = (self.principal.unwrap_or(you), self.agent.unwrap_or(you));
        let subject = match (self.ended, zh) {
            (false, true) => format!("委托：{agent}代{principal}处理"),
            (false, false) => format!("delegation: {agent} may decide for {principal}"),
            (true, true) => format!("委托已结束：{agent}不再代{principal}处理"),
            (true, false) => format!("delegation ended: {agent} may not decide for {principal} any more"),
        };
        let flows = self.flows.join(if zh { "、" } else { ", " });
        let mut lines = Vec::new();
        if !self.ended {
            lines.push(if zh { format!("自 {from} 至 {until}。") } else { format!("From {from} until {until}.") });
            lines.push(match (flows.is_empty(), zh) {
                (true, true) => "适用于所有流程。".to_owned(),
                (true, false) => "For all flows.".to_owned(),
                (false, true) => format!("仅适用于：{flows}。"),
                (false, false) => format!("Only for: {flows}."),
            });
            if self.new_only {
                lines.push(if zh { "只含期间新产生的任务。" } else { "Only tasks that come up meanwhile." }.to_owned());
            }
        }
        lines.push(url.to_owned());
        Words { subject, text: lines.join("\n"), items: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(ended: bool) -> DelegationNews<'static> {
        DelegationNews {
            principal: Some("Li"),
            agent: None,
            from: "2026-12-01T00:00:00Z".parse().expect("a time"),
            until: "2026-12-08T00:00:00Z".parse().expect("a time"),
            flows: &[],
            new_only: true,
            ended,
        }
    }

    #[test]
    fn whose_duty_until_when_is_said_in_the_readers_language_and_zone() {
        let zone = TimeZone::get("Asia/Shanghai").expect("known");
        let made = news(false).words("zh", &zone, "waybill:/tasks");
        assert_eq!(made.subject, "委托：您代Li处理");
        assert_eq!(
            made.text,
            "自 2026-12-01 08:00 CST 至 2026-12-08 08:00 CST。\n适用于所有流程。\n只含期间新产生的任务。\nwaybill:/tasks"
        );
        let of = DelegationNews { principal: None, agent: Some("Bo"), flows: &["Payments".to_owned()], new_only: false, ..news(false) };
        let made = of.words("en", &TimeZone::UTC, "waybill:/tasks");
        assert_eq!(made.subject, "delegation: Bo may decide for you");
        assert_eq!(made.text, "From 2026-12-01 00:00 UTC until 2026-12-08 00:00 UTC.\nOnly for: Payments.\nwaybill:/tasks");
        let ended = news(true).words("en", &zone, "waybill:/tasks");
        assert_eq!((&*ended.subject, &*ended.text), ("delegation ended: you may not decide for Li any more", "waybill:/tasks"));
    }
}
