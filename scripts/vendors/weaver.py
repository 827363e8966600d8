# needs: pycryptodome==4.4.0 cryptography==50.0.2
"""Weaver's mock and the hub's log-in, judged by two implementations of RSA that nobody here wrote; no client of the vendor's exists.

What the interface document says of answers is checked with plain HTTP, since there is nobody else to ask.
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

from Crypto.Cipher import PKCS1_v1_5
from Crypto.PublicKey import RSA
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import load_der_public_key

from judge import Receiver, ask, check, done, until

base = sys.argv[1]
APP = "WAYBILL-MOCK"
SERVICE = f"{base}/api/workflow/paService"


def by_pycryptodome(spk, text):
    return base64.b64encode(PKCS1_v1_5.new(RSA.import_key(base64.b64decode(spk))).encrypt(text.encode())).decode()


def by_cryptography(spk, text):
    return base64.b64encode(load_der_public_key(base64.b64decode(spk)).encrypt(text.encode(), padding.PKCS1v15())).decode()


def register(**headers):
    return ask(f"{base}/api/ec/dev/auth/regist", "POST", headers={"appid": APP, "cpk": "any text", **headers})[1]


def apply_token(given, encrypt, secret=None, **more):
    sealed = encrypt(given["spk"], secret or given["secrit"])
    return ask(f"{base}/api/ec/dev/auth/applytoken", "POST", headers={"appid": APP, "secret": sealed, "time": "1800", **more})[1]


switch = lambda **changes: ask(f"{base}/__mock/switches", "PUT", {name.replace("__", "."): value for name, value in changes.items()})

# Registering, and what it is worth.
check("an unknown application is not registered", register(appid="nobody")["status"] is False)
for bits in (1024, 2048):
    switch(key_bits=bits)
    given = register()
    check(f"a key of {bits} bits", RSA.import_key(base64.b64decode(given["spk"])).size_in_bits() == bits, given)
    check("secrit, as it is written", given["secrit"] == given["secret"] and given["code"] == 0 and given["status"] is True, given)
    for encrypt in (by_pycryptodome, by_cryptography):
        token = apply_token(given, encrypt)
        check(f"{encrypt.__name__}, {bits} bits: a token", token["status"] is True and token["code"] == 0 and token["msg"] == "获取成功!", token)
old = given
given = register()
check("registering again makes the first worthless", "解密失败" in apply_token(old, by_pycryptodome)["msg"])
check("a secret that is not the registration's", "认证信息错误" in apply_token(given, by_cryptography, "another")["msg"])
token = apply_token(given, by_pycryptodome)["token"]


def call(name, person="1001", method="POST", as_token=None, encrypt=by_cryptography, **fields):
    """A call as the document has it: a form, the person encrypted in a header."""
    headers = {"token": as_token or token, "appid": APP, "userid": encrypt(given["spk"], person), "content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    texts = {key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for key, value in fields.items()}
    query = urllib.parse.urlencode(texts)
    url = f"{SERVICE}/{name}" + (f"?{query}" if method == "GET" and query else "")
    request = urllib.request.Request(url, data=None if method == "GET" else query.encode(), method=method, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read().decode()
        check("every answer has status 200", answer.status == 200)
    try:
        return json.loads(text)
    except ValueError:
        return text


get = lambda name, **more: call(name, method="GET", **more)
status = lambda number, **more: get("getRequestStatus", requestId=number, **more)

# Who calls.
check("a token that is none", "token不存在或者超时" in call("getToDoWorkflowRequestCount", as_token="x")["msg"])
check("a person whom nobody knows", "单点登录失败" in call("getToDoWorkflowRequestCount", person="777")["msg"])
check("either implementation names the person", call("getToDoWorkflowRequestCount", encrypt=by_pycryptodome) == 0)
switch(session_lost__list=1, login_page__list=1)
check("the page of the log-in, with 200", "/wui/index.html" in call("getMyWorkflowRequestList"))
check("a session that timed out", call("getMyWorkflowRequestList")["errorCode"] == "002")

# Creating.
cell = lambda name, value: {"fieldName": name, "fieldValue": value}
main = lambda number, **more: [cell("wbdh", f"ref-{number}"), cell("ddbh", number), cell("je", more.pop("je", "1234.50")), *(cell(k, v) for k, v in more.items())]
rows = [{"tableDBName": "formtable_main_45_dt1", "workflowRequestTableRecords": [{"recordOrder": 0, "workflowRequestTableFields": [cell("wl", "钢板 & 螺丝"), cell("sl", "2")]}]}]


def create(number, person="1001", **more):
    fields = {"workflowId": "36", "requestName": f"采购订单 {number}", "mainData": main(number, **more.pop("main", {})), "detailData": more.pop("detail", rows), **more}
    return call("doCreateRequest", person=person, **fields)


one = create("PO-1")
check("created: SUCCESS and a number", one["code"] == "SUCCESS" and isinstance(one["data"]["requestid"], int) and one["errMsg"] == {}, one)
one = str(one["data"]["requestid"])
two = str(create("PO-1")["data"]["requestid"])
check("the same call twice makes two", one != two)
for what, answer in [
    ("a column that the form has not", create("PO-2", main={"nix": "1"})),
    ("a date in another form", create("PO-2", main={"jhrq": "2026/01/31"})),
    ("an amount that is none", create("PO-2", main={"je": "viel"})),
    ("a detail table that the form has not", create("PO-2", detail=[{"tableDBName": "x", "workflowRequestTableRecords": []}])),
    ("a workflow that there is not", create("PO-2", workflowId="35")),
    ("no title", create("PO-2", requestName="")),
    ("JSON that is none", call("doCreateRequest", workflowId="36", requestName="x", mainData="[}")),
]:
    check(what, answer["code"] == "PARAM_ERROR" and answer["errMsg"], answer)
switch(flow_stuck__create=2)
check("one that cannot move on is deleted", "data" not in create("PO-3", otherParams={"delReqFlowFaild": "1"}))
left = create("PO-3", otherParams={"delReqFlowFaild": "0"})
check("or left as a draft, though the answer says FAIL", left["code"] == "FAIL" and status(str(left["data"]["requestid"]))["data"]["currentNodeType"] == "0", left)
draft = str(create("PO-4", otherParams={"isnextflow": "0"})["data"]["requestid"])
check("a draft stays with its creator", status(draft)["data"]["currentNodeType"] == "0")
switch(code_object=True)
check("codes as objects", create("PO-5")["code"] == {"name": "SUCCESS", "statusCode": 1})
check("of refusals, too", create("PO-5", workflowId="1")["code"] == {"name": "PARAM_ERROR", "statusCode": 2})
switch(code_object=False)

# Reading.
said = status(one)["data"]
check("where it stands: a type, and words that are no status", (said["currentNodeType"], said["status"], said["creatorId"]) == ("1", "提交审批", "1001"), said)
form = get("getWorkflowRequest", requestId=one)["data"]
fields = {f["fieldName"]: f["fieldValue"] for f in form["workflowMainTableInfo"]["requestRecords"][0]["workflowRequestTableFields"]}
check("the form", fields["wbdh"] == "ref-PO-1" and fields["je"] == "1234.50" and fields["spjg"] == "", fields)
check("its detail rows have numbers now", form["workflowDetailTableInfos"][0]["workflowRequestTableRecords"][0]["recordOrder"] == 1, form)
check("the log begins with the submission", [e["logtype"] for e in get("getRequestLog", requestId=one)["data"]] == ["2"])
people = get("getRequestOperatorInfo", requestid=one)["data"]
check("people, with their numbers as numbers", [(p["userid"], p["isremark"]) for p in people] == [(1001, 2), (2001, 0)], people)
check("nobody else may see it", status(one, person="1002")["code"] == "NO_PERMISSION")
check("one that is not there", status("1")["code"] == "PARAM_ERROR")

# Lists and counts, without an envelope.
check("a count", call("getMyWorkflowRequestCount") == 5)
mine = call("getMyWorkflowRequestList", pageNo="1", pageSize="10", conditions={"requestname": "PO-1"})
check("a title is met by a part of it", sorted(r["requestId"] for r in mine) == sorted([one, two]), mine)
check("page by page, to a short one", [len(call("getMyWorkflowRequestList", pageNo=str(page), pageSize="2")) for page in (1, 2, 3)] == [2, 2, 1])
check("what others have", call("getMyWorkflowRequestList", person="1002") == [])
check("what is to be done", {r["requestId"] for r in call("getToDoWorkflowRequestList", person="2001", pageSize="50")} >= {one, two})
day = mine[0]["lastOperateTime"][:10]
touched = lambda **more: call("getAllWorkflowRequestList", person="9000", pageSize="50", conditions={"operatedateselect": "6", **more})
check("by the day of the last touch", one in {r["requestId"] for r in touched(operatedatefrom=day)} and touched(operatedatefrom="2999-01-01") == [])
check("the workflows that there are", call("getCreateWorkflowList")[0]["workflowId"] == "36")

# Acting, and the action that tells of it.
heard = []


def receive(_method, _path, headers, body):
    heard.append((headers.get("x-waybill-token"), json.loads(body)))
    return 200, "text/plain", b""


receiver = Receiver(receive)
ask(f"{base}/__mock/callback", "POST", {"url": receiver.url, "token": "word"})
submit = lambda number, person: call("submitRequest", person=person, requestId=number, otherParams={"src": "submit"}, remark="同意")["code"]
check("not by somebody who is not asked", submit(one, "2002") == "NO_PERMISSION")
check("agreed", submit(one, "2001") == "SUCCESS")
check("the first of two: SUCCESS", submit(one, "2002") == "SUCCESS")
check("and yet it stays until both have", status(one)["data"]["currentNodeId"] == "203")
check("a remark, by one who is asked", call("saveRequestLog", person="2003", requestId=one, remark="看过")["code"] == "SUCCESS")
check("the other one", submit(one, "2003") == "SUCCESS")
said = status(one)["data"]
check("archived", said["currentNodeType"] == "3", said)
told = until("the action told of it", lambda: next((b for t, b in heard if t == "word" and b["action"] == "archive"), None))
check("with its number", told == {"requestid": one, "workflowid": "36", "action": "archive"}, told)
form = get("getWorkflowRequest", requestId=one)["data"]
check("with a verdict", {f["fieldName"]: f["fieldValue"] for f in form["workflowMainTableInfo"]["requestRecords"][0]["workflowRequestTableFields"]}["spjg"] == "1")
check("what is archived is not taken back by its creator", call("doForceDrawBack", requestId=one)["code"] == "NO_PERMISSION")
check("returned", call("rejectRequest", person="2001", requestId=two, remark="单价有误")["code"] == "SUCCESS")
check("with an entry that says so, the newest first", [e["logtype"] for e in get("getRequestLog", requestId=two)["data"]] == ["3", "2"])
check("sent off again", submit(two, "1001") == "SUCCESS" and status(two)["data"]["currentNodeType"] == "1")
check("taken back", call("doForceDrawBack", requestId=two)["code"] == "SUCCESS" and status(two)["data"]["currentNodeType"] == "0")
check("deleted by its creator", call("deleteRequest", requestId=two)["code"] == "SUCCESS" and status(two)["code"] == "PARAM_ERROR")
three = str(create("PO-6")["data"]["requestid"])
check("handed over", call("forwardRequest", person="2001", requestId=three, forwardFlag="3", forwardResourceIds="2003")["code"] == "SUCCESS" and submit(three, "2003") == "SUCCESS")
check("ended by force only by one who watches", call("doForceOver", requestId=three, otherParams={"ismonitor": "1"})["code"] == "NO_PERMISSION")
check("who may", call("doForceOver", person="9000", requestId=three, otherParams={"ismonitor": "1"})["code"] == "SUCCESS" and status(three)["data"]["currentNodeType"] == "3")
ask(f"{base}/__mock/clock", "POST", {"advance_seconds": 1801})
check("a token lives as long as was asked for", "token不存在或者超时" in call("getToDoWorkflowRequestCount")["msg"])

# The hub's own log-in, opened by a key that was made here.
root = pathlib.Path(os.getcwd())
for bits in (1024, 2048):
    key = RSA.generate(bits)
    opened = []

    def weaver(_method, path, headers, _body):
        def open_(name):
            return PKCS1_v1_5.new(key).decrypt(base64.b64decode(headers[name]), None).decode()

        if path.startswith("/callback") and path.endswith("/applytoken"):
            opened.append((headers["appid"], open_("secret"), headers["time"]))
            return 200, "application/json", json.dumps({"code": 0, "msg": "获取成功!", "status": True, "token": "token-1"}).encode()
        opened.append((headers["appid"], open_("userid"), headers["token"]))
        return 200, "application/json", b'[{"workflowId": "36", "workflowName": "x"}]'

    server = Receiver(weaver)
    with tempfile.TemporaryDirectory() as folder:
        project = pathlib.Path(folder) / "project"
        shutil.copytree(root / "examples/sap_weaver", project)
        connection = project / "config/connections/oa_weaver.yaml"
        connection.write_text(connection.read_text().replace("http://127.0.0.1:7114", server.url.split("?")[0]))
        spk = base64.b64encode(key.public_key().export_key("DER")).decode()
        secrets = {"WAYBILL_WEAVER_SECRET": "secret-ü", "WAYBILL_WEAVER_PUBLIC_KEY": spk, "WAYBILL_WEAVER_HOOK_TOKEN": "x", "WAYBILL_SAP_PASSWORD": "x", "WAYBILL_DEMO_FINANCE_SECRET": "x", "WAYBILL_GATEWAY_ALLOW_LOOPBACK": "true"}
        command = [os.environ["WAYBILL_BINARY"], "call", "oa_weaver", "list_workflows", "--project", str(project)]
        ran = subprocess.run(command, env={**os.environ, **secrets}, capture_output=True, text=True, timeout=60)
    check(f"the hub calls, {bits} bits", ran.returncode == 0, ran.stdout + ran.stderr)
    check(f"its secret and its person are read by the private key, {bits} bits", opened == [(APP, "secret-ü", "1800"), (APP, "9000", "token-1")], opened)
done()
