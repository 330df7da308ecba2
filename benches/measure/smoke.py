"""The calls of a file of probes, 32 at a time, with the official SDK; prints how many seconds they took."""

import asyncio
import json
import os
import time

from alter_sdk import App
from alter_sdk.exceptions import AlterSDKError

with open(os.environ["PROBES"], encoding="utf-8") as file:
    PROBES = json.load(file)


async def main():
    at_once = asyncio.Semaphore(32)
    verdicts = {}
    async with App(api_key=os.environ["ALTER_API_KEY"], caller="bench") as app:

        async def ask(probe):
            async with at_once:
                try:
                    answer = await app.proxy_request(
                        probe["method"],
                        probe["url"],
                        grant_id=probe["grant"],
                        path_params=probe["places"] or None,
                        query_params=probe["query"] or None,
                        extra_headers=probe["headers"] or None,
                        json=probe["body"],
                        reason=probe["reason"],
                    )
                    verdict = str(answer.status_code)
                except AlterSDKError as error:
                    verdict = type(error).__name__
            verdicts[verdict] = verdicts.get(verdict, 0) + 1

        await ask(PROBES[0])
        verdicts.clear()
        began = time.perf_counter()
        await asyncio.gather(*(ask(probe) for probe in PROBES))
        print(time.perf_counter() - began, verdicts.get("200", 0))


asyncio.run(main())
