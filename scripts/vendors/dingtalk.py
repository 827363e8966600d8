# needs: alibabacloud-dingtalk==2.2.65 dingtalk-sdk==1.3.8 cryptography==50.0.2
"""DingTalk's mock, judged by the vendor's SDK (calls) and a community SDK (callbacks)."""

import json
import sys
import urllib.parse

from alibabacloud_dingtalk.oauth2_1_0.client import Client as Oauth
from alibabacloud_dingtalk.oauth2_1_0 import models as oauth
from alibabacloud_dingtalk.workflow_1_0.client import Client as Workflow
from alibabacloud_dingtalk.workflow_1_0 import models as wf
from alibabacloud_tea_openapi import models as open_api
from alibabacloud_tea_util import models as util
from dingtalk.crypto import DingTalkCrypto

from judge import Receiver, ask, check, done, until

base = sys.argv[1]
config = open_api.Config(protocol="http", region_id="central", endpoint=base.removeprefix("http://"))
runtime = util.RuntimeOptions(autoretry=False)
CODE, KEY, SECRET = "PROC-MOCK-PO-0001", "dingmockapp0001", "mock-dingtalk-app-secret"
TOKEN, AES = "judge-token-01", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFA"


def refused(what, call, code, status=None):
    try:
        call()
    except Exception as error:  # the SDK's own class has `code`
        check(f"{what}: code {code}", getattr(error, "code", None) == code, error)
        if status:
            data = getattr(error, "data", None) or {}
            check(f"{what}: status {status}", data.get("statusCode", status) == status, data)
        return
    raise SystemExit(f"not refused: {what}")


# Tokens.
auth = Oauth(config)
sign_in = lambda: auth.get_access_token(oauth.GetAccessTokenRequest(app_key=KEY, app_secret=SECRET)).body
first = sign_in()
check("a token of 7200 s", first.access_token and first.expire_in == 7200, first)
check("the same token inside its life", sign_in().access_token == first.access_token)
refused("a wrong secret", lambda: auth.get_access_token(oauth.GetAccessTokenRequest(app_key=KEY, app_secret="x")), "invalidClientIdOrSecret")
status, old = ask(f"{base}/gettoken?appkey={KEY}&appsecret={SECRET}")
check("one token for both generations", old["errcode"] == 0 and old["access_token"] == first.access_token, old)

# Callbacks, received with the community SDK.
crypto = DingTalkCrypto(TOKEN, AES, KEY)
heard, acknowledge = [], [True]


def receive(_method, path, _headers, body):
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(path).query))
    text = crypto.decrypt_message(body, query["signature"], query["timestamp"], query["nonce"])
    heard.append(json.loads(text))
    word = "success" if acknowledge[0] else "failure"
    return 200, "application/json", json.dumps(crypto.encrypt_message(word)).encode()


receiver = Receiver(receive)
registration = {"url": receiver.url, "token": TOKEN, "aes_key": AES}
status, answer = ask(f"{base}/__mock/callback", "POST", {**registration, "token": "another"})
check("a check whose acknowledgement is signed otherwise fails", status == 422, answer)
status, answer = ask(f"{base}/call_back/register_call_back?access_token={first.access_token}", "POST", {"call_back_tag": ["bpms_instance_change"], **registration})
check("registering sends check_url and keeps the address", answer["errcode"] == 0 and heard[-1] == {"EventType": "check_url"}, (answer, heard))

# Create, read, list.
flow = Workflow(config)


def with_token(headers_class, token=None):
    return headers_class(x_acs_dingtalk_access_token=token or first.access_token)


def values(reference, **more):
    field = wf.StartProcessInstanceRequestFormComponentValues
    rows = json.dumps([[{"name": "物料", "value": "M-01"}, {"name": "数量", "value": "2"}], [{"name": "物料", "value": "M-02"}]], ensure_ascii=False)
    plain = {"外部单号": reference, "单号": "PO-1", "金额": "1234.50", "明细": rows, **more}
    return [field(name=name, value=value) for name, value in plain.items()]


