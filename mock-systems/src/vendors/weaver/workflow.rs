//! The people, the nodes that a request passes, and the form it has: fictional.

use crate::vendors::templates::{Field, Template};

/// Numbers of people; the last one is the hub's, who sees everything as an administrator of the workflow.
pub(super) const PEOPLE: &[&str] = &["1001", "1002", "1003", "1004", "2001", "2002", "2003", "3001", MONITOR];
pub(super) const MONITOR: &str = "9000";

/// A node of the workflow.
pub(super) struct Node {
    pub id: u32,
    pub name: &'static str,
    /// 0 create, 1 approve, 2 submit, 3 archived.
    pub kind: u8,
    /// Who is asked; all of them must answer (会签). The first node is its creator's.
    pub people: &'static [&'static str],
    /// The exit that leads to the next one, which is what `status` says.
    pub exit: &'static str,
}

/// The nodes in their order.
pub(super) static NODES: &[Node] = &[
    Node { id: 201, name: "创建", kind: 0, people: &[], exit: "提交审批" },
    Node { id: 202, name: "部门审批", kind: 1, people: &["2001"], exit: "部门同意" },
    Node { id: 203, name: "财务会签", kind: 1, people: &["2002", "2003"], exit: "同意" },
    Node { id: 204, name: "归档", kind: 3, people: &[], exit: "" },
];
/// The node of requests that are over.
pub(super) const ARCHIVE: usize = 3;

/// The column that the workflow's own actions fill: 1 agreed, 0 not agreed, 2 taken back after it was agreed.
pub(super) const VERDICT: &str = "spjg";

/// The form that is there from the start; its code is the workflow's number, which a new version replaces.
pub(super) fn first() -> Template {
    let fields = vec![
        Field::new("外部单号", "wbdh", "text").required(),
        Field::new("订单编号", "ddbh", "text").required(),
        Field::new("供应商", "gys", "text"),
        Field::new("币种", "bz", "text"),
        Field::new("金额", "je", "number").required(),
        Field::new("交货日期", "jhrq", "date"),
        Field::new("申请人", "sqr", "browser"),
        Field::new("审批结果", VERDICT, "select"),
        Field::new("明细", "formtable_main_45_dt1", "detail").with(vec![
            Field::new("物料", "wl", "text"),
            Field::new("数量", "sl", "number"),
            Field::new("金额", "mxje", "number"),
        ]),
    ];
    Template { code: "36".to_owned(), name: "采购订单审批".to_owned(), fields }
}

/// The table of the main form.
pub(super) const MAIN_TABLE: &str = "formtable_main_45";
