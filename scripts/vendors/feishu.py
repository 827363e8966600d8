# needs: lark-oapi==1.7.5
"""Feishu's mock, judged by the vendor's SDK: calls, and events as its dispatcher takes them."""

import datetime
import json
import sys

import lark_oapi as lark
from lark_oapi.api.approval.v4 import *
from lark_oapi.core.model import RawRequest

from judge import Receiver, ask, check, done, until

base = sys.argv[1]
APP_ID, SECRET, CODE = "cli_mock0001", "mock-feishu-app-secret", "AC-MOCK-PO-0001"
VERIFICATION, KEY = "judge-verification", "judge-encrypt-key"
client = lark.Client.builder().app_id(APP_ID).app_secret(SECRET).domain(base).log_level(lark.LogLevel.CRITICAL).build()
instances = client.approval.v4.instance

# Tokens.
sign_in = lambda secret=SECRET: ask(f"{base}/open-apis/auth/v3/tenant_access_token/internal", "POST", {"app_id": APP_ID, "app_secret": secret})[1]
first = sign_in()
check("a flat answer with a token of 7200 s", first["code"] == 0 and first["expire"] == 7200 and first["tenant_access_token"].startswith("t-"), first)
check("the same while half an hour is left", sign_in()["tenant_access_token"] == first["tenant_access_token"])
check("a wrong secret is an error", sign_in("x")["code"] == 10014)
ask(f"{base}/__mock/clock", "POST", {"advance_seconds": 5600})
second = sign_in()["tenant_access_token"]
check("then a new one", second != first["tenant_access_token"])
bearer = lambda token: {"authorization": f"Bearer {token}"}
status, answer = ask(f"{base}/open-apis/approval/v4/approvals/{CODE}", headers=bearer(first["tenant_access_token"]))
check("and the old one is still taken", answer["code"] == 0, answer)
form = json.loads(answer["data"]["form"])
check("the form of a definition is a JSON text of controls", any(c["id"] == "widget_lines" and c["children"] for c in form), form)
status, answer = ask(f"{base}/open-apis/approval/v4/approvals/{CODE}", headers=bearer("t-other"))
check("an unknown token", answer["code"] == 99991663, answer)


def start(uuid, **changed):
    widgets = [
        {"id": "widget_no", "type": "input", "value": "PO-1"},
        {"id": "widget_amount", "type": "amount", "value": 1234.5, "currency": "CNY"},
        {"id": "widget_due", "type": "date", "value": "2026-01-31T00:00:00+08:00"},
        {"id": "widget_lines", "type": "fieldList", "value": [[{"id": "widget_item", "type": "input", "value": "M-01"}, {"id": "widget_quantity", "type": "number", "value": 2}]]},
    ]
    for widget in widgets:
        if widget["id"] in changed:
            widget["value"] = changed[widget["id"]]
    body = InstanceCreate.builder().approval_code(CODE).user_id("f7cb567e").uuid(uuid).form(json.dumps(widgets))
    body = body.node_approver_user_id_list([NodeApprover.builder().key("node-1").value(["u2", "u3"]).build()]).build()
    return instances.create(CreateInstanceRequest.builder().request_body(body).build())


get = lambda id: instances.get(GetInstanceRequest.builder().instance_id(id).user_id_type("user_id").build())

# Events, as the SDK's own dispatcher takes them.
heard = []
handler = (
    lark.EventDispatcherHandler.builder(KEY, VERIFICATION, lark.LogLevel.CRITICAL)
    .register_p1_customized_event("approval_instance", lambda event: heard.append(json.loads(lark.JSON.marshal(event))))
    .build()
)


def receive(_method, path, headers, body):
    request = RawRequest()
    request.uri, request.body, request.headers = path, body, dict(headers.items())
    # The SDK spells the names of headers one way.
    request.headers.update({name.title(): value for name, value in headers.items()})
    answer = handler.do(request)
    return answer.status_code, "application/json", answer.content


receiver = Receiver(receive)
register = lambda **more: ask(f"{base}/__mock/callback", "POST", {"url": receiver.url, "verification_token": VERIFICATION, "encrypt_key": KEY, **more})
check("an address that answers the challenge is kept", register()[0] == 200)
check("one with another token is not", register(verification_token="x")[0] == 422)
check("nor with another key", register(encrypt_key="x")[0] == 422)

one = start("Ref-1")
check("created", one.code == 0 and one.data.instance_code, one.raw.content)
id = one.data.instance_code
check("nobody subscribed, so nothing is told", heard == [])
subscribed = client.approval.v4.approval.subscribe(SubscribeApprovalRequest.builder().approval_code(CODE).build())
check("subscribed", subscribed.code == 0, subscribed.msg)
again = client.approval.v4.approval.subscribe(SubscribeApprovalRequest.builder().approval_code(CODE).build())
check("once is enough", again.code == 60007, again.code)

