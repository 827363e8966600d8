//! The table: connectors, what each needs to be driven, and what cannot befall it.

use crate::mock::Of;
use mock_systems::System;
use serde_json::{Value, json};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Credentials lapse between two calls.
    AuthLapse,
    /// There are exactly as many objects as a page holds.
    PageBoundary,
    /// The partner says that there are too many calls.
    Throttle,
    /// A create is done, and its answer lost.
    LostCreate,
    /// A write is answered with an error that does not say whether it was done.
    AmbiguousWrite,
    /// A write is answered with success, and nothing was done.
    SilentNoOp,
    /// The event of a new object comes before the answer to its create.
    EarlyEvent,
    /// Answers that break off, and pages for people.
    Malformed,
    /// An approval is taken back after it was given.
    RevokedLater,
    /// A comment is written, and its answer lost.
    LostComment,
}

impl Fault {
    /// All of them.
    pub const ALL: [Fault; 10] = [
        Fault::AuthLapse,
        Fault::PageBoundary,
        Fault::Throttle,
        Fault::LostCreate,
        Fault::AmbiguousWrite,
        Fault::SilentNoOp,
        Fault::EarlyEvent,
        Fault::Malformed,
        Fault::RevokedLater,
        Fault::LostComment,
    ];
}

/// A connector, and how it is driven.
pub struct Row {
    /// Its folder below `connectors`.
    pub connector: &'static str,
    /// The project that has a connection to it, below `examples`.
    pub example: &'static str,
    /// That connection.
    pub connection: &'static str,
    /// What it says of the mock's address.
    pub address: &'static str,
    /// The mock.
    pub mock: Of,
    /// Secrets of the connection.
    pub secrets: &'static [(&'static str, &'static str)],
    /// Texts of the connector that are too slow for a test, and what they say here.
    pub lift: &'static [(&'static str, &'static str)],
    /// A read of one object, `{id}`, and the mock's name for its first call.
    pub read: (&'static str, &'static str),
    /// A create.
    pub create: Option<Create>,
    /// A listing.
    pub list: Option<List>,
    /// A write to an object that exists, `{id}`, whose effect is read back, and the mock's name for the call that does it.
    pub write: Option<(&'static str, &'static str)>,
    /// Who comments on an approval.
    pub commenter: Option<&'static str>,
    /// Approvals: what people do to agree, and to take that back, as path and body of the mock's control interface.
    pub approve: Option<(Act, Act)>,
    /// What cannot befall it, and why.
    pub cannot: &'static [(Fault, &'static str)],
}

