//! Purchase orders through the ERPs of the gallery: submitted by a buyer in the vendor's mock, approved in the OA, booked in
//! finance, released in the ERP. Files alone make it run (`examples/erp_gallery`, `examples/generic_soap`); the hub is the shipped program, and the
//! mocks are judged by the vendors' own clients (`scripts/test-vendors`).

mod erpnext;
#[path = "../support/hub.rs"]
#[expect(dead_code, reason = "other tests use other parts")]
mod hub;
mod kingdee;
mod odoo;
mod sap;
mod soap;
mod told;
mod world;
