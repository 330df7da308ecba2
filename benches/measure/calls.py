"""COUNT proxied calls with one grant, 32 at a time, with the official SDK; prints how many seconds they took."""

import asyncio
import os
import time

from alter_sdk import App

COUNT = int(os.environ["COUNT"])
GRANT = os.environ["GRANT"]


async def main():
    at_once = asyncio.Semaphore(32)
    async with App(api_key=os.environ["ALTER_API_KEY"], caller="bench") as app:

        async def call():
            async with at_once:
                answer = await app.proxy_request("GET", "https://api.github.com/user", grant_id=GRANT)
                assert answer.status_code == 200

        await call()
        began = time.perf_counter()
        await asyncio.gather(*(call() for _ in range(COUNT)))
        print(time.perf_counter() - began)


asyncio.run(main())
