//! The OA: approvals. It honours no keys and lets two approvals have one reference; its errors come with status 200.

use super::{Answer, Approval, Asked, Books, Consequence, System};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

impl Books {
    pub(super) fn oa(&mut self, asked: &Asked, now: Timestamp, hidden: SignedDuration, consequences: &mut Vec<Consequence>) -> Answer {
        let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        match (asked.method, path.as_slice()) {
            (_, ["token"]) => Answer::json(200, &json!({"access_token": "token-of-the-oa", "expires_in": 7200})),
            ("POST", ["approvals"]) => {
                let id = self.next_id("A");
                let approval = Approval {
                    id: id.clone(),
                    reference: asked.text("reference"),
                    number: asked.body["form"]["单号"].as_str().unwrap_or_default().to_owned(),
                    status: "running",
                    changed_at: self.clock(System::Oa, now),
                    visible_at: now + hidden,
                    sealed: false,
                };
                self.changes.insert((System::Oa, approval.changed_at, id.clone()), ());
                self.approvals.insert(id.clone(), approval);
                consequences.push(Consequence::Decide(id.clone()));
                Answer::json(200, &json!({"errcode": 0, "id": id})).changed(true)
            }
            ("GET", ["approvals"]) => {
                let rows = self.changed(System::Oa, asked.since(), asked.page());
                let shown = rows.into_iter().filter(|(id, _)| self.approvals.get(id).is_some_and(|approval| approval.visible_at <= now));
                let items: Vec<_> = shown.map(|(id, at)| json!({"id": id, "changed_at": at.to_string()})).collect();
                Answer::json(200, &json!({"errcode": 0, "items": items}))
            }
            ("GET", ["approvals", id]) => match self.approvals.get(*id) {
                None => Answer::json(200, &json!({"errcode": 40400, "errmsg": "no such approval"})),
                Some(approval) => {
                    let holders: &[&str] = if approval.status == "running" { &["u5"] } else { &[] };
                    Answer::json(
                        200,
                        &json!({"errcode": 0, "id": approval.id, "reference": approval.reference, "status": approval.status,
                            "holders": holders, "changed_at": approval.changed_at.to_string()}),
                    )
                }
            },
            (_, ["approvals", id, "withdraw"]) => match self.approvals.get(*id).map(|approval| approval.status) {
                None => Answer::json(200, &json!({"errcode": 40400, "errmsg": "no such approval"})),
                Some("withdrawn") => Answer::json(200, &json!({"errcode": 0})),
                Some("running") => {
                    self.move_approval(id, "withdrawn", now);
                    consequences.push(Consequence::Tell(System::Oa, (*id).to_owned()));
                    Answer::json(200, &json!({"errcode": 0})).changed(true)
                }
                Some(other) => Answer::json(200, &json!({"errcode": 42201, "errmsg": format!("it is {other}")})),
            },
            _ => Answer::json(200, &json!({"errcode": 40000, "errmsg": "no such path"})),
        }
    }
}