def start(reference, token=None, **more):
    approvers = [
        wf.StartProcessInstanceRequestApprovers(action_type="OR", user_ids=["u1", "u2"]),
        wf.StartProcessInstanceRequestApprovers(action_type="NONE", user_ids=["u3"]),
    ]
    request = wf.StartProcessInstanceRequest(
        originator_user_id="021856050926057344", dept_id=-1, process_code=CODE, approvers=approvers, form_component_values=values(reference, **more)
    )
    return flow.start_process_instance_with_options(request, with_token(wf.StartProcessInstanceHeaders, token), runtime).body.instance_id


def get(instance):
    request = wf.GetProcessInstanceRequest(process_instance_id=instance)
    return flow.get_process_instance_with_options(request, with_token(wf.GetProcessInstanceHeaders), runtime).body.result


def find(**more):
    request = wf.ListProcessInstanceIdsRequest(process_code=CODE, start_time=0 + START, next_token=0, max_results=20, **more)
    return flow.list_process_instance_ids_with_options(request, with_token(wf.ListProcessInstanceIdsHeaders), runtime).body.result


now = ask(f"{base}/__mock/clock")[1]["now"]
import datetime

START = int(datetime.datetime.fromisoformat(now.replace("Z", "+00:00")).timestamp() * 1000) - 60_000
one = start("ref-1")
seen = get(one)
check("a new instance runs", seen.status == "RUNNING" and seen.result == "", seen.to_map())
check("leading zeros are kept", seen.originator_user_id == "021856050926057344", seen.originator_user_id)
check("every value is a text", {v.name: v.value for v in seen.form_component_values}["金额"] == "1234.50", seen.form_component_values)
check("both of an OR hold it", [(t.user_id, t.status) for t in seen.tasks] == [("u1", "RUNNING"), ("u2", "RUNNING")], seen.tasks)
check("task ids are numbers", isinstance(seen.tasks[0].task_id, int), seen.tasks[0].task_id)
check("times are UTC minutes", len(seen.create_time) == 17 and seen.create_time.endswith("Z"), seen.create_time)
check("the list finds it", find(user_ids=["021856050926057344"]).list == [one])
check("the last page has no token", find().next_token is None)
check("nobody else made it", find(user_ids=["somebody"]).list == [])
two = start("ref-1")
check("the same request twice makes two", two != one and sorted(find().list) == sorted([one, two]))
until("the events of both", lambda: sum(e["EventType"] == "bpms_instance_change" and e["type"] == "start" for e in heard) == 2)

schema = flow.query_schema_by_process_code_with_options(wf.QuerySchemaByProcessCodeRequest(process_code=CODE), with_token(wf.QuerySchemaByProcessCodeHeaders), runtime).body.result
labels = {item.props.label: [child.props.label for child in item.children or []] for item in schema.schema_content.items}
check("a template tells its controls and columns", labels["明细"] == ["物料", "数量", "含税金额"] and "外部单号" in labels, labels)

# Refusals with the vendor's signals.
refused("a label that the template has not", lambda: start("ref-2", 未知="x"), "param.error", 400)
refused("a lapsed token", lambda: start("ref-2", token="old"), "InvalidAuthentication", 401)
ask(f"{base}/__mock/switches", "PUT", {"throttled.create": 1})
refused("too many calls are 403", lambda: start("ref-2"), "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", 403)
ask(f"{base}/__mock/switches", "PUT", {"permission_denied.create": 1})
refused("a missing permission is 403 too", lambda: start("ref-2"), "Forbidden.AccessDenied.AccessTokenPermissionDenied", 403)
refused("an unknown instance", lambda: get("nothing"), "processInstance.notExist", 400)

