//! How partners behave under load: now and then each does something wrong, and the OA honours no keys.

use mock_systems::{Running, System};
use serde_json::json;

/// 5 % faults in all: work done and answer lost, error after the work, nothing done, throttled, gateway pages; callbacks doubled,
/// out of order and early.
pub fn bad(mocks: &Running) {
    let faults = json!({
        "lost_response": 0.01, "error_after": 0.01, "reset_before": 0.01, "throttle": 0.01, "html_error_page": 0.01,
        "duplicate_webhook": 0.05, "reorder_webhook": 0.02, "early_webhook": 0.05,
        "executes_within_ms": 800, "visible_within_ms": 500, "webhook_attempts": 20,
    });
    for system in System::ALL {
        mocks.set_switches(system, &faults).expect("known switches");
    }
    mocks.set_switches(System::Oa, &json!({"decide": "share", "reject_share": 0.1, "decide_after_ms": 1500})).expect("known switches");
    mocks.set_switches(System::Finance, &json!({"honours_keys": true})).expect("known switches");
}
