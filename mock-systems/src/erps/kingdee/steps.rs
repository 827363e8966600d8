//! Submit, audit and their opposites: each order by itself, what the status forbids in words.

use serde_json::Value;

use super::book::{Book, Order};
use super::{failure, refused, success};
use crate::instant::Micros;

/// `submit`, `audit`, `unaudit`, `delete`, `cancelassign`.
pub(super) fn take(book: &mut Book, verb: &str, form: &str, data: &Value, now: Micros) -> (Value, bool) {
    if form != "PUR_PurchaseOrder" {
        return (refused("业务对象不存在"), false);
    }
    each(book, data, now, |order| {
        let number = &order.number;
        let next = match (verb, order.status) {
            _ if order.is_void => return Err(format!("单据编号为“{number}”的采购订单已作废")),
            ("submit", 'A' | 'D') => 'B',
            ("submit", 'B') => return Err(format!("单据编号为“{number}”的采购订单已提交，不能再次提交")),
            ("submit", 'C') | ("audit", 'C') => return Err(format!("单据编号为“{number}”的采购订单已审核")),
            ("audit", 'B') if order.in_workflow => return Err(format!("单据编号为“{number}”的采购订单正在走工作流，不能直接审批")),
            ("audit", 'B') => 'C',
            ("audit", _) => return Err(format!("单据编号为“{number}”的采购订单未提交，不能审核")),
            ("unaudit", 'C') => 'D',
            ("unaudit", _) => return Err(format!("单据编号为“{number}”的采购订单未审核，不能反审核")),
            ("cancelassign", 'B') => {
                if order.was_audited {
                    'D'
                } else {
                    'A'
                }
            }
            ("cancelassign", 'C') => return Err(format!("单据编号为“{number}”的采购订单已审核，不能收回")),
            ("cancelassign", _) => return Err(format!("单据编号为“{number}”的采购订单未提交，不能撤销")),
            ("delete", 'A' | 'Z' | 'D') => 'X',
            (_, _) => return Err(format!("单据编号为“{number}”的采购订单状态不允许此操作")),
        };
        if next == 'C' {
            order.was_audited = true;
            order.audits += 1;
        }
        order.status = next;
        Ok(())
    })
}

/// `Cancel`, `Uncancel`, `BillClose`, `BillUnClose` of the state operations.
pub(super) fn operate(book: &mut Book, form: &str, operation: &str, data: &Value, now: Micros) -> (Value, bool) {
    if form != "PUR_PurchaseOrder" {
        return (refused("业务对象不存在"), false);
    }
    each(book, data, now, |order| {
        let number = &order.number;
        match (operation, order.status) {
            ("Cancel", _) if order.is_void => return Err(format!("单据编号为“{number}”的采购订单已作废")),
            ("Cancel", 'A' | 'D') => order.is_void = true,
            ("Uncancel", 'A' | 'D') => order.is_void = false,
            ("BillClose", 'C') => order.is_closed = true,
            ("BillUnClose", 'C') => order.is_closed = false,
            _ => return Err(format!("单据编号为“{number}”的采购订单状态不允许操作{operation}")),
        }
        Ok(())
    })
}

/// A decision of the workflow: 1 approves, 2 rejects, 3 ends it.
pub(super) fn decide(book: &mut Book, data: &Value, now: Micros) -> (Value, bool) {
    if data["FormId"] != "PUR_PurchaseOrder" {
        return (refused("业务对象不存在"), false);
    }
    let decision = data["ApprovalType"].as_i64().unwrap_or(0);
    each(book, data, now, |order| {
        if !order.in_workflow || order.status != 'B' {
            return Err(format!("单据编号为“{}”的采购订单没有待审批的工作流任务", order.number));
        }
        match decision {
            1 => {
                order.status = 'C';
                order.was_audited = true;
                order.audits += 1;
            }
            2 | 3 => order.status = if order.was_audited { 'D' } else { 'A' },
            _ => return Err("审批类型不正确".to_owned()),
        }
        order.in_workflow = false;
        Ok(())
    })
}

/// Does it to each order that is named; some may fail while others succeed.
fn each(book: &mut Book, data: &Value, now: Micros, step: impl Fn(&mut Order) -> Result<(), String>) -> (Value, bool) {
    let named = book.named(data);
    if named.is_empty() {
        return (refused("单据内码或编号不能为空"), false);
    }
    let (mut done, mut errors) = (Vec::new(), Vec::new());
    for (index, one) in named.into_iter().enumerate() {
        let result = one.and_then(|id| {
            let order = book.orders.get_mut(&id).ok_or("单据不存在")?;
            step(order)?;
            order.touch(now);
            Ok((id, order.number.clone()))
        });
        match result {
            Ok(entity) => done.push(entity),
            Err(message) => errors.push((message, index)),
        }
    }
    book.orders.retain(|_, order| order.status != 'X');
    let wrote = !done.is_empty();
    let mut answer = if errors.is_empty() { success(&done) } else { failure(11, &errors) };
    if wrote {
        let whole = success(&done);
        answer["Result"]["ResponseStatus"]["SuccessEntitys"] = whole["Result"]["ResponseStatus"]["SuccessEntitys"].clone();
    }
    (answer, wrote)
}
