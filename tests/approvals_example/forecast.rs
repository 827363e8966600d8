//! Whom a form would ask, told before it is submitted, against whom its flow then asks: every flow decided to its end.

use crate::hub::text;
use crate::world::{World, values};
use serde_json::{Value, json};

/// A step with the people it asks, and those of them whose share passes by a rule.
type Asked = (String, Vec<String>, Vec<String>);

fn texts(list: &Value) -> Vec<String> {
    list.as_array().expect("a list").iter().map(text).collect()
}

/// What was foretold of the one flow that begins, and which of the steps are certain.
fn foretold(forecast: &Value) -> (Vec<Asked>, Vec<String>) {
    let steps = forecast["flows"][0]["steps"].as_array().unwrap_or_else(|| panic!("{forecast}"));
    assert!(steps.iter().all(|step| step["known"] == true), "nothing here depends on what only a partner knows: {forecast}");
    let certain = steps.iter().filter(|step| step["certain"] == true).map(|step| text(&step["step"])).collect();
    (steps.iter().map(|step| (text(&step["step"]), texts(&step["people"]), texts(&step["passes"]))).collect(), certain)
}

/// Whom an instance has asked so far, by step, in order.
fn asked(people: &Value) -> Vec<Asked> {
    let mut found: Vec<Asked> = Vec::new();
    let tasks = people["tasks"].as_array().unwrap_or_else(|| panic!("{people}"));
    for task in tasks.iter().filter(|task| task["kind"] != "copy") {
        let (step, person) = (text(&task["step"]), text(&task["person"]));
        let passes = task["state"] == "skipped";
        if found.last().is_none_or(|(last, _, _)| *last != step) {
            found.push((step, Vec::new(), Vec::new()));
        }
        let (_, people, passed) = found.last_mut().expect("just put there");
        people.push(person.clone());
        passed.extend(passes.then_some(person));
    }
    found
}

impl World {
    async fn forecast(&self, person: &str, form: &str, values: &Value) -> (u16, Value) {
        self.hub.post_by(person, &format!("/api/v1/forms/{form}/forecast"), "any", &json!({"values": values})).await
    }
}

