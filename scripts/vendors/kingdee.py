# needs: kingdee.cdp.webapi.sdk==8.2.0
"""Kingdee Cloud Galaxy's mock, judged by the vendor's own SDK: it signs, and the mock must understand."""

import json
import sys

from k3cloud_webapi_sdk.main import K3CloudApiSdk

from judge import ask, check, done

address = sys.argv[1]
FORM = "PUR_PurchaseOrder"
APP_ID = "216688_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
SECRET = "0123456789abcdef0123456789abcdef"


def client(user="integration", secret=SECRET):
    sdk = K3CloudApiSdk(address + "/k3cloud/")
    sdk.InitConfig("5f0e0c0ffee123", user, APP_ID, secret, address + "/k3cloud/")
    return sdk


def status(answer):
    return json.loads(answer)["Result"]["ResponseStatus"]


sdk = client()
model = {
    "FBillTypeID": {"FNUMBER": "CGDD01_SYS"}, "FBillNo": "SDK-0001", "FDate": "2026-01-01", "FSupplierId": {"FNumber": "VEN00001"},
    "FPurchaseOrgId": {"FNumber": "100"}, "FPOOrderFinance": {"FSettleCurrId": {"FNumber": "PRE001"}},
    "FPOOrderEntry": [
        {"FMaterialId": {"FNumber": "M001"}, "FUnitId": {"FNumber": "Pcs"}, "FQty": 10, "FTaxPrice": 113, "FEntryTaxRate": 13},
        {"FMaterialId": {"FNumber": "M002"}, "FUnitId": {"FNumber": "Pcs"}, "FQty": 1, "FTaxPrice": 20, "FEntryTaxRate": 13},
    ],
}
saved = json.loads(sdk.Save(FORM, {"Model": model}))["Result"]
check("the SDK's signature is taken and an order saved", saved["ResponseStatus"]["IsSuccess"] and saved["Number"] == "SDK-0001", saved)
identity = saved["Id"]
again = status(sdk.Save(FORM, {"Model": model}))
check("a second order of the same number is refused", not again["IsSuccess"] and "已存在" in again["Errors"][0]["Message"], again)
query = {"FormId": FORM, "FieldKeys": "FID,FBillNo,FQty,FAllAmount", "FilterString": f"FID={identity}", "OrderString": "FPOOrderEntry_FSeq ASC", "StartRow": 0, "Limit": 2000, "TopRowCount": 0}
rows = json.loads(sdk.ExecuteBillQuery(query))
check("a query gives a row of cells for each line", [row[1:] for row in rows] == [["SDK-0001", 10, 1130.00], ["SDK-0001", 1, 20.00]], rows)
check("pages are cut by StartRow and Limit", len(json.loads(sdk.ExecuteBillQuery({**query, "StartRow": 1, "Limit": 1}))) == 1)
objects = json.loads(sdk.BillQuery(query))
check("BillQuery gives the same as mappings", objects[0]["FBillNo"] == "SDK-0001", objects)
shown = json.loads(sdk.View(FORM, {"Number": "SDK-0001"}))["Result"]["Result"]
check("View gives the order whole", shown["BillNo"] == "SDK-0001" and len(shown["POOrderEntry"]) == 2, shown)
numbers = {"Numbers": ["SDK-0001"]}
early = status(sdk.Audit(FORM, numbers))
check("what is not submitted is not audited", not early["IsSuccess"] and "未提交" in early["Errors"][0]["Message"], early)
check("submitted", status(sdk.Submit(FORM, numbers))["IsSuccess"])
check("taken back", status(sdk.CancelAssign(FORM, numbers))["IsSuccess"])
check("submitted again", status(sdk.Submit(FORM, numbers))["IsSuccess"])
check("audited", status(sdk.Audit(FORM, numbers))["SuccessEntitys"][0]["Number"] == "SDK-0001")
twice = status(sdk.Audit(FORM, numbers))
check("a second audit is refused in the vendor's words", not twice["IsSuccess"] and "已审核" in twice["Errors"][0]["Message"], twice)
frozen = status(sdk.Save(FORM, {"Model": {"FID": identity, "FBillNo": "X"}}))
check("an audited order is not saved", not frozen["IsSuccess"], frozen)
check("un-audited", status(sdk.UnAudit(FORM, numbers))["IsSuccess"])
# The two traps that the vendor's pages warn of.
trap = {"FID": identity, "FPOOrderEntry": [{"FTaxPrice": 50, "FMaterialId": {"FNumber": "M003"}, "FQty": 1}]}
check("saved with a single line", status(sdk.Save(FORM, {"Model": trap}))["IsSuccess"])
rows = json.loads(sdk.ExecuteBillQuery({**query, "FieldKeys": "FMaterialId.FNumber,FTaxPrice"}))
check("lines left out are deleted, and a price before its material is lost", rows == [["M003", 0]], rows)
check("voided", status(sdk.ExcuteOperation(FORM, "Cancel", numbers))["IsSuccess"])
wrong = json.loads(client(secret="f" * 32).ExecuteBillQuery(query))
lost = wrong[0][0]["Result"]["ResponseStatus"]
check("a wrong secret is told as a lost session", lost["MsgCode"] == 1 and "会话信息已丢失" in lost["Errors"][0]["Message"], wrong)
nope = json.loads(sdk.ExecuteBillQuery({**query, "FieldKeys": "FNope"}))
check("an unknown field is told in the first cell", "字段不存在" in nope[0][0]["Result"]["ResponseStatus"]["Errors"][0]["Message"], nope)
ask(address + "/__mock/do", "POST", {"do": "expire_sessions"})
check("signed calls need no session", len(json.loads(sdk.ExecuteBillQuery(query))) == 1)
done()