# Acting.
task = seen.tasks[0]
request = wf.ExecuteProcessInstanceRequest(process_instance_id=one, task_id=task.task_id, actioner_user_id="u1", result="agree", remark="同意")
check("a decision", flow.execute_process_instance_with_options(request, with_token(wf.ExecuteProcessInstanceHeaders), runtime).body.result is True)
seen = get(one)
check("agreement is upper case at a task", seen.tasks[0].result == "AGREE", seen.tasks[0].to_map())
request = wf.AddProcessInstanceCommentRequest(process_instance_id=one, text="查过了 (c-1)", comment_user_id="u9")
check("a comment", flow.add_process_instance_comment_with_options(request, with_token(wf.AddProcessInstanceCommentHeaders), runtime).body.result is True)
check("it is among the records", any(r.type == "ADD_REMARK" and r.remark == "查过了 (c-1)" for r in get(one).operation_records))
ask(f"{base}/__mock/instances/{one}/decide", "POST", {"result": "agree"})
seen = get(one)
check("approved is COMPLETED and agree", (seen.status, seen.result) == ("COMPLETED", "agree"), (seen.status, seen.result))
finish = until("the end is told", lambda: next((e for e in heard if e.get("processInstanceId") == one and e["EventType"] == "bpms_instance_change" and e["type"] == "finish"), None))
check("the event says so too", finish["result"] == "agree" and finish["processCode"] == CODE and isinstance(finish["finishTime"], int), finish)
request = wf.TerminateProcessInstanceRequest(process_instance_id=two, is_system=True, remark="x")
check("a withdrawal", flow.terminate_process_instance_with_options(request, with_token(wf.TerminateProcessInstanceHeaders), runtime).body.result is True)
check("TERMINATED, without a result", (get(two).status, get(two).result) == ("TERMINATED", ""))
told = until("the withdrawal is told", lambda: next((e for e in heard if e.get("processInstanceId") == two and e["type"] == "terminate"), None))
check("without a result as well", "result" not in told, told)
refused("what is over cannot be withdrawn", lambda: flow.terminate_process_instance_with_options(request, with_token(wf.TerminateProcessInstanceHeaders), runtime), "processInstance.status.error")

# Revoking is an instance of its own.
attached = ask(f"{base}/__mock/instances/{one}/revoke", "POST", {})[1]["id"]
seen, main = get(attached), get(one)
check("attached to the first", (seen.biz_action, seen.main_process_instance_id) == ("REVOKE", one), seen.to_map())
check("which stays approved", (main.status, main.result, main.attached_process_instance_ids) == ("COMPLETED", "agree", [attached]), main.to_map())

# What is not acknowledged is kept, and read once.
until("all events were acknowledged so far", lambda: any(e.get("processInstanceId") == attached for e in heard))
acknowledge[0] = False
start("ref-3")
failed = lambda: ask(f"{base}/call_back/get_call_back_failed_result?access_token={first.access_token}")[1]["failed_list"]
kept = until("a wrong acknowledgement leaves the event on the list", failed)
check("the event itself", kept[0]["EventType"].startswith("bpms_"), kept)

# The process centre: approvals of a system of one's own, their tasks, and what somebody has open.
component = wf.FormComponent(component_type="TextField", props=wf.FormComponentProps(component_id="TextField-KEY", label="单号"))
template = wf.SaveProcessRequest(name="采购申请", description="x", form_components=[component])
save = lambda: flow.save_process_with_options(template, with_token(wf.SaveProcessHeaders), runtime).body.result.process_code
centre = save()
check("a template of one's own", centre.startswith("PROC-"), centre)
refused("one template of a name", save, "formName.error", 400)
template.process_code = centre
check("named by its code it is changed", save() == centre)


def open_approval(code=centre):
    values = [wf.SaveIntegratedInstanceRequestFormComponentValueList(name="单号", value="PR-1")]
    request = wf.SaveIntegratedInstanceRequest(process_code=code, originator_user_id="0142", title="PR-1", url="https://hub.example/docs/1", form_component_value_list=values)
    return flow.save_integrated_instance_with_options(request, with_token(wf.SaveIntegratedInstanceHeaders), runtime).body.result.process_instance_id


