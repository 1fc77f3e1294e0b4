"""Applications on every step of their way, made over the API of the running sandbox: what no request finds by chance.

Usage: prepare.py BASE SECRET_KEY FOLDER. Writes their ids into the folder, as dictionaries of schemathesis, and prints a token.
"""

import base64
import itertools
import json
import sys
import time
import urllib.request
from pathlib import Path

base, secret_key, folder = sys.argv[1:]
keys = itertools.count()
LISTS = ["accounts", "applications", "payments", "webhook_endpoints"]


def send(request, **headers):
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def mint():
    basic = base64.b64encode(f"{secret_key}:".encode()).decode()
    request = urllib.request.Request(f"{base}/oauth/token", data=b"grant_type=client_credentials")
    return send(request, Authorization=f"Basic {basic}")["access_token"]


token = mint()


def call(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{base}/partner/v1{path}", data=data, method=method)
    if data is not None:
        request.add_header("Content-Type", "application/json")
    if method != "GET":
        request.add_header("Idempotency-Key", f"prepare_{next(keys)}")
    return send(request, Authorization=f"Bearer {token}")


def control(command, body):
    """What others than the partner do: a command of the sandbox's control API."""
    request = urllib.request.Request(f"{base}/_sandbox/{command}", data=json.dumps(body).encode())
    return send(request, Content_Type="application/json")


def funded(payment):
    """The account that a draw-down opens when it settles."""
    for command in ("payments/release", "payments/settle"):
        control(command, {"payment_id": payment})
    return call("GET", f"/payments/{payment}")["account_id"]


def submitted(company):
    application = call(
        "POST",
        "/applications",
        {
            "business": {"company_number": company},
            "amount_pence": 2_500_000,
            "term_months": 12,
            "redirect_uri": "https://yourapp.com/return",
        },
    )
    return call("POST", f"/applications/{application['id']}/submit")["id"]


def decided(application, patience=5.0):
    until = time.monotonic() + patience
    while call("GET", f"/applications/{application}")["status"] not in ("approved", "declined"):
        if time.monotonic() > until:
            sys.exit(f"{application} was not decided in {patience} s")
        time.sleep(0.05)
    return call("GET", f"/decisions/{application}")


def main():
    applications = [submitted(company) for company in ["16093826"] * 8 + ["00000402", "00000403"]]
    decisions = [decided(application) for application in applications]
    offers = [offer["id"] for decision in decisions for offer in decision.get("offers", [])]
    for offer in offers[:6]:
        call("POST", f"/offers/{offer}/accept")
    for name in ("one", "two"):
        call("POST", "/webhook_endpoints", {"url": f"https://yourapp.com/{name}", "enabled_events": ["*"]})
    draws = [call("POST", "/payments/disbursements", {"application_id": one}) for one in applications[:3]]
    accounts = [funded(draw["id"]) for draw in draws[:2]]
    found = {
        "accounts": accounts,
        "applications": applications,
        "decisions": [decision["id"] for decision in decisions],
        "offers": offers,
        "payments": [draw["id"] for draw in draws],
        **{f"cursors_{name}": [call("GET", f"/{name}?limit=1")["next_cursor"]] for name in LISTS},
    }
    for name, ids in found.items():
        Path(folder, name).write_text("".join(f'"{one}"\n' for one in ids))
    print(token)


main()
