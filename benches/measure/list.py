"""What `grantdeck list` prints, with the official SDK: one page (PAGE) or every page, ids (IDS) or whole rows."""

import asyncio
import os
import sys

from alter_sdk import App

ONE_PAGE = int(os.environ.get("PAGE", "0"))
IDS = "IDS" in os.environ


async def main():
    async with App(api_key=os.environ["ALTER_API_KEY"], caller="bench") as app:
        offset = 0
        while True:
            page = await app.list_grants(limit=ONE_PAGE or 1000, offset=offset)
            for grant in page.grants:
                sys.stdout.write(f"{grant.grant_id}\n" if IDS else f"{grant.model_dump_json()}\n")
            offset += len(page.grants)
            if ONE_PAGE or not page.has_more:
                return


asyncio.run(main())
