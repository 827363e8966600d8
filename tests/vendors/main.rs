//! Orders through vendors' approval systems: the shipped hub, the example project of the vendor as it is, the vendor's mock,
//! an ERP (the generic one, or a vendor's) and the generic finance. The mocks' own books are the judges.

mod asked;
mod dingtalk;
mod feishu;
mod forms;
#[path = "../support/hub.rs"]
#[expect(dead_code, reason = "other tests use other parts")]
mod hub;
mod in_time;
mod partners;
mod two_vendors;
mod weaver;
mod wecom;
mod world;
