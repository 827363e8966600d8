# needs: wechatpy==1.8.18 cryptography==50.0.2
"""WeCom's mock, judged by a community SDK: calls in the older form it speaks, callbacks as it opens them."""

import json
import sys
import urllib.parse

from wechatpy.client.base import BaseWeChatClient
from wechatpy.enterprise.client import WeChatClient
from wechatpy.enterprise.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatClientException
from wechatpy.utils import to_text
import xmltodict

from judge import Receiver, ask, check, done, until

base = sys.argv[1]
CORP, SECRET, TEMPLATE = "wwmockcorp000001", "mock-wecom-corp-secret", "3TmockPO0001"
TOKEN, AES = "judgetoken01", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFA"


class Client(WeChatClient):
    """The client, pointed at the mock; its own address of the token is written out."""

    API_BASE_URL = f"{base}/cgi-bin/"

    def fetch_access_token(self):
        return self._fetch_access_token(url=f"{base}/cgi-bin/gettoken", params={"corpid": self.corp_id, "corpsecret": self.secret})


def refused(what, call, code):
    try:
        call()
    except WeChatClientException as error:
        return check(f"{what}: {code}", error.errcode == code, error)
    raise SystemExit(f"not refused: {what}")


client = Client(CORP, SECRET)
token = client.access_token
check("a token", token and client.expires_at)
check("the same inside its life", ask(f"{base}/cgi-bin/gettoken?corpid={CORP}&corpsecret={SECRET}")[1]["access_token"] == token)
refused("a wrong secret", lambda: Client(CORP, "x", session=None).fetch_access_token(), 40001)

template = client.OA.get_template_detail(TEMPLATE)
controls = {c["property"]["title"][0]["text"]: c["property"] for c in template["template_content"]["controls"]}
ids = {label: control["id"] for label, control in controls.items()}
check("a template tells its controls", controls["金额"]["control"] == "Money" and controls["单号"]["require"] == 1, controls)
columns = {c["property"]["title"][0]["text"]: c["property"]["id"] for c in next(c for c in template["template_content"]["controls"] if c["property"]["control"] == "Table")["config"]["table"]["children"]}


def contents(reference, **changed):
    plain = [("外部单号", "Text", {"text": reference}), ("单号", "Text", {"text": "PO-1"}), ("金额", "Money", {"new_money": "1234.50"})]
    found = [{"control": kind, "id": ids[label], "value": changed.get(label, value)} for label, kind, value in plain]
    row = [{"control": "Text", "id": columns["物料"], "value": {"text": "M-01"}}, {"control": "Number", "id": columns["数量"], "value": {"new_number": "2"}}]
    return found + [{"control": "Table", "id": ids["明细"], "value": {"children": [{"list": row}]}}]


summary = [{"summary_info": [{"text": "采购单 PO-1", "lang": "zh_CN"}]}]
apply = lambda reference, **changed: client.OA.apply_event("WangXiaoMing", TEMPLATE, 0, [{"attr": 2, "userid": ["a", "b"]}], {"contents": contents(reference, **changed)}, summary)

# Callbacks, opened by the SDK.
crypto = WeChatCrypto(TOKEN, AES, CORP)
heard, take = [], [True]


def receive(method, path, _headers, body):
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(path).query))
    signed = (query["msg_signature"], query["timestamp"], query["nonce"])
    if method == "GET":
        return 200, "text/plain", to_text(crypto.check_signature(*signed, query["echostr"])).encode()
    heard.append(xmltodict.parse(crypto.decrypt_message(body, *signed))["xml"])
    return (200 if take[0] else 500), "text/plain", b""


receiver = Receiver(receive)
register = lambda **more: ask(f"{base}/__mock/callback", "POST", {"url": receiver.url, "token": TOKEN, "aes_key": AES, **more})
check("the echo comes back decrypted", register()[0] == 200)
check("with another token the address is not kept", register(token="x")[0] == 422)

one = apply("ref-1")["sp_no"]
check("applied: a number as text", isinstance(one, str) and one.isdigit(), one)
told = until("the submission is told", lambda: next((e for e in heard), None))
info = told["ApprovalInfo"]
check("the event's words", (told["Event"], info["SpNoStr"], info["SpStatus"], info["StatuChangeEvent"]) == ("sys_approval_change", one, "1", "1"), told)
check("details repeat without a list around them", isinstance(info["SpRecord"]["Details"], list) and isinstance(info["SpRecord"], dict), info)
check("it has no form", "ApplyData" not in info)

