//! The templates that vendors tell, against the forms of the example projects: as described at first, and what is said when
//! somebody redraws one over there.

use crate::hub::Project;
use crate::partners::dingtalk::DINGTALK;
use crate::partners::feishu::FEISHU;
use crate::partners::weaver::WEAVER;
use crate::partners::wecom::WECOM;
use crate::world::Vendor;
use mock_systems::{ClockKind, vendors};
use serde_json::{Value, json};
use std::path::Path;
use tokio::process::Command;

struct Drawn {
    mock: vendors::Running,
    project: Project,
    client: reqwest::Client,
    /// The mock's template.
    template: Value,
}

impl Drawn {
    async fn start(vendor: &Vendor) -> Drawn {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let mock = vendors::start(vendor.name, 0, ClockKind::Real).await.expect("the mock starts");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(vendor.example);
        let secrets = vendor.secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let project = Project::whole(&folder, &[(vendor.address, mock.url().as_str())], secrets);
        let told = client.get(format!("{}/__mock/templates", mock.url())).send().await.expect("the mock answers");
        let told: Value = serde_json::from_str(&told.text().await.expect("text")).expect("JSON");
        let template = told["templates"][0].clone();
        Drawn { mock, project, client, template }
    }

    /// Somebody redraws it.
    async fn redraw(&mut self, change: impl FnOnce(&mut Vec<Value>)) {
        change(self.template["fields"].as_array_mut().expect("fields"));
        let request = self.client.put(format!("{}/__mock/templates", self.mock.url())).header("content-type", "application/json");
        let answer = request.body(self.template.to_string()).send().await.expect("the mock answers");
        assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
    }

