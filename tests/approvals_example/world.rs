//! The project `examples/approvals` as a process, and its people.

use crate::hub::{HubProcess, Project, text};
use serde_json::{Value, json};
use std::path::Path;

const PEOPLE: &[&str] = &["ada", "ben", "cora", "eve", "finn", "gina", "hugo", "iris", "jon", "kim", "lea", "max"];

pub struct World {
    pub hub: HubProcess,
    _project: Project,
}

/// What a form's sample fills in, with some of it changed.
pub fn values(form: &str, changes: &Value) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("examples/approvals/samples/{form}.values.json"));
    let mut values: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("a sample")).expect("JSON");
    for (field, value) in changes.as_object().expect("an object") {
        values[field] = value.clone();
    }
    values
}

impl World {
    /// The hub with the example; `texts` replaces texts of its files, and each must be there.
    pub async fn start(texts: &[(&str, &str)]) -> World {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/approvals");
        let project = Project::whole(&from, texts, Vec::new()).with_people(PEOPLE);
        let store = format!("sqlite:{}", project.path().join("hub.sqlite").display());
        World { hub: HubProcess::start(&project, &store).await, _project: project }
    }

    /// Somebody submits a form; gives the instance that begins.
    pub async fn submit(&self, person: &str, form: &str, key: &str, values: &Value) -> String {
        let path = format!("/api/v1/forms/{form}/submissions");
        let (status, made) = self.hub.post_by(person, &path, key, &json!({"values": values})).await;
        assert_eq!(status, 201, "{form}: {made}");
        text(&made["instances"][0]["id"])
    }

    pub async fn people(&self, instance: &str) -> Value {
        self.hub.get(&format!("/api/v1/instances/{instance}/people")).await
    }

    /// Lets everybody who is asked say yes until nobody is.
    pub async fn agree(&self, instance: &str) -> Value {
        for turn in 0..20 {
            let people = self.people(instance).await;
            let tasks = people["tasks"].as_array().expect("tasks").clone();
            let Some(task) = tasks.into_iter().find(|task| task["state"] == "pending" && task["kind"] != "copy") else { return people };
            let (id, person, step) = (text(&task["id"]), text(&task["person"]), text(&task["step"]));
            let detail = self.hub.get_by(&person, &format!("/api/v1/tasks/{id}")).await.1;
            let offers = |verb: &str| detail["verbs"].as_array().is_some_and(|verbs| verbs.iter().any(|one| one["verb"] == verb));
            let verb = ["claim", "complete", "approve"].into_iter().find(|verb| offers(verb)).unwrap_or_else(|| panic!("{detail}"));
            let edits = match (verb, &*step) {
                ("approve", "data") => json!({"risk_class": "low"}),
                ("approve", "accounting") => json!({"cost_center": "CC-100"}),
                ("complete", "pay") => json!({"bank_reference": "REF-1"}),
                _ => json!({}),
            };
            let mut body = json!({"comment": "fine", "edits": edits, "seen": detail["version"]});
            if verb == "complete" {
                body["attachments"] = json!([{"name": "advice.pdf", "ref": "files/advice-1"}]);
            }
            let (status, acted) = self.hub.post_by(&person, &format!("/api/v1/tasks/{id}/{verb}"), &format!("{id}-{turn}"), &body).await;
            assert_eq!(status, 200, "{person} {verb} at {step}: {acted}");
        }
        panic!("{instance} asks and asks");
    }
}
