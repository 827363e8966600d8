# needs: odooly==2.6.7
"""Odoo's mock, judged by odooly, which speaks JSON-2 to real servers."""

import sys
from types import SimpleNamespace

import odooly

from judge import ask, check, done

base = sys.argv[1]
api = odooly.Json2(SimpleNamespace(_server=base, _printer=None), "hub", "mock-odoo-key")


def do(**what):
    return ask(base + "/__mock/do", "POST", what)


def refused(what, call, *words):
    try:
        answer = call()
    except (odooly.ServerError, odooly.Error) as error:
        check(what, all(word in repr(error) for word in words), repr(error))
        return
    check(what, False, answer)


check("the key is taken", api._check() is api)
wrong = odooly.Json2(SimpleNamespace(_server=base, _printer=None), "hub", "another-key")
check("a wrong one is not", wrong._check() is False)
do(do="create", number="P-1", lines=[{"item": "M001", "quantity": "10", "price": "100"}])
found = api("purchase.order", "search_read", [[["name", "=", "P-1"]]], {"fields": ["name", "state", "partner_id", "order_line", "origin"]})
check("positional arguments meet their names", [row["name"] for row in found] == ["P-1"], found)
identity = found[0]["id"]
check("a reference is id and name, lines are ids, nothing is false", isinstance(found[0]["partner_id"], list) and isinstance(found[0]["order_line"][0], int) and found[0]["origin"] is False, found)
check("counts", api("purchase.order", "search_count", [[["state", "=", "draft"]]]) == 1)
check("searches", api("purchase.order", "search", [["|", ["name", "=", "P-1"], ["name", "=", "P-2"]]]) == [identity])
lines = api("purchase.order.line", "search_read", [[["id", "in", found[0]["order_line"]]]], {"fields": ["name", "display_type", "price_total"]})
check("a note stands among the lines", [bool(line["display_type"]) for line in lines] == [False, True], lines)
whole = api("purchase.order", "web_read", [], {"ids": [identity], "specification": {"name": {}, "currency_id": {"fields": {"display_name": {}}}, "order_line": {"fields": {"price_total": {}}}}})
check("web_read gives what is specified", whole[0]["currency_id"]["display_name"] == "CNY" and whole[0]["order_line"][0]["price_total"] == 1130, whole)
refused("an unknown field is refused", lambda: api("purchase.order", "search_read", [[]], {"fields": ["nope"]}), "Invalid field")
refused("an unknown model is not found", lambda: api("no.model", "search", [[]]), "does not exist")
refused("an unknown method is not found", lambda: api("purchase.order", "no_method", [], {"ids": [identity]}), "does not exist")
refused("a record that is gone", lambda: api("purchase.order", "read", [], {"ids": [999]}), "MissingError")
do(do="rights", approve=False)
check("confirmed without the right to approve, it waits", api("purchase.order", "button_confirm", [], {"ids": [identity]}) is True)
state = lambda: api("purchase.order", "read", [], {"ids": [identity], "fields": ["state"]})[0]["state"]
check("for its manager", state() == "to approve", state())
check("an approval without the right answers success", api("purchase.order", "button_approve", [], {"ids": [identity]}) == {})
check("and does nothing", state() == "to approve", state())
do(do="rights", approve=True)
api("purchase.order", "button_approve", [], {"ids": [identity]})
check("with the right it does", state() == "purchase", state())
bill = api("purchase.order", "action_create_invoice", [], {"ids": [identity]})
check("a bill is made", bill["res_model"] == "account.move" and bill["res_id"], bill)
refused("what is billed is not cancelled", lambda: api("purchase.order", "button_cancel", [], {"ids": [identity]}), "UserError", "vendor bills")
do(do="expire_sessions")
refused("a lapsed key is refused", lambda: api("purchase.order", "search", [[]]), "Invalid apikey")
done()
