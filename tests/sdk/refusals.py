"""Misuse the sandbox through the official SDK, and print which class each misuse raised."""

import asyncio
import json
import os

from alter_sdk import Agent, App

KEYS = json.loads(os.environ["SANDBOX_KEYS"])
APP_KEY = os.environ["SANDBOX_APP_KEY"]


async def raised(coroutine):
    """Class name, code and status of what a call raises."""
    try:
        await coroutine
    except Exception as error:  # noqa: BLE001 - which class it is, is the question
        details = getattr(error, "details", None) or {}
        return [type(error).__name__, details.get("error"), details.get("status_code")]
    return None


async def main():
    told = {}
    for name, key in KEYS.items():
        async with App(api_key=key) as app:
            told[name] = await raised(app.list_grants())
    async with App(api_key=APP_KEY) as app:
        told["bad user token"] = await raised(app.list_grants(end_user_token="eyJhbGciOiJub25lIn0.e30."))
        told["unknown spec"] = await raised(app.provider_specs.get("oauth", "nobody"))
        told["unknown agent"] = await raised(app.agents.get("nobody"))
        told["nobody's caller"] = await raised(
            app.get_agent("00000000-0000-4000-8000-000000000000").list_grants()
        )
    async with Agent(api_key=APP_KEY) as agent:
        told["me with an app key"] = await raised(agent.me())
    async with App(api_key=APP_KEY) as app:
        # A signer whose clock is an hour late: the request is well signed and too old.
        import time

        real = time.time
        time.time = lambda: real() - 3600
        told["late clock"] = await raised(app.list_grants())
        time.time = real
    print(json.dumps(told))


asyncio.run(main())
