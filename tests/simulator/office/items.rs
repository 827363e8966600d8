//! The flow that asks about each item: what two items write into the same field at once is what their owners said at the end.

use crate::world::World;
use std::collections::BTreeSet;
use waybill::domain::flow::Instance;
use waybill::domain::flow::event::Outcome;
use waybill::domain::flow::instance::State;

/// An item of a document.
pub struct Item {
    pub name: String,
    /// Who is asked about it.
    pub owner: String,
}

/// The items of a document's body.
pub fn read(body: &serde_json::Value) -> Vec<Item> {
    let text = |item: &serde_json::Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
    let items = body["items"].as_array().into_iter().flatten();
    items.map(|item| Item { name: text(item, "name"), owner: text(item, "owner") }).collect()
}

/// Judges an instance whose items have all been decided, and not begun anew since.
pub fn judge(world: &World, instance: &Instance, items: &[Item], wrong: &dyn Fn(String)) {
    let visits = || (0_u32..).zip(&instance.visits).filter(|(_, visit)| !visit.left);
    let Some((all, every)) = visits().filter(|(_, visit)| visit.step == "every").last() else { return };
    if every.state != State::Done {
        return;
    }
    let (mut said, mut lanes) = (BTreeSet::new(), BTreeSet::new());
    for (_, visit) in visits().filter(|(_, visit)| visit.step == "ask" && visit.parent == Some(all)) {
        if !lanes.insert(visit.lane) {
            wrong(format!("item {} counts twice", visit.lane));
        }
        let name = items.get(visit.lane as usize).map(|item| item.name.clone());
        said.extend(name.filter(|_| visit.outcome == Some(Outcome::Approved)));
    }
    world.count("Items noted");
    if lanes.len() != items.len() {
        wrong(format!("{} of {} items were asked about", lanes.len(), items.len()));
    }
    let noted = instance.assigned.iter().find(|(path, _)| path == "agreed").map(|(_, value)| value.as_array().cloned().unwrap_or_default());
    let noted: Vec<String> = noted.into_iter().flatten().map(|name| name.as_str().unwrap_or_default().to_owned()).collect();
    if noted.len() != said.len() || noted.iter().any(|name| !said.contains(name)) {
        wrong(format!("their owners agreed to {said:?}, and {noted:?} are noted"));
    }
}
