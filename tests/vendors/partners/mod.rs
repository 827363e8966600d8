//! The vendors whose mocks the hub is tried against: for their own tests, and for the suite over all connectors.

pub mod dingtalk;
pub mod feishu;
pub mod weaver;
pub mod wecom;
