//! What a caller may do. Few and separate: who may see is not who may see payloads, and neither may settle.

/// One permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// See documents, instances, exceptions and connections, without payloads.
    Read,
    /// See what documents and partners' answers hold.
    Payloads,
    /// Submit forms and begin flows.
    Start,
    /// See and decide one's own tasks.
    Decide,
    /// Settle exceptions and move instances to another version.
    Operate,
    /// Write drafts, check, preview, simulate and try them.
    Edit,
    /// Publish releases and roll back.
    Publish,
    /// Read the metrics.
    Metrics,
    /// Say who may come in and what for.
    Users,
    /// Read what was done by whom.
    Audit,
    /// Change the data of documents.
    Amend,
    /// Set and remove secrets.
    Secrets,
}

impl Permission {
    /// All of them.
    pub const ALL: [Permission; 12] = [
        Permission::Read,
        Permission::Payloads,
        Permission::Start,
        Permission::Decide,
        Permission::Operate,
        Permission::Edit,
        Permission::Publish,
        Permission::Metrics,
        Permission::Users,
        Permission::Audit,
        Permission::Amend,
        Permission::Secrets,
    ];
    /// Their words, in the same order.
    pub const WORDS: [&'static str; 12] =
        ["read", "payloads", "start", "decide", "operate", "edit", "publish", "metrics", "users", "audit", "amend", "secrets"];

    /// The word in files and messages.
    pub fn word(self) -> &'static str {
        match self {
            Permission::Read => "read",
            Permission::Payloads => "payloads",
            Permission::Start => "start",
            Permission::Decide => "decide",
            Permission::Operate => "operate",
            Permission::Edit => "edit",
            Permission::Publish => "publish",
            Permission::Metrics => "metrics",
            Permission::Users => "users",
            Permission::Audit => "audit",
            Permission::Amend => "amend",
            Permission::Secrets => "secrets",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_stand_in_the_order_of_the_permissions() {
        assert_eq!(Permission::ALL.map(Permission::word), Permission::WORDS);
    }
}
