# needs: frappe-client==0.1.0.dev0
"""ERPNext's mock, judged by the Frappe project's own Python client."""

import json
import sys

from frappeclient import FrappeClient
from frappeclient.frappeclient import FrappeException

from judge import ask, check, done

base = sys.argv[1]
client = FrappeClient(base)
client.authenticate("mock-erpnext-key", "mock-erpnext-secret")
TOKEN = {"authorization": "token mock-erpnext-key:mock-erpnext-secret"}
PO = base + "/api/resource/Purchase%20Order"


def do(**what):
    return ask(base + "/__mock/do", "POST", what)


def fails(what, call, kind):
    try:
        answer = call()
    except FrappeException as error:
        check(what, kind in str(error), error)
        return
    check(what, False, answer)


line = {"item_code": "M001", "qty": 10, "rate": 100}
order = {"doctype": "Purchase Order", "supplier": "VEN00001", "items": [line], "taxes": [{"charge_type": "On Net Total", "rate": 13}]}
made = client.insert(order)
name = made["name"]
check("an order is inserted with a name of its series", name.startswith("PUR-ORD-"), name)
check("totals are computed", (made["net_total"], made["grand_total"]) == (1000, 1130), made)
check("it is read back with its lines", client.get_doc("Purchase Order", name)["items"][0]["idx"] == 1)
found = client.get_list("Purchase Order", fields=["name", "modified"], filters=[["name", "=", name]], limit_page_length=5)
check("lists filter and choose fields", found == [{"name": name, "modified": made["modified"]}], found)
fails("a mandatory field is asked for", lambda: client.insert({"doctype": "Purchase Order", "items": [line]}), "MandatoryError")
fails("a link is checked", lambda: client.insert({**order, "supplier": "NOBODY"}), "LinkValidationError")
fails("an unknown type is not found", lambda: client.get_doc("Nonsense", "x"), "DoesNotExistError")
changed = client.update({"doctype": "Purchase Order", "name": name, "payment_terms_template": "Net 30"})
check("a change moves `modified`", changed["modified"] > made["modified"], changed["modified"])
status, body = ask(f"{PO}/{name}", "PUT", {"modified": made["modified"], "payment_terms_template": "Net 60"}, TOKEN)
check("an older version is refused", (status, body["exc_type"]) == (417, "TimestampMismatchError"), body)
message = json.loads(json.loads(body["_server_messages"])[0])["message"]
check("messages are JSON in JSON in JSON", "modified" in message, message)
fails("what is under a workflow is not simply submitted", lambda: client.submit(client.get_doc("Purchase Order", name)), "WorkflowPermissionError")
do(do="submit", number=name)
applied = client.post_api("frappe.model.workflow.apply_workflow", {"doc": json.dumps({"doctype": "Purchase Order", "name": name}), "action": "Approve"})
check("an action of the workflow submits it", (applied["docstatus"], applied["workflow_state"]) == (1, "Approved"), applied)
fails("a second time it is no action any more", lambda: client.post_api("frappe.model.workflow.apply_workflow", {"doc": json.dumps({"doctype": "Purchase Order", "name": name}), "action": "Approve"}), "WorkflowTransitionError")
fails("what is submitted is frozen", lambda: client.update({"doctype": "Purchase Order", "name": name, "supplier": "VEN00002"}), "UpdateAfterSubmitError")
fails("and not deleted", lambda: client.delete("Purchase Order", name), "ValidationError")
cancelled = client.cancel("Purchase Order", name)
check("it is cancelled", cancelled["docstatus"] == 2, cancelled)
do(do="workflow", on=False)
plain = client.insert(order)
check("without a workflow it is submitted", client.submit(client.get_doc("Purchase Order", plain["name"]))["docstatus"] == 1)
status, body = ask(f"{PO}/{plain['name']}?run_method=submit", "POST", {}, TOKEN)
check("a second submission is told by name", (status, body["exc_type"]) == (417, "DocstatusTransitionError"), body)
for _ in range(25):
    client.insert(order)
status, body = ask(f"{PO}?fields=%5B%22name%22%5D", headers=TOKEN)
check("twenty rows where nobody asks for more", len(body["data"]) == 20, len(body["data"]))
status, body = ask(PO, headers={"authorization": "token wrong:key"})
check("a wrong key is 401", (status, body["exc_type"]) == (401, "AuthenticationError"), body)
do(do="rate", limit=60000000, remaining=150000, reset=30)
ask(base + "/__mock/switches", "PUT", {"rate_limit_next": 1})
status, body = ask(PO, headers=TOKEN)
check("a throttled call says so in plain text", (status, body) == (429, "Too Many Requests"), body)
done()
