//! Generated files are committed and equal what the code generates. `UPDATE=1 cargo test --test generated` writes them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use waybill::cli::generate::{FOLDERS, connectors, generated};

#[path = "support/gallery.rs"]
mod gallery;

#[test]
fn generated_files_are_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = generated();
    let shown = gallery::shown();
    files.push(connectors(&shown[0].catalog, &shown, &|path| fs::read_to_string(root.join(path)).ok()));
    let wanted: BTreeSet<String> = files.iter().map(|file| file.path.clone()).collect();
    assert_eq!(wanted.len(), files.len(), "two generated files have one path: a code or kind is listed twice");
    let update = std::env::var_os("UPDATE").is_some();
    let mut stale = Vec::new();
    for file in &files {
        let path = root.join(&file.path);
        if fs::read_to_string(&path).ok().as_ref() == Some(&file.text) {
            continue;
        }
        if update {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &file.text).unwrap();
        } else {
            stale.push(file.path.clone());
        }
    }
    for folder in FOLDERS {
        for entry in fs::read_dir(root.join(folder)).into_iter().flatten().flatten() {
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if !wanted.contains(&path) {
                if update { fs::remove_file(entry.path()).unwrap() } else { stale.push(path) }
            }
        }
    }
    assert_eq!(stale, Vec::<String>::new(), "run `UPDATE=1 cargo test --test generated` and commit the result");
}

#[test]
fn every_connector_with_a_manual_leads_to_its_steps_in_both_languages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/reference/connectors.md")).unwrap();
    let mut linked = 0;
    for folder in fs::read_dir(root.join("connectors")).unwrap().flatten().map(|entry| entry.path()) {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        for (file, words) in [("README.md", ["Set up"].as_slice()), ("README.zh-CN.md", &["配置", "设置步骤"])] {
            let Ok(manual) = fs::read_to_string(folder.join(file)) else { continue };
            let before = format!("](../../connectors/{name}/{file}#");
            let anchor = page.split_once(&before).map(|(_, rest)| rest.split(')').next().unwrap());
            let anchor = anchor.unwrap_or_else(|| panic!("no link to the steps in {name}/{file}"));
            // As a heading becomes an anchor where there are only words and spaces in it.
            let heading =
                manual.lines().filter_map(|line| line.strip_prefix("## ")).find(|line| line.to_lowercase().replace(' ', "-") == anchor);
            let heading = heading.unwrap_or_else(|| panic!("`{anchor}` is no heading of {name}/{file}"));
            assert!(words.iter().any(|word| heading.contains(word)), "{name}/{file}: {heading}");
            linked += 1;
        }
    }
    assert!(linked >= 40, "{linked} links");
}

/// The examples can be taken elsewhere as they are, so they hold copies of what they have in common with the product.
const SHARED: &[(&str, &[&str])] = &[
    ("examples/tryton", TRYTON),
    ("examples/erp_gallery", ERP_GALLERY),
    ("examples/sap_weaver", SAP_WEAVER),
    ("examples/generic_rest", GENERIC_REST),
    ("examples/generic_soap", GENERIC_SOAP),
    ("examples/kingdee_dingtalk", KINGDEE_DINGTALK),
    ("examples/erpnext_feishu", ERPNEXT_FEISHU),
    ("examples/order_to_payment", ORDER_TO_PAYMENT),
    ("examples/channels", CHANNELS),
    ("examples/approvals", APPROVALS),
    ("examples/patterns", PATTERNS),
    ("examples/approval_matrix", PATTERNS),
    ("examples/approval_matrix", APPROVALS),
];

const APPROVALS: &[&str] = &["calendars/cn.yaml", "calendars/cn-2026.csv", "calendars/cn-2027.csv"];

const PATTERNS: &[&str] = &["connectors/demo_oa/connector.yaml", "documents/purchase_order.yaml", "documents/purchase_order.schema.json"];

const KINGDEE_DINGTALK: &[&str] = &[
    "connectors/kingdee_galaxy/connector.yaml",
    "connectors/dingtalk/connector.yaml",
    "connectors/demo_erp/connector.yaml",
    "connectors/demo_finance/connector.yaml",
    "dictionaries/kingdee_currencies.yaml",
    "documents/purchase_order.yaml",
    "documents/purchase_order.schema.json",
    "documents/payable.yaml",
    "documents/payable.schema.json",
    "mappings/kingdee_order.yaml",
    "mappings/demo_erp_order.yaml",
    "mappings/payable_to_finance.yaml",
    "samples/kingdee-order-1.inputs.json",
    "samples/kingdee-order-1.document.json",
    "samples/payable-1.inputs.json",
    "samples/payable-1.finance.json",
];

const ERPNEXT_FEISHU: &[&str] = &[
    "connectors/erpnext/connector.yaml",
    "connectors/feishu/connector.yaml",
    "connectors/demo_finance/connector.yaml",
    "documents/purchase_order.yaml",
    "documents/purchase_order.schema.json",
    "documents/payable.yaml",
    "documents/payable.schema.json",
    "mappings/erpnext_order.yaml",
    "mappings/payable_to_finance.yaml",
    "samples/erpnext-order-1.inputs.json",
    "samples/erpnext-order-1.document.json",
    "samples/payable-1.inputs.json",
    "samples/payable-1.finance.json",
];