detail = client.OA.get_approval_detail(one)["info"]
check("the detail has the form", {c["id"]: c["value"] for c in detail["apply_data"]["contents"]}[ids["金额"]] == {"new_money": "1234.50"}, detail)
check("in progress, with both", detail["sp_status"] == 1 and [d["approver"]["userid"] for d in detail["sp_record"][0]["details"]] == ["a", "b"], detail)
check("seconds as a number", isinstance(detail["apply_time"], int) and detail["apply_time"] < 10**11)
two = apply("ref-1")["sp_no"]
check("the same request twice makes two", two != one)
now = detail["apply_time"]
check("the list finds both", client.OA.get_approval_info(now - 60, now + 60, 0)["sp_no_list"] == [one, two])
page = client.OA.get_approval_info(now - 60, now + 60, 0, size=1)
check("page by page with the older cursor", page["sp_no_list"] == [one] and client.OA.get_approval_info(now - 60, now + 60, page["next_cursor"], size=1)["sp_no_list"] == [two], page)
refused("a window beyond 31 days", lambda: client.OA.get_approval_info(now - 32 * 86400, now, 0), 301057)
new = lambda cursor: ask(f"{base}/cgi-bin/oa/getapprovalinfo?access_token={client.access_token}", "POST", {"starttime": str(now - 60), "endtime": str(now + 60), "new_cursor": cursor, "size": 2, "filters": [{"key": "creator", "value": "WangXiaoMing"}]})[1]
ask(f"{base}/__mock/switches", "PUT", {"short_pages": True})
page = new("")
check("the newer cursor is a text, and a page may be short", page["sp_no_list"] == [one] and isinstance(page["new_next_cursor"], str), page)
check("the last page has none", "new_next_cursor" not in new(page["new_next_cursor"]))

# Refusals, all with status 200.
refused("a number where a text is wanted", lambda: apply("ref-2", 金额={"new_money": 1234.5}), 301025)
refused("an unknown template", lambda: client.OA.get_template_detail("x"), 301055)
for switch, code in [("ip_not_trusted", 60020), ("throttled", 45009), ("busy", -1)]:
    ask(f"{base}/__mock/switches", "PUT", {f"{switch}.detail": 1})
    if switch == "throttled":
        client.auto_retry = False
    refused(switch, lambda: client.OA.get_approval_detail(one), code)
client.auto_retry = True
ask(f"{base}/__mock/switches", "PUT", {"token_expired.detail": 1})
check("a token taken back early is fetched anew by the client", client.OA.get_approval_detail(one)["info"]["sp_no"] == one)

# What people do.
act = lambda number, status, **more: ask(f"{base}/__mock/instances/{number}/status", "POST", {"status": status, **more})
check("agreed", act(one, "approved", speech="同意")[0] == 200 and client.OA.get_approval_detail(one)["info"]["sp_status"] == 2)
until("it is told", lambda: any(e["ApprovalInfo"]["SpNoStr"] == one and e["ApprovalInfo"]["StatuChangeEvent"] == "2" for e in heard))
check("revoked after approval", act(one, "revoked")[0] == 200 and client.OA.get_approval_detail(one)["info"]["sp_status"] == 6)
until("it is told as 8", lambda: any(e["ApprovalInfo"]["StatuChangeEvent"] == "8" for e in heard))
check("what is over cannot be withdrawn", act(one, "withdrawn")[0] == 409)
check("passed on", act(two, "passed_on", by="c")[0] == 200)
check("commented", act(two, "commented", by="d", speech="<备注> & ]]>")[0] == 200)
comment = until("with its words to the letter", lambda: next((e["ApprovalInfo"]["Comments"] for e in heard if e["ApprovalInfo"]["StatuChangeEvent"] == "10"), None))
check("one comment is no list", comment["CommentContent"] == "<备注> & ]]>", comment)
take[0] = False
check("withdrawn", act(two, "withdrawn")[0] == 200)
until("it was not acknowledged", lambda: ask(f"{base}/__mock/traffic")[1].get("event.failed"))
take[0] = True
ask(f"{base}/__mock/clock", "POST", {"advance_seconds": 6})
until("and comes again", lambda: sum(e["ApprovalInfo"]["StatuChangeEvent"] == "6" for e in heard) >= 2)
done()