    async fn run(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_waybill"));
        command
            .args(arguments)
            .current_dir(self.project.path())
            .env("NO_PROXY", "*")
            .env("WAYBILL_TOKEN", "test-token-for-one-run-only-0123456789");
        command.envs(self.project.environment().iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let out = command.output().await.expect("it runs");
        let text = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        (out.status.code().expect("it ends by itself"), text)
    }

    async fn compared(&self, connection: &str, form: &str) -> (i32, Value) {
        let (code, text) = self.run(&["connector", "form", connection, form, "--loopback", "--output", "json"]).await;
        (code, serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
    }
}

fn told(answer: &Value) -> Vec<(&str, &str)> {
    let found = answer["discrepancies"].as_array().expect("a list").iter();
    found.map(|one| (one["field"].as_str().unwrap(), one["difference"].as_str().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_forms_of_the_examples_are_what_the_vendors_tell() {
    for (vendor, connection, form) in
        [(&DINGTALK, "oa_dingtalk", "po_dingtalk"), (&FEISHU, "oa_feishu", "po_feishu"), (&WECOM, "oa_wecom", "po_wecom")]
    {
        let drawn = Drawn::start(vendor).await;
        let (code, answer) = drawn.compared(connection, form).await;
        assert_eq!((code, told(&answer)), (0, vec![]), "{form}: {answer}");
        assert!(answer["fields_in_template"].as_u64().is_some_and(|count| count >= 7), "{answer}");
        // What is begun with is a form that `check` takes and that is as described.
        let (code, draft) = drawn.run(&["connector", "form", connection, "drawn_anew", "--draft", "--loopback"]).await;
        assert_eq!(code, 0, "{draft}");
        std::fs::write(drawn.project.path().join("forms/drawn_anew.yaml"), draft).expect("written");
        let (code, answer) = drawn.compared(connection, "drawn_anew").await;
        assert_eq!((code, told(&answer)), (0, vec![]), "{form}: {answer}");
        drawn.mock.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_template_that_is_redrawn_is_said_field_by_field() {
    let mut drawn = Drawn::start(&DINGTALK).await;
    drawn
        .redraw(|fields| {
            let of = |fields: &mut Vec<Value>, label: &str| fields.iter().position(|field| field["label"] == label).expect("a field");
            let amount = of(fields, "金额");
            fields[amount]["label"] = json!("金额（元）");
            let due = of(fields, "交期");
            fields[due]["required"] = json!(true);
            let lines = of(fields, "明细");
            fields[lines]["columns"][1]["kind"] = json!("TextField");
            fields.push(json!({"label": "备注", "id": "TextareaField-NEW", "kind": "TextareaField"}));
        })
        .await;
    let (code, answer) = drawn.compared("oa_dingtalk", "po_dingtalk").await;
    let wanted = [("金额", "gone"), ("交期", "required"), ("明细.数量", "kind"), ("金额（元）", "new"), ("备注", "new")];
    assert_eq!((code, told(&answer)), (1, wanted.to_vec()), "{answer}");
    assert!(answer["discrepancies"][0]["hint"].as_str().unwrap().contains("金额（元）"), "what it is probably called now: {answer}");
    assert_eq!(answer["breaks"], 4, "{answer}");
    let (code, text) = drawn.run(&["connector", "form", "oa_dingtalk", "po_dingtalk", "--loopback"]).await;
    assert!(code == 1 && text.contains("BREAKS  金额: the template does not have it") && text.contains("differs  备注"), "{text}");
    // The form is mended to what is there; then `check` finds what the mapping has to follow.
    let path = drawn.project.path().join("forms/po_dingtalk.yaml");
    let mended = std::fs::read_to_string(&path).unwrap().replace("id: 金额,", "id: 金额（元）,");
    std::fs::write(&path, mended).unwrap();
    let (code, text) = drawn.run(&["check", "."]).await;
    assert!(code == 1 && text.contains("unknown_target") && text.contains("`po_dingtalk` has no field `金额`"), "{text}");
    assert!(text.contains("unmapped_target") && text.contains("mappings/po_to_dingtalk.yaml"), "{text}");
    drawn.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_with_another_template_is_refused_by_check_and_here() {
    let drawn = Drawn::start(&WECOM).await;
    let path = drawn.project.path().join("config/connections/oa_wecom.yaml");
    let other = std::fs::read_to_string(&path).unwrap().replace("template_id: 3TmockPO0001", "template_id: 3TmockPO0002");
    std::fs::write(&path, other).unwrap();
    let (code, text) = drawn.run(&["check", "."]).await;
    assert!(
        code == 1 && text.contains("stands for `template_id: 3TmockPO0001`, but the connection `oa_wecom` has `3TmockPO0002`"),
        "{text}"
    );
    let (code, text) = drawn.run(&["connector", "form", "oa_wecom", "po_wecom", "--loopback"]).await;
    assert!(code == 2 && text.contains("stands for another template"), "{text}");
    drawn.mock.stop().await;
}

/// Weaver tells no template, so `check` is all there is: it finds what e-cology would refuse one document at a time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_columns_of_weaver_are_checked_and_nothing_is_read_back() {
    let drawn = Drawn::start(&WEAVER).await;
    let (code, text) = drawn.run(&["check", "."]).await;
    assert_eq!(code, 0, "{text}");
    // What is written down is what the mock has, but for the column that the workflow fills itself.
    let form = std::fs::read_to_string(drawn.project.path().join("forms/po_weaver.yaml")).expect("readable");
    let fields = drawn.template["fields"].as_array().expect("fields").iter();
    let columns = fields.clone().flat_map(|field| field["columns"].as_array().cloned().unwrap_or_default());
    let there: Vec<Value> = fields.cloned().chain(columns).filter(|field| field["id"] != "spjg").collect();
    for field in &there {
        let written = format!("{{id: {}, kind: {}", field["id"].as_str().unwrap(), field["kind"].as_str().unwrap());
        assert!(form.contains(&written) || form.contains(&format!("id: {} ", field["id"].as_str().unwrap())), "{written}: {form}");
    }
    assert_eq!(form.matches("id: ").count() - 1, there.len(), "and no more, but for `workflow_id`");
    let mapping = drawn.project.path().join("mappings/order_to_weaver.yaml");
    let sound = std::fs::read_to_string(&mapping).expect("readable");
    for (from, to, finding, words) in [
        ("{to: form.je,", "{to: form.jine,", "unknown_target", "`po_weaver` has no field `jine`"),
        ("{to: form.je,", "{to: form.jine,", "unmapped_target", "je"),
        ("{to: form.gys,", "{to: form.spjg,", "unknown_target", "spjg"),
        ("{to: mxje, value: line.net,", "{to: mxje_dt, value: line.net,", "unknown_target", "mxje_dt"),
        (
            "{to: form.je, value: doc.total_gross, as: {decimal: {scale: currency, rounding: half_even}}, required: true}",
            "{to: form.je, value: doc.supplier.code, required: true}",
            "expression_type",
            "holds decimal",
        ),
    ] {
        assert!(sound.contains(from), "{from}");
        std::fs::write(&mapping, sound.replace(from, to)).expect("writable");
        let (code, text) = drawn.run(&["check", "."]).await;
        assert!(code == 1 && text.contains(finding) && text.contains(words), "{to}: {text}");
    }
    std::fs::write(&mapping, &sound).expect("writable");
    let (code, text) = drawn.run(&["connector", "form", "oa_weaver", "po_weaver", "--loopback"]).await;
    assert!(code != 0 && text.contains("`weaver_ecology` does not say how a template is read"), "{text}");
    let found = doctor(&drawn, &[]).await;
    let [(name, verdict, text)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((name.as_str(), verdict.as_str()), ("form po_weaver", "good"), "{text}");
    drawn.mock.stop().await;
}

/// What the doctor says of forms: verdict, what it found and what to do, by the check's name.
async fn doctor(drawn: &Drawn, more: &[&str]) -> Vec<(String, String, String)> {
    let config = drawn.project.path().join("config/waybill.yaml").display().to_string();
    let mut arguments = vec!["doctor", "--config", config.as_str(), "--output", "json"];
    arguments.extend(more);
    let (_, text) = drawn.run(&arguments).await;
    let checks = serde_json::Deserializer::from_str(&text).into_iter::<Value>().next().expect("an answer");
    let checks = checks.unwrap_or_else(|error| panic!("{error}: {text}"));
    let word = |check: &Value, key: &str| check[key].as_str().unwrap_or_default().to_owned();
    let each =
        checks.as_array().expect("a list").iter().filter(|check| check["name"].as_str().is_some_and(|name| name.starts_with("form ")));
    each.map(|check| (word(check, "name"), word(check, "verdict"), format!("{} ({})", word(check, "found"), word(check, "hint")))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_reads_the_templates_and_says_what_differs() {
    let mut drawn = Drawn::start(&DINGTALK).await;
    let one = |found: &[(String, String, String)], verdict: &str, words: &[&str]| {
        let [(name, said, text)] = found else { panic!("one form, one connection: {found:?}") };
        assert!(name.starts_with("form po_dingtalk") && said == verdict, "{found:?}");
        assert!(words.iter().all(|word| text.contains(word)), "{found:?}");
    };
    let found = doctor(&drawn, &[]).await;
    one(&found, "good", &["its template is as described"]);
    assert_eq!(found[0].0, "form po_dingtalk at oa_dingtalk");
    assert_eq!(doctor(&drawn, &["--offline"]).await, [], "offline nothing is read");
    // One field more breaks nothing; one that is gone does.
    drawn.redraw(|fields| fields.push(json!({"label": "备注", "id": "TextareaField-NEW", "kind": "TextareaField"}))).await;
    one(&doctor(&drawn, &[]).await, "warning", &["its template differs", "`备注`"]);
    drawn
        .redraw(|fields| {
            let amount = fields.iter().position(|field| field["label"] == "金额").expect("a field");
            fields[amount]["label"] = json!("金额（元）");
        })
        .await;
    one(&doctor(&drawn, &[]).await, "failed", &["`金额`", "waybill connector form oa_dingtalk po_dingtalk"]);
    // A partner that does not answer is no template that differs.
    let Drawn { mock, project, client, template } = drawn;
    let elsewhere =
        Drawn { mock: vendors::start("dingtalk", 0, ClockKind::Real).await.expect("the mock starts"), project, client, template };
    mock.stop().await;
    one(&doctor(&elsewhere, &[]).await, "warning", &["are the secrets set, and is the partner up"]);
    // A form of a template that no connection has.
    let path = elsewhere.project.path().join("forms/po_dingtalk.yaml");
    let other = std::fs::read_to_string(&path).expect("readable").replace("PROC-MOCK-PO-0001", "PROC-MOCK-PO-0009");
    std::fs::write(&path, other).expect("writable");
    let found = doctor(&elsewhere, &[]).await;
    let [(name, verdict, text)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((name.as_str(), verdict.as_str()), ("form po_dingtalk", "warning"), "{text}");
    assert!(text.contains("no connection has the template"), "{text}");
    elsewhere.mock.stop().await;
}