const ORDER_TO_PAYMENT: &[&str] = &[
    "connectors/demo_erp/connector.yaml",
    "connectors/demo_oa/connector.yaml",
    "connectors/demo_finance/connector.yaml",
    "documents/purchase_order.yaml",
    "documents/purchase_order.schema.json",
    "documents/payment_request.yaml",
    "documents/payment_request.schema.json",
    "mappings/demo_erp_order.yaml",
    "samples/erp-order-1.inputs.json",
    "samples/erp-order-1.document.json",
];

const GENERIC_REST: &[&str] = &[
    "connectors/generic_rest/connector.yaml",
    "connectors/demo_oa/connector.yaml",
    "documents/purchase_order.yaml",
    "documents/purchase_order.schema.json",
    "documents/payable.yaml",
    "documents/payable.schema.json",
    "mappings/rest_order.yaml",
    "samples/erp-order-1.inputs.json",
    "samples/erp-order-1.document.json",
];

const GENERIC_SOAP: &[&str] = &[
    "connectors/generic_soap/connector.yaml",
    "connectors/demo_oa/connector.yaml",
    "documents/purchase_order.yaml",
    "documents/purchase_order.schema.json",
    "documents/payable.yaml",
    "documents/payable.schema.json",
    "mappings/soap_order.yaml",
    "samples/soap-order-1.inputs.json",
    "samples/soap-order-1.document.json",
];

const CHANNELS: &[&str] = &[
    "connectors/interface_table/connector.yaml",
    "connectors/folder/connector.yaml",
    "connectors/rabbitmq/connector.yaml",
    "connectors/mail/connector.yaml",
    "connectors/demo_oa/connector.yaml",
    "documents/purchase_order.yaml",
    "documents/purchase_order.schema.json",
    "mappings/interface_order.yaml",
    "mappings/folder_order.yaml",
    "mappings/queue_order.yaml",
    "samples/queue-order-1.inputs.json",
    "samples/queue-order-1.document.json",
    "samples/interface-order-1.inputs.json",
    "samples/interface-order-1.document.json",
    "samples/folder-order-1.inputs.json",
    "samples/folder-order-1.document.json",
];

const SAP_WEAVER: &[&str] = &[
    "connectors/sap_s4hana/connector.yaml",
    "connectors/weaver_ecology/connector.yaml",
    "connectors/demo_finance/connector.yaml",
    "documents/purchase_order.yaml",
    "documents/purchase_order.schema.json",
    "documents/payable.yaml",
    "documents/payable.schema.json",
    "mappings/sap_order.yaml",
    "mappings/payable_to_finance.yaml",
    "samples/sap-order-1.inputs.json",
    "samples/sap-order-1.document.json",
    "samples/payable-1.inputs.json",
    "samples/payable-1.finance.json",
];

const ERP_GALLERY: &[&str] = &[
    "connectors/erpnext/connector.yaml",
    "connectors/kingdee_galaxy/connector.yaml",
    "connectors/odoo/connector.yaml",
    "connectors/sap_s4hana/connector.yaml",
    "connectors/demo_oa/connector.yaml",
    "connectors/demo_finance/connector.yaml",
    "dictionaries/kingdee_currencies.yaml",
    "documents/purchase_order.yaml",
    "documents/purchase_order.schema.json",
    "documents/payable.yaml",
    "documents/payable.schema.json",
    "mappings/erpnext_order.yaml",
    "mappings/kingdee_order.yaml",
    "mappings/odoo_order.yaml",
    "mappings/sap_order.yaml",
    "mappings/payable_to_finance.yaml",
    "samples/erpnext-order-1.inputs.json",
    "samples/erpnext-order-1.document.json",
    "samples/kingdee-order-1.inputs.json",
    "samples/kingdee-order-1.document.json",
    "samples/odoo-order-1.inputs.json",
    "samples/odoo-order-1.document.json",
    "samples/sap-order-1.inputs.json",
    "samples/sap-order-1.document.json",
    "samples/payable-1.inputs.json",
    "samples/payable-1.finance.json",
];

const TRYTON: &[&str] = &[
    "connectors/tryton/connector.yaml",
    "connectors/demo_oa/connector.yaml",
    "connectors/demo_finance/connector.yaml",
    "documents/purchase_order.yaml",
    "documents/purchase_order.schema.json",
    "documents/payable.yaml",
    "documents/payable.schema.json",
    "mappings/tryton_order.yaml",
    "mappings/payable_to_finance.yaml",
    "samples/tryton-order-1.inputs.json",
    "samples/tryton-order-1.document.json",
    "samples/tryton-order-2.inputs.json",
    "samples/tryton-order-2.document.json",
    "samples/payable-1.inputs.json",
    "samples/payable-1.finance.json",
];

#[test]
fn the_examples_have_the_product_s_own_definitions() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut stale = Vec::new();
    for (example, path) in SHARED.iter().flat_map(|(example, paths)| paths.iter().map(move |path| (example, path))) {
        let (ours, copy) = (root.join(path), root.join(example).join(path));
        if fs::read(&ours).unwrap() == fs::read(&copy).unwrap_or_default() {
            continue;
        }
        match std::env::var_os("UPDATE") {
            Some(_) => drop(fs::copy(&ours, &copy).unwrap()),
            None => stale.push(*path),
        }
    }
    assert_eq!(stale, Vec::<&str>::new(), "run `UPDATE=1 cargo test --test generated` and commit the result");
}
