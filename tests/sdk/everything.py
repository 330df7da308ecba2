"""Ask the sandbox everything it answers through the official SDK, and print what it understood as one JSON object."""

import asyncio
import json
import os

from alter_sdk import Agent, App

FILTERS = json.loads(os.environ["SANDBOX_FILTERS"])


def plain(value):
    """A result as plain data: the SDK's models dump themselves."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


async def walk(client, limit, **filters):
    """Every row, following has_more by offset."""
    rows = []
    while True:
        page = await client.list_grants(limit=limit, offset=len(rows), **filters)
        rows.extend(plain(page.grants))
        if not page.has_more:
            assert page.total == len(rows), (page.total, len(rows))
            return rows


async def main():
    told = {}
    async with App(api_key=os.environ["SANDBOX_APP_KEY"], caller="sdk test") as app:
        first = await app.list_grants()
        told["first_page"] = plain(first)
        told["walk"] = await walk(app, 90)
        told["filtered"] = [await walk(app, 1000, **filters) for filters in FILTERS]
        told["user"] = await walk(app, 50, end_user_token=os.environ["SANDBOX_USER_TOKEN"])
        told["actor_id"] = app.actor_id
        told["rate_limit"] = app.last_rate_limit.limit
        told["scopes"] = plain(await app.scopes.list())
        catalog = await app.oauth_providers.list()
        told["catalog"] = plain(catalog)
        specs = await app.provider_specs.list()
        told["specs"] = plain(specs)
        told["operations"] = {}
        for spec in specs:
            assert plain(await app.provider_specs.get(spec.provider_kind, spec.provider_id)) == plain(spec)
            page = await app.provider_specs.list_operations(spec.provider_kind, spec.provider_id, limit=500)
            details = [
                await app.provider_specs.get_operation(spec.provider_kind, spec.provider_id, row.operation_id)
                for row in page.items
            ]
            told["operations"][spec.provider_id] = [plain(detail) for detail in details]
        found = await app.provider_specs.list_operations("oauth", "github", search="create an", limit=1)
        told["search"] = [[row.operation_id for row in found.items], found.total, found.has_more]
        agents = await app.agents.list(include_revoked=True, limit=3, offset=3)
        told["agents"] = plain(agents)
        one = await app.agents.get(str(agents.agents[0].id))
        assert plain(one) == plain(agents.agents[0])
        told["by_name"] = plain(await app.agents.get_by_name("crm-sync"))
        assert await app.agents.get_by_name("nobody") is None
        told["identity"] = plain(await app.resolve_identity(include_profile=True))
        known = await app.resolve_identity(user_token=os.environ["SANDBOX_USER_TOKEN"], include_profile=True)
        told["user_email"] = known.email
    async with Agent(api_key=os.environ["SANDBOX_AGENT_KEY"]) as agent:
        told["me"] = plain(await agent.me())
        told["agent_walk"] = await walk(agent, 4)
    print(json.dumps(told))


asyncio.run(main())