def ask_people(instance, activity, *users):
    tasks = [wf.CreateIntegratedTaskRequestTasks(user_id=user, url=f"https://hub.example/{activity}") for user in users]
    request = wf.CreateIntegratedTaskRequest(process_instance_id=instance, activity_id=activity, tasks=tasks)
    made = flow.create_integrated_task_with_options(request, with_token(wf.CreateIntegratedTaskHeaders), runtime).body
    check("each has a task", made.success is True and [task.user_id for task in made.result] == list(users), made.to_map())
    return [task.task_id for task in made.result]


def todo(user, size=40):
    request = wf.QueryIntegratedTodoTaskRequest(user_id=user, page_number=1, page_size=size)
    return flow.query_integrated_todo_task_with_options(request, with_token(wf.QueryIntegratedTodoTaskHeaders), runtime).body.result


def update(instance, task, status, result=None):
    tasks = [wf.UpdateIntegratedTaskRequestTasks(task_id=task, status=status, result=result)]
    request = wf.UpdateIntegratedTaskRequest(process_instance_id=instance, tasks=tasks)
    return flow.update_integrated_task_with_options(request, with_token(wf.UpdateIntegratedTaskHeaders), runtime).body.success


def end(instance, status, result):
    request = wf.UpdateProcessInstanceRequest(process_instance_id=instance, status=status, result=result)
    return flow.update_process_instance_with_options(request, with_token(wf.UpdateProcessInstanceHeaders), runtime).body.success


refused("an approval of no template", lambda: open_approval("PROC-NONE"), "process.error", 400)
approval = open_approval()
check("there is no key: asked again it is another", open_approval() != approval)
(lead,) = ask_people(approval, "act-1", "u1")
found = todo("u1").list
check("under the name we gave it", [(one.task_id, one.activity_id, one.process_instance_id, one.status) for one in found] == [(lead, "act-1", approval, "RUNNING")], found)
check("done", update(approval, lead, "COMPLETED", "AGREE") is True)
check("what is done is open no longer", todo("u1").list == [], todo("u1"))
refused("done, and no word of how", lambda: update(approval, lead, "COMPLETED"), "internalError", 400)
both = ask_people(approval, "act-2", "u2", "u3")
check("cancelled one by one", update(approval, both[0], "CANCELED") is True and todo("u2").list == [])
request = wf.CancelIntegratedTaskRequest(process_instance_id=approval, activity_id="act-2", activity_ids=["act-2"])
check("and by the group", flow.cancel_integrated_task_with_options(request, with_token(wf.CancelIntegratedTaskHeaders), runtime).body.success is True and todo("u3").list == [])
for number in range(3):
    ask_people(approval, f"page-{number}", "u4")
check("in pages", (len(todo("u4", 2).list), todo("u4", 2).has_more, todo("u4").has_more) == (2, True, False))
check("ended", end(approval, "TERMINATED", "refuse") is True and todo("u4").list == [])
refused("nobody is asked any more", lambda: ask_people(approval, "late", "u1"), "integrated.state.invalid", 400)
refused("an approval that is not there", lambda: end("none", "COMPLETED", "agree"), "process.inst.notExist", 400)

# The old API, by hand: no client of it is left that speaks plain JSON.
status, old = ask(f"{base}/topapi/processinstance/get?access_token={first.access_token}", "POST", {"process_instance_id": one})
check("times of Shanghai", old["errcode"] == 0 and len(old["process_instance"]["create_time"]) == 19, old)
status, old = ask(f"{base}/topapi/processinstance/get?access_token=old", "POST", {"process_instance_id": one})
check("errors in status 200", status == 200 and (old["errcode"], old["sub_code"]) == (88, "40014"), old)
done()