/// What people do to an object.
pub type Act = (&'static str, fn() -> Value);

/// A create.
pub struct Create {
    /// The operation.
    pub operation: &'static str,
    /// The mock's name for it.
    pub api: &'static str,
    /// Its input without our reference: a sample of the example, or a value.
    pub input: Input,
}

/// Where an input stands.
pub enum Input {
    /// In a file of the example's samples.
    Sample(&'static str),
    /// Here. The text `NUMBER` is replaced by one that no other object has.
    Here(fn() -> Value),
}

/// A listing.
pub struct List {
    /// The operation.
    pub operation: &'static str,
    /// The mock's name for it.
    pub api: &'static str,
    /// Whether it wants the beginning of a time: `{since}`.
    pub by_time: bool,
    /// Further input.
    pub input: fn() -> Value,
    /// The output field with its rows.
    pub each: &'static str,
    /// Rows on a page.
    pub size: usize,
}

impl Row {
    /// Why a fault cannot befall it.
    pub fn cannot(&self, fault: Fault) -> Option<&'static str> {
        self.cannot.iter().find(|(known, _)| *known == fault).map(|(_, why)| *why)
    }
}

/// Connectors that no mock stands for.
pub const WITHOUT_MOCK: &[(&str, &str)] = &[
    (
        "tryton",
        "the real system is installed and orders go through it, the hub killed between: tests/tryton; no fault of the line is driven",
    ),
    ("interface_table", "real databases are driven instead: tests/kinds"),
    ("mail", "a real mail server is driven instead: tests/mail"),
    ("rabbitmq", "a real broker is driven instead: tests/kinds"),
    ("folder", "real folders and a real SFTP server are driven instead: tests/kinds, tests/sftp"),
    ("webhook", NOTICES),
    ("dingtalk_robot", NOTICES),
    ("dingtalk_message", NOTICES),
    ("feishu_robot", NOTICES),
    ("feishu_message", NOTICES),
    ("wecom_robot", NOTICES),
    ("wecom_message", NOTICES),
    ("dingtalk_contacts", CONTACTS),
    ("feishu_contacts", CONTACTS),
    ("wecom_contacts", CONTACTS),
    ("dingtalk_centre", "it shows our tasks; driven with faults by tests/task_centre"),
    ("feishu_centre", "it shows our tasks, under versions; driven with faults by tests/task_centre"),
];

const NOTICES: &str = "it holds no objects, it tells people; driven with faults by tests/notices";
const CONTACTS: &str = "it only lists who works here; driven with faults by tests/organisation";
const NO_APPROVALS: &str = "no approvals of ours live in it";
const NO_CALLBACK: &str = "it makes orders, and no create of ours has an event there";
const NO_COMMENTS: &str = "nothing of ours is commented on there";
const KEY_WITH_EACH: &str = "each request carries its own proof, nothing lapses";

/// The rows.
pub static ROWS: &[Row] = &[
    Row {
        connector: "dingtalk",
        example: "dingtalk",
        connection: "oa_dingtalk",
        address: "http://127.0.0.1:7111",
        mock: Of::Vendor("dingtalk"),
        secrets: &[
            ("WAYBILL_DINGTALK_APP_SECRET", "mock-dingtalk-app-secret"),
            ("WAYBILL_DINGTALK_CALLBACK_TOKEN", "unused-here"),
            ("WAYBILL_DINGTALK_CALLBACK_AES_KEY", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"),
        ],
        lift: &[("limits: {rate: 20/s, concurrency: 8}", "limits: {rate: 1000/s, concurrency: 8}")],
        read: ("get_instance", "get"),
        create: Some(Create { operation: "create_approval", api: "create", input: Input::Sample("po-1.dingtalk.json") }),
        list: Some(List { operation: "list_approval_ids", api: "list", by_time: true, input: || json!({}), each: "ids", size: 20 }),
        write: Some(("withdraw_approval", "terminate")),
        commenter: Some("manager01"),
        approve: Some((("decide", || json!({"result": "agree"})), ("revoke", || json!({})))),
        cannot: &[],
    },
    Row {
        connector: "feishu",
        example: "feishu",
        connection: "oa_feishu",
        address: "http://127.0.0.1:7112",
        mock: Of::Vendor("feishu"),
        secrets: &[
            ("WAYBILL_FEISHU_APP_SECRET", "mock-feishu-app-secret"),
            ("WAYBILL_FEISHU_VERIFICATION_TOKEN", "unused-here"),
            ("WAYBILL_FEISHU_ENCRYPT_KEY", "unused-here"),
        ],
        lift: &[("code == 99991400\", class: rate_limited, retry_after: 10s", "code == 99991400\", class: rate_limited, retry_after: 1s")],
        read: ("get_approval", "get"),
        create: Some(Create { operation: "create_approval", api: "create", input: Input::Sample("po-1.feishu.json") }),
        list: None,
        write: Some(("withdraw_approval", "cancel")),
        commenter: Some("manager01"),
        approve: Some((("decide", || json!({"result": "approve"})), ("revert", || json!({})))),
        cannot: &[(Fault::PageBoundary, "nothing is listed: an instance is read by its code or by our uuid")],
    },
    Row {
        connector: "wecom",
        example: "wecom",
        connection: "oa_wecom",
        address: "http://127.0.0.1:7113",
        mock: Of::Vendor("wecom"),
        secrets: &[
            ("WAYBILL_WECOM_CORP_SECRET", "mock-wecom-corp-secret"),
            ("WAYBILL_WECOM_CALLBACK_TOKEN", "unused-here"),
            ("WAYBILL_WECOM_CALLBACK_AES_KEY", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"),
        ],
        lift: &[
            ("limits: {rate: 10/s, concurrency: 8}", "limits: {rate: 1000/s, concurrency: 8}"),
            ("errcode == 45009\", class: rate_limited, retry_after: 1m", "errcode == 45009\", class: rate_limited, retry_after: 1s"),
        ],
        read: ("get_detail", "detail"),
        create: Some(Create { operation: "create_approval", api: "apply", input: Input::Sample("po-1.wecom.json") }),
        list: Some(List {
            operation: "list_approval_numbers",
            api: "list",
            by_time: true,
            input: || json!({"originator": "LiHui"}),
            each: "numbers",
            size: 100,
        }),
        write: None,
        commenter: None,
        approve: Some((("status", || json!({"status": "approved"})), ("status", || json!({"status": "revoked"})))),
        cannot: &[
            (Fault::SilentNoOp, "the vendor offers no write but the create, whose look-up tells"),
            (Fault::LostComment, "the vendor offers no comment: people write them in WeCom"),
        ],
    },
    Row {
        connector: "weaver_ecology",
        example: "sap_weaver",
        connection: "oa_weaver",
        address: "http://127.0.0.1:7114",
        mock: Of::Vendor("weaver"),
        secrets: &[("WAYBILL_WEAVER_HOOK_TOKEN", "unused-here")],
        lift: &[("limits: {rate: 5/s, concurrency: 2}", "limits: {rate: 1000/s, concurrency: 4}")],
        read: ("get_form", "form"),
        create: Some(Create { operation: "create_approval", api: "create", input: Input::Sample("order.weaver.json") }),
        list: Some(List {
            operation: "list_created",
            api: "list",
            by_time: false,
            input: || json!({"title": "", "originator": "1001"}),
            each: "requests",
            size: 50,
        }),
        write: Some(("withdraw_approval", "draw_back")),
        commenter: Some("2001"),
        approve: Some((("act", || json!({"do": "agree"})), ("act", || json!({"do": "revoke"})))),
        cannot: &[(Fault::Throttle, "the vendor counts no calls; its container's 503 is a partner that is down")],
    },
    Row {
        connector: "demo_oa",
        example: "erp_gallery",
        connection: "oa_main",
        address: "http://127.0.0.1:7102",
        mock: Of::Generic(System::Oa),
        secrets: &[("WAYBILL_DEMO_OA_CALLBACK_SECRET", "unused-here")],
        lift: &[],
        read: ("get_approval", "get_approval"),
        create: Some(Create { operation: "create_approval", api: "create_approval", input: Input::Sample("order.form.json") }),
        list: Some(List {
            operation: "list_approval_ids",
            api: "list_approvals",
            by_time: true,
            input: || json!({}),
            each: "ids",
            size: 100,
        }),
        write: Some(("withdraw_approval", "withdraw_approval")),
        commenter: None,
        approve: Some((("decide", || json!({"status": "approved"})), ("decide", || json!({"status": "revoked"})))),
        cannot: &[(Fault::LostComment, "the generic OA takes no comments of ours")],
    },
    Row {
        connector: "demo_erp",
        example: "feishu",
        connection: "erp_hq",
        address: "http://127.0.0.1:7101",
        mock: Of::Generic(System::Erp),
        secrets: &[("WAYBILL_DEMO_ERP_WEBHOOK_SECRET", "unused-here")],
        lift: &[],
        read: ("get_order", "get_order"),
        create: None,
        list: Some(List {
            operation: "list_changed_orders",
            api: "list_orders",
            by_time: true,
            input: || json!({}),
            each: "ids",
            size: 100,
        }),
        write: Some(("release_order", "release_order")),
        commenter: None,
        approve: None,
        cannot: &[
            (Fault::LostCreate, "orders come from it, the hub makes none there"),
            (Fault::EarlyEvent, NO_CALLBACK),
            (Fault::RevokedLater, NO_APPROVALS),
            (Fault::LostComment, NO_COMMENTS),
        ],
    },
    Row {
        connector: "demo_finance",
        example: "feishu",
        connection: "finance_main",
        address: "http://127.0.0.1:7103",
        mock: Of::Generic(System::Finance),
        secrets: &[],
        lift: &[],
        read: ("get_payable", "get_payable"),
        create: Some(Create { operation: "create_payable", api: "create_payable", input: Input::Sample("payable-1.finance.json") }),
        list: None,
        write: Some(("void_payable", "void_payable")),
        commenter: None,
        approve: None,
        cannot: &[
            (Fault::PageBoundary, "nothing is listed: a payable is found by our reference"),
            (Fault::EarlyEvent, "it tells nothing by itself: what was written is read back"),
            (Fault::RevokedLater, NO_APPROVALS),
            (Fault::LostComment, NO_COMMENTS),
        ],
    },
    Row {
        connector: "generic_rest",
        example: "generic_rest",
        connection: "rest_erp",
        address: "http://127.0.0.1:7101",
        mock: Of::Generic(System::Erp),
        secrets: &[("WAYBILL_REST_WEBHOOK_SECRET", "unused-here")],
        lift: &[],
        read: ("get_order", "get_order"),
        create: None,
        list: Some(List {
            operation: "list_changed_orders",
            api: "list_orders",
            by_time: true,
            input: || json!({}),
            each: "ids",
            size: 100,
        }),
        write: Some(("release_order", "release_order")),
        commenter: None,
        approve: None,
        cannot: &[
            (Fault::LostCreate, "orders come from this one; what is booked has a row of its own"),
            (Fault::EarlyEvent, NO_CALLBACK),
            (Fault::RevokedLater, NO_APPROVALS),
            (Fault::LostComment, NO_COMMENTS),
        ],
    },
    Row {
        connector: "generic_rest",
        example: "generic_rest",
        connection: "rest_finance",
        address: "http://127.0.0.1:7103",
        mock: Of::Generic(System::Finance),
        secrets: &[],
        lift: &[],
        read: ("get_payable", "get_payable"),
        create: Some(Create { operation: "create_payable", api: "create_payable", input: Input::Sample("payable.rest.json") }),
        list: None,
        write: Some(("void_payable", "void_payable")),
        commenter: None,
        approve: None,
        cannot: &[
            (Fault::PageBoundary, "nothing is listed: a payable is found by our reference"),
            (Fault::EarlyEvent, "it tells nothing by itself: what was written is read back"),
            (Fault::RevokedLater, NO_APPROVALS),
            (Fault::LostComment, NO_COMMENTS),
        ],
    },
    Row {
        connector: "kingdee_galaxy",
        example: "erp_gallery",
        connection: "kingdee_main",
        address: "http://127.0.0.1:7201",
        mock: Of::Erp("kingdee"),
        secrets: &[("WAYBILL_KINGDEE_SECRET", "0123456789abcdef0123456789abcdef")],
        lift: &[("limits: {rate: 20/s, concurrency: 4}", "limits: {rate: 1000/s, concurrency: 4}")],
        read: ("get_order", "ExecuteBillQuery"),
        create: Some(Create {
            operation: "create_order",
            api: "Save",
            input: Input::Here(|| {
                json!({"number": "NUMBER", "date": "2026-01-05", "supplier": "VEN00003", "organisation": "100", "currency": "PRE001",
                    "lines": [{"material": "M001", "unit": "Pcs", "quantity": "2", "tax_price": "113", "tax_rate": "13", "delivery_date": "2026-01-20"}]})
            }),
        }),
        list: Some(List {
            operation: "list_changed_orders",
            api: "list_orders",
            by_time: true,
            input: || json!({}),
            each: "orders",
            size: 2_000,
        }),
        write: Some(("release_order", "release_order")),
        commenter: None,
        approve: None,
        cannot: &[
            (Fault::AuthLapse, KEY_WITH_EACH),
            (Fault::Throttle, "it says that it is busy in the words of any exception, without a sign of its own"),
            (Fault::SilentNoOp, "what it does not do it refuses in words, with IsSuccess false"),
            (Fault::EarlyEvent, NO_CALLBACK),
            (Fault::RevokedLater, NO_APPROVALS),
            (Fault::LostComment, NO_COMMENTS),
        ],
    },
    Row {
        connector: "erpnext",
        example: "erp_gallery",
        connection: "erpnext_main",
        address: "http://127.0.0.1:7202",
        mock: Of::Erp("erpnext"),
        secrets: &[("WAYBILL_ERPNEXT_SECRET", "mock-erpnext-secret")],
        lift: &[("rate: 10/s\n  concurrency: 4", "rate: 1000/s\n  concurrency: 4")],
        read: ("get_order", "read"),
        create: None,
        list: Some(List {
            operation: "list_changed_orders",
            api: "list_orders",
            by_time: true,
            input: || json!({}),
            each: "orders",
            size: 100,
        }),
        write: Some(("release_order", "release_order")),
        commenter: None,
        approve: None,
        cannot: &[
            (Fault::AuthLapse, KEY_WITH_EACH),
            (Fault::LostCreate, "orders come from it, the hub makes none there"),
            (Fault::SilentNoOp, "what it does not do it refuses in words, with 417"),
            (Fault::EarlyEvent, NO_CALLBACK),
            (Fault::RevokedLater, NO_APPROVALS),
            (Fault::LostComment, NO_COMMENTS),
        ],
    },
    Row {
        connector: "odoo",
        example: "erp_gallery",
        connection: "odoo_main",
        address: "http://127.0.0.1:7203",
        mock: Of::Erp("odoo"),
        secrets: &[("WAYBILL_ODOO_KEY", "mock-odoo-key")],
        lift: &[("limits: {rate: 1/s, concurrency: 1}", "limits: {rate: 1000/s, concurrency: 1}")],
        read: ("get_order", "read"),
        create: None,
        list: Some(List {
            operation: "list_changed_orders",
            api: "list_orders",
            by_time: true,
            input: || json!({}),
            each: "orders",
            size: 100,
        }),
        write: Some(("release_order", "release_order")),
        commenter: None,
        approve: None,
        cannot: &[
            (Fault::AuthLapse, KEY_WITH_EACH),
            (Fault::LostCreate, "orders come from it; a bill is made of an order that is there, and found by its origin"),
            (Fault::EarlyEvent, NO_CALLBACK),
            (Fault::RevokedLater, NO_APPROVALS),
            (Fault::LostComment, NO_COMMENTS),
        ],
    },
    Row {
        connector: "sap_s4hana",
        example: "erp_gallery",
        connection: "sap_main",
        address: "http://127.0.0.1:7204",
        mock: Of::Erp("sap"),
        secrets: &[("WAYBILL_SAP_PASSWORD", "mock-sap-password")],
        lift: &[("limits: {rate: 10/s, concurrency: 4}", "limits: {rate: 1000/s, concurrency: 4}")],
        read: ("get_order", "order"),
        create: Some(Create {
            operation: "create_order",
            api: "create",
            input: Input::Here(|| {
                json!({"company": "1010", "type": "NB", "supplier": "VEN00003", "organisation": "1010", "group": "001", "currency": "CNY",
                    "items": [{"number": "10", "plant": "1010", "material": "M001", "quantity": "2", "price": "100"}]})
            }),
        }),
        list: Some(List {
            operation: "list_changed_orders",
            api: "list_orders",
            by_time: true,
            input: || json!({}),
            each: "orders",
            size: 200,
        }),
        write: Some(("release_order", "release_order")),
        commenter: None,
        approve: None,
        cannot: &[(Fault::EarlyEvent, NO_CALLBACK), (Fault::RevokedLater, NO_APPROVALS), (Fault::LostComment, NO_COMMENTS)],
    },
    Row {
        connector: "generic_soap",
        example: "generic_soap",
        connection: "soap_main",
        address: "http://127.0.0.1:7205",
        mock: Of::Erp("soap"),
        secrets: &[("WAYBILL_SOAP_PASSWORD", "mock-soap-password")],
        lift: &[("limits: {rate: 20/s, concurrency: 4}", "limits: {rate: 1000/s, concurrency: 4}")],
        read: ("get_order", "GetOrder"),
        create: Some(Create {
            operation: "book_payable",
            api: "BookPayable",
            input: Input::Here(
                || json!({"number": "NUMBER", "supplier": "VEN00003", "amount": "98.88", "currency": "CNY", "due_date": "2026-11-15", "order_number": "NUMBER"}),
            ),
        }),
        list: Some(List {
            operation: "list_changed_orders",
            api: "list_orders",
            by_time: true,
            input: || json!({}),
            each: "orders",
            size: 50,
        }),
        write: Some(("release_order", "release_order")),
        commenter: None,
        approve: None,
        cannot: &[
            (Fault::AuthLapse, KEY_WITH_EACH),
            (Fault::SilentNoOp, "what an order's state forbids is a fault, and no call claims a success that is none"),
            (Fault::EarlyEvent, NO_CALLBACK),
            (Fault::RevokedLater, NO_APPROVALS),
            (Fault::LostComment, NO_COMMENTS),
        ],
    },
];
