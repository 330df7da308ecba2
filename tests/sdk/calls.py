"""Call providers in both modes through the official SDK, and print what it returned and raised as one JSON object."""

import asyncio
import base64
import json
import os

from alter_sdk import Agent, App

PLAN = json.loads(os.environ["SANDBOX_PLAN"])
BASE = os.environ["ALTER_BASE_URL"]
KEY = os.environ["SANDBOX_APP_KEY"]


def mapped(url):
    """Where the sandbox answers a provider's URL."""
    return f"{BASE}/provider/" + url.replace("://", "/", 1)


async def raised(coroutine):
    """Class name, code and status of what a call raises; else its status."""
    try:
        answer = await coroutine
    except Exception as error:  # noqa: BLE001 - which class it is, is the question
        details = getattr(error, "details", None) or {}
        status = details.get("status_code") or getattr(error, "status_code", None)
        return [type(error).__name__, details.get("error"), status]
    return answer.status_code


def shown(result):
    body = json.loads(base64.b64decode(result.body_b64))
    return {"status": result.status_code, "hint": result.credential_hint, "body": body}


async def proxied(app, told):
    call = PLAN["call"]
    told["proxy"] = shown(await app.proxy_request("GET", call["url"], grant_id=call["grant"], reason="a test"))
    told["by provider"] = shown(
        await app.proxy_request("GET", call["url"], provider="github", account=call["account"])
    )
    hint = PLAN["hint"]
    told["hint"] = shown(await app.proxy_request("GET", hint["url"], grant_id=hint["grant"]))
    held = PLAN["held"]
    for name, grant in held["grants"].items():
        pending = await app.proxy_request("POST", held["url"], grant_id=grant, json={"title": name}, reason=name)
        told[f"held {name}"] = [pending.status, len(pending.gates)]
        try:
            result = await app.await_approval(pending.approval_id, timeout=20, poll_interval=0.05)
        except Exception as error:  # noqa: BLE001
            told[f"ended {name}"] = [type(error).__name__, str(error)]
        else:
            told[f"ended {name}"] = shown(result)
    told["over wait"] = await raised(app.get_approval_status(pending.approval_id, wait=26))
    told["no approval"] = await raised(app.get_approval_status("00000000-0000-4000-8000-000000000000"))


async def retrieved(app, told):
    for name, call in PLAN["retrieve"].items():
        answer = await app.request(
            call.get("method", "GET"),
            mapped(call["url"]),
            grant_id=call["grant"],
            query_params=call.get("query"),
            reason=name,
            context={"tool": name},
        )
        told[f"retrieve {name}"] = [answer.status_code, answer.text[:200], answer.headers.get("location")]
    for name, call in PLAN["broken"].items():
        told[f"broken {name}"] = await raised(app.request("GET", mapped(call["url"]), grant_id=call["grant"]))


async def main():
    told = {}
    async with App(api_key=KEY, caller="sdk calls") as app:
        await proxied(app, told)
        await retrieved(app, told)
        for code, grant in PLAN["errors"].items():
            told[f"proxy {code}"] = await raised(app.proxy_request("GET", PLAN["call"]["url"], grant_id=grant))
            told[f"token {code}"] = await raised(app.request("GET", PLAN["call"]["url"], grant_id=grant))
    async with App(api_key=KEY) as app:
        # The report of the missing scope has arrived by now: closing waited for it.
        call = PLAN["broken"]["missing scope"]
        told["after the report"] = await raised(app.request("GET", mapped(call["url"]), grant_id=call["grant"]))
        call = PLAN["broken"]["rejected"]
        told["after the rejection"] = await raised(app.request("GET", mapped(call["url"]), grant_id=call["grant"]))
    async with App(api_key=KEY, timeout=1) as app:
        call = PLAN["hanging"]
        told["hanging"] = await raised(app.request("GET", mapped(call["url"]), grant_id=call["grant"]))
        told["hanging proxy"] = await raised(app.proxy_request("GET", call["url"], grant_id=call["grant"]))
    async with App(api_key=PLAN["narrow"]) as app:
        told["narrow"] = await raised(app.proxy_request("GET", PLAN["call"]["url"], grant_id=PLAN["call"]["grant"]))
    async with Agent(api_key=PLAN["agent"]) as agent:
        told["agent"] = await raised(agent.proxy_request("GET", PLAN["call"]["url"], provider="github"))
        told["agent's stranger"] = await raised(
            agent.proxy_request("GET", PLAN["call"]["url"], grant_id=PLAN["call"]["grant"])
        )
        told["agent without"] = await raised(agent.proxy_request("GET", "https://api.zoom.us/v2/users/me", provider="zoom"))
    print(json.dumps(told))


asyncio.run(main())
