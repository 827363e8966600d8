# needs: pyodata==1.12.1 requests==2.34.2
"""SAP's mock, judged by pyodata, which builds itself from the service's metadata."""

import sys

import pyodata
import requests
from pyodata.exceptions import HttpError

from judge import ask, check, done

base = sys.argv[1]
SERVICE = base + "/sap/opu/odata/sap/API_PURCHASEORDER_PROCESS_SRV/"
session = requests.Session()
session.auth = ("HUB_USER", "mock-sap-password")


def do(**what):
    return ask(base + "/__mock/do", "POST", what)


def refused(what, call, status):
    try:
        answer = call()
    except HttpError as error:
        check(what, error.response.status_code == status, error.response.status_code)
        return
    check(what, False, answer)


client = pyodata.Client(SERVICE, session)
orders = client.entity_sets.A_PurchaseOrder
check("the metadata is understood", {field.name for field in client.schema.entity_type("A_PurchaseOrderItemType").proprties()} >= {"NetPriceAmount", "NetPriceQuantity"})
for _ in range(3):
    do(do="seed")
number = do(do="create", lines=[{"item": "M001", "quantity": "7", "price": "130.00"}])[1]["number"]
one = orders.get_entity(number).expand("to_PurchaseOrderItem").execute()
check("one order with its items", (one.PurchaseOrder, one.to_PurchaseOrderItem[0].Material) == (number, "M001"))
check("dates are instants", one.LastChangeDateTime.tzinfo is not None, one.LastChangeDateTime)
check("decimals are exact", str(one.to_PurchaseOrderItem[0].NetPriceAmount) in ("130.00", "130"), one.to_PurchaseOrderItem[0].NetPriceAmount)
found = orders.get_entities().filter(f"PurchaseOrder gt '{int(number) - 2}'").order_by("PurchaseOrder asc").execute()
check("filters and order", [row.PurchaseOrder for row in found] == [str(int(number) - 1), number], [row.PurchaseOrder for row in found])
check("a page", len(orders.get_entities().top(2).skip(1).execute()) == 2)
check("counts", orders.get_entities().count(inline=True).execute().total_count == 19)
refused("an unknown property is refused", lambda: orders.get_entities().filter("Nope eq 'x'").execute(), 400)
refused("an order that is not there", lambda: orders.get_entity("4599999999").execute(), 404)
new = {"CompanyCode": "1010", "PurchaseOrderType": "NB", "Supplier": "VEN00001", "PurchasingOrganization": "1010", "PurchasingGroup": "001", "DocumentCurrency": "CNY",
       "to_PurchaseOrderItem": [{"PurchaseOrderItem": "10", "Plant": "1010", "Material": "M002", "OrderQuantity": "3", "NetPriceAmount": "19.99", "NetPriceQuantity": "1"}]}
refused("a write without a token", lambda: orders.create_entity().set(**new).execute(), 403)
given = session.head(SERVICE, headers={"x-csrf-token": "fetch"})
check("the token comes with two cookies", given.headers["x-csrf-token"] and len(session.cookies) == 2, session.cookies)
session.headers["x-csrf-token"] = given.headers["x-csrf-token"]
made = orders.create_entity().set(**new).execute()
check("a deep insert gives a number", made.PurchaseOrder.startswith("45"), made.PurchaseOrder)
incomplete = {**new, "to_PurchaseOrderItem": [{**new["to_PurchaseOrderItem"][0], "Plant": ""}]}
refused("an incomplete one is refused", lambda: orders.create_entity().set(**incomplete).execute(), 400)
address = SERVICE + f"A_PurchaseOrder('{made.PurchaseOrder}')"
etag = session.get(address).headers["etag"]
patch = lambda headers: session.patch(address, json={"PaymentTerms": "0002"}, headers=headers).status_code
check("a change without a version is 428", patch({}) == 428)
check("with the version it is 204", patch({"If-Match": etag}) == 204)
check("with the old version it is 412", patch({"If-Match": etag}) == 412)
merge = session.post(address, json={"PaymentTerms": "0003"}, headers={"If-Match": "*", "X-HTTP-Method": "MERGE"})
check("a tunnelled MERGE", merge.status_code == 204, merge.status_code)
many = session.get(SERVICE + "A_PurchaseOrder?$format=json").json()["d"]
check("all of them fit one page yet", "__next" not in many, many.get("__next"))
for _ in range(15):
    do(do="seed")
many = session.get(SERVICE + "A_PurchaseOrder?$format=json").json()["d"]
rest = session.get(many["__next"]).json()["d"]
check("a hundred, and where the rest is", len(many["results"]) == 100 and len(rest["results"]) == 10, len(rest["results"]))
do(do="expire_sessions")
stale = session.patch(address, json={"PaymentTerms": "0004"}, headers={"If-Match": "*"})
check("a stale token says Required", (stale.status_code, stale.headers["x-csrf-token"]) == (403, "Required"), stale.status_code)
check("a wrong password is 401", requests.get(SERVICE, auth=("HUB_USER", "x")).status_code == 401)
done()
