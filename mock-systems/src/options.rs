//! What a caller chooses before the mocks start.

use crate::clock::ClockKind;
use crate::switches::Switches;

/// How to start; the default is three free ports, real time, no faults and no orders.
#[derive(Clone, Debug)]
pub struct Options {
    /// 0 takes a free port.
    pub erp_port: u16,
    /// 0 takes a free port.
    pub oa_port: u16,
    /// 0 takes a free port.
    pub finance_port: u16,
    /// The same seed rolls the same dice in the same order.
    pub seed: u64,
    /// What `POST /token` of the ERP asks for.
    pub erp: Credentials,
    /// What `POST /token` of the OA asks for.
    pub oa: Credentials,
    /// What `POST /token` of finance asks for.
    pub finance: Credentials,
    /// Life of a session token.
    pub token_seconds: u32,
    /// How time passes.
    pub clock: ClockKind,
    /// The ERP's switches at the start and after a reset.
    pub erp_switches: Switches,
    /// The OA's switches at the start and after a reset.
    pub oa_switches: Switches,
    /// Finance's switches at the start and after a reset.
    pub finance_switches: Switches,
    /// The ERP's orders at the start and after a reset.
    pub orders: SeedOrders,
}

/// What a client presents for a session token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// Names the client.
    pub app_key: String,
    /// Proves it; fictional, so not kept from `Debug`.
    pub app_secret: String,
}

/// Orders the ERP holds from the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SeedOrders {
    /// None.
    #[default]
    None,
    /// Twelve orders that hold the awkward cases: yen, 250 lines, six decimals, odd characters, a large id, no currency.
    Awkward,
}

impl Default for Options {
    fn default() -> Self {
        let credentials = |secret: &str| Credentials { app_key: "waybill".to_owned(), app_secret: secret.to_owned() };
        Self {
            erp_port: 0,
            oa_port: 0,
            finance_port: 0,
            seed: 1,
            erp: credentials("mock-erp-secret"),
            oa: credentials("mock-oa-secret"),
            finance: credentials("mock-finance-secret"),
            token_seconds: 7200,
            clock: ClockKind::Real,
            erp_switches: Switches::default(),
            oa_switches: Switches::default(),
            finance_switches: Switches::default(),
            orders: SeedOrders::None,
        }
    }
}