fn step(step: &str, people: &[&str], passes: &[&str]) -> Asked {
    let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    (step.to_owned(), owned(people), owned(passes))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_a_form_would_ask_is_whom_its_flow_asks_from_the_first_step_to_the_last() {
    let world = World::start(&[]).await;
    let ada: &[(&str, Value, Vec<Asked>, &[&str])] = &[
        ("purchase_order", json!({}), vec![step("approval", &["ben"], &[])], &["approval"]),
        (
            "purchase_order",
            json!({"lines": [{"description": "rack", "quantity": "1", "amount": "48000.00"}]}),
            vec![step("approval", &["ben", "gina"], &[])],
            &["approval"],
        ),
        (
            "payment_request",
            json!({"amount": "60000.00"}),
            vec![
                step("manager", &["ben"], &[]),
                step("control", &["gina"], &[]),
                step("committee", &["finn", "gina", "hugo", "iris"], &[]),
                step("pay", &["finn"], &[]),
            ],
            &["manager"],
        ),
        // The head of the department was asked as the last of the line, and is not asked again.
        (
            "expense_report",
            json!({}),
            vec![step("line", &["ben", "cora"], &[]), step("head", &["cora"], &["cora"]), step("accounting", &["finn"], &[])],
            &["line"],
        ),
        // `second_person`: hugo has not reviewed it.
        (
            "contract",
            json!({}),
            vec![
                step("legal", &["jon"], &[]),
                step("finance", &["gina"], &[]),
                step("business", &["cora"], &[]),
                step("signatories", &["hugo"], &[]),
                step("sign", &["ada"], &[]),
            ],
            &["legal", "finance", "business"],
        ),
    ];
    for (number, (form, changes, wanted, certain)) in ada.iter().enumerate() {
        let values = values(form, changes);
        let (status, forecast) = world.forecast("ada", form, &values).await;
        assert_eq!(status, 200, "{form}: {forecast}");
        assert_eq!(forecast["flows"].as_array().map(Vec::len), Some(1), "{forecast}");
        let (told, sure) = foretold(&forecast);
        assert_eq!((&told, &sure), (wanted, &texts(&json!(certain))), "{form}");
        assert_eq!(
            forecast["names"].get("ben"),
            told[0].1.contains(&"ben".to_owned()).then_some(&json!("贝恩")),
            "{form}: whoever is named"
        );
        let instance = world.submit("ada", form, &format!("run-{number}"), &values).await;
        let first = asked(&world.people(&instance).await);
        assert_eq!(first[..], told[..first.len()], "{form}: who is asked first");
        let run = asked(&world.agree(&instance).await);
        assert_eq!(run, told, "{form}: to its end");
    }
    assert_eq!(world.hub.open_exceptions().await, Vec::<Value>::new());
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_known_before_is_said_to_be_open() {
    let world = World::start(&[]).await;
    let (status, forecast) = world.forecast("ada", "supplier_change", &values("supplier_change", &json!({}))).await;
    assert_eq!(status, 200, "{forecast}");
    let steps = forecast["flows"][0]["steps"].as_array().expect("steps");
    let told: Vec<(&str, bool, bool)> =
        steps.iter().map(|step| (step["step"].as_str().unwrap(), step["known"] == true, step["certain"] == true)).collect();
    // Whoever of the two enters the data does not check it: which of them is left is not known.
    assert_eq!(told, [("data", true, true), ("check", false, false), ("bank", true, false)], "{forecast}");
    assert_eq!(texts(&steps[0]["people"]), ["kim", "lea"]);
    world.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forecast_leaves_nothing_behind_and_refuses_what_a_submission_refuses() {
    let world = World::start(&[]).await;
    let order = values("purchase_order", &json!({}));
    for _ in 0..3 {
        assert_eq!(world.forecast("ada", "purchase_order", &order).await.0, 200);
    }
    assert_eq!(world.hub.get("/api/v1/documents").await["items"], json!([]), "no document");
    assert_eq!(world.hub.get("/api/v1/messages").await["items"], json!([]), "no message");
    assert_eq!(world.hub.get_by("ben", "/api/v1/tasks?list=mine").await.1["items"], json!([]), "nobody is asked");
    let lines = world.hub.get("/api/v1/audit").await;
    assert!(!lines.to_string().contains("forecast"), "only a look: {lines}");
    let body = json!({"values": order});
    let (status, made) = world.hub.post_by("ada", "/api/v1/forms/purchase_order/submissions", "one", &body).await;
    assert_eq!(status, 201, "{made}");
    assert!(text(&made["document"]["key"]).ends_with("-000001"), "the number was not drawn before: {made}");
    // In somebody else's name, of nobody, with what does not fit: one answer at both doors.
    let mut wrong = order.clone();
    wrong["lines"][0]["amount"] = json!("-1");
    let refused = [
        (json!({"values": order, "submitter": "iris"}), 403),
        (json!({"values": order, "colour": "red"}), 422),
        (json!({"values": wrong}), 422),
        (json!({}), 422),
    ];
    for (number, (body, wanted)) in refused.into_iter().enumerate() {
        let form = "/api/v1/forms/purchase_order";
        let submitted = world.hub.post_by("ada", &format!("{form}/submissions"), &format!("wrong-{number}"), &body).await;
        let told = world.hub.post_by("ada", &format!("{form}/forecast"), "any", &body).await;
        assert_eq!((told.0, &told.1["code"], &told.1["pointers"]), (wanted, &submitted.1["code"], &submitted.1["pointers"]), "{}", told.1);
    }
    assert_eq!(world.forecast("ada", "nothing", &json!({})).await.0, 404);
    world.hub.stop().await;
}