seen = get(id).data
check("pending", seen.status == "PENDING" and seen.reverted is None, seen.status)
check("the form is a JSON text", json.loads(seen.form)[1]["value"] == 1234.5, seen.form)
check("milliseconds as texts, 0 for what has not ended", str(seen.end_time) == "0" and len(str(seen.start_time)) == 13, seen.end_time)
check("the first of those chosen holds it", [(t.user_id, t.status) for t in seen.task_list] == [("u2", "PENDING")])
check("the uuid reads the instance, whatever its case", get("rEF-1").data.instance_code == id)
used = start("REF-1")
check("the same uuid never makes a second", used.code == 60012, used.code)
check("an unknown instance", get("nothing").code == 60003)
check("an amount as a text is refused", start("ref-2", widget_amount="1234.5").code == 60009)
check("a date without an offset is refused", start("ref-2", widget_due="2026-01-31").code == 60009)

now = datetime.datetime.fromisoformat(ask(f"{base}/__mock/clock")[1]["now"].replace("Z", "+00:00")).timestamp()
span = lambda hours: ListInstanceRequest.builder().approval_code(CODE).start_time(str(int((now - 3600 * hours) * 1000))).end_time(str(int((now + 60) * 1000))).page_size(100).build()
check("a list by time of creation", instances.list(span(1)).data.instance_code_list == [id])
check("of at most ten hours", instances.list(span(11)).code == 60001)

# Limits and tokens.
ask(f"{base}/__mock/switches", "PUT", {"throttled.get": 1})
limited = get(id)
check("too many calls: 429, code and header", limited.code == 99991400 and limited.raw.status_code == 429 and "x-ogw-ratelimit-reset" in {k.lower() for k in limited.raw.headers}, limited.raw.headers)
ask(f"{base}/__mock/switches", "PUT", {"scope_missing.get": 1})
check("a missing scope", get(id).code == 99991672)

# Acting.
task = seen.task_list[0]
agree = TaskApprove.builder().approval_code(CODE).instance_code(id).user_id("u2").task_id(task.id).comment("同意").build()
check("the first agrees", client.approval.v4.task.approve(ApproveTaskRequest.builder().user_id_type("user_id").request_body(agree).build()).code == 0)
comment = CommentRequest.builder().content(json.dumps({"text": "查过了 (c-1)", "files": []})).build()
made = client.approval.v4.instance_comment.create(CreateInstanceCommentRequest.builder().instance_id(id).user_id("u9").user_id_type("user_id").request_body(comment).build())
check("a comment, whose content is a JSON text", made.code == 0 and made.data.comment_id, made.raw.content)
check("it is read with the instance", [c.comment for c in get(id).data.comment_list] == ["查过了 (c-1)"])
ask(f"{base}/__mock/instances/{id}/decide", "POST", {"result": "approve"})
seen = get(id).data
check("approved", seen.status == "APPROVED" and int(seen.end_time) > 0, seen.status)
check("the timeline tells of both", [t.type for t in seen.timeline] == ["START", "PASS", "PASS"], [t.type for t in seen.timeline])
told = until("the SDK takes the event", lambda: next((e for e in heard if e["event"]["status"] == "APPROVED"), None))
check("with its own id and the instance's", told["uuid"] and told["event"]["instance_code"] == id and isinstance(told["event"]["operate_time"], str), told)
ask(f"{base}/__mock/instances/{id}/revert", "POST", {})
seen = get(id).data
check("taken back after approval: CANCELED with a mark", seen.status == "CANCELED" and seen.reverted is True, (seen.status, seen.reverted))
told = until("the event says REVERTED", lambda: next((e for e in heard if e["event"]["status"] == "REVERTED"), None))
check("with its time as a number", isinstance(told["event"]["operate_time"], int), told)

two = start("ref-3").data.instance_code
cancel = lambda user: instances.cancel(CancelInstanceRequest.builder().user_id_type("user_id").request_body(InstanceCancel.builder().approval_code(CODE).instance_code(two).user_id(user).build()).build())
check("only the originator withdraws", cancel("somebody").code == 60011)
check("withdrawn", cancel("f7cb567e").code == 0 and get(two).data.status == "CANCELED" and get(two).data.reverted is None)
until("it is told", lambda: any(e["event"]["instance_code"] == two and e["event"]["status"] == "CANCELED" for e in heard))

# What is not taken is sent again after 15 s of the mock's clock.
ask(f"{base}/__mock/switches", "PUT", {"event_wrong_signature": 1})
before = len(heard)
three = start("ref-4").data.instance_code
until("the SDK refused it", lambda: ask(f"{base}/__mock/traffic")[1].get("event.failed"))
check("a wrongly signed event is not taken", len(heard) == before, heard[before:])
ask(f"{base}/__mock/clock", "POST", {"advance_seconds": 16})
until("it comes again", lambda: any(e["event"]["instance_code"] == three for e in heard))
done()
