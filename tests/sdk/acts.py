"""Manage grants, agents and keys through the official SDK as far as it goes wrong, and print what each refusal raised."""

import asyncio
import json
import os
import warnings

from alter_sdk import Agent, App, SystemPrincipal, UserPrincipal
from person import click

PLAN = json.loads(os.environ["SANDBOX_PLAN"])
TOKEN = PLAN["user_token"]
# Keys are marked as deprecated on purpose.
warnings.simplefilter("ignore")


async def raised(coroutine, *fields):
    """Class name and code of what a call raises, and what else it says."""
    try:
        await coroutine
    except Exception as error:  # noqa: BLE001 - which class it is, is the question
        details = getattr(error, "details", None) or {}
        said = [getattr(error, field, None) or details.get(field) for field in fields]
        return [type(error).__name__, details.get("error"), *said]
    return None


async def sessions(app, reported):
    async def ended(outcome, **options):
        session = await app.create_connect_session(allowed_providers=["github"], user_token=TOKEN, **options)
        if outcome:
            click(session.connect_url, outcome)
        return app.poll_connect_session(session.session_token, timeout=0.3, poll_interval=0.1)

    reported["declined"] = await raised(await ended("decline"))
    reported["expired at once"] = await raised(await ended("expire"))
    reported["nobody came"] = await raised(await ended(None), "reason")
    reported["unknown agent"] = await raised(app.create_connect_session(agent="nobody", user_token=TOKEN))
    reported["agent without a user"] = await raised(app.create_connect_session(agent="crm-sync"))
    reported["nothing to repair"] = await raised(
        app.create_connect_session(allowed_providers=["github"], repair_grant_id=PLAN["nobody"], user_token=TOKEN)
    )
    reported["scope of nobody"] = await raised(app.create_connect_session(required_scopes={"github": ["flying"]}))
    create = app.create_managed_secret_connect_session
    reported["unknown secret"] = await raised(create(provider="nobody", user_token=TOKEN))
    reported["bad user"] = await raised(create(provider="openai", user_token="x.y.z"))
    session = await app.create_auth_session()
    click(session.auth_url, "decline")
    reported["sign-in declined"] = await raised(app.poll_auth_session(session.session_token, timeout=1))


async def grants(app, agent, reported):
    session = await app.create_connect_session(allowed_providers=["github"], user_token=TOKEN, agent="release-notes")
    click(session.connect_url, "accept")
    connected = (await app.poll_connect_session(session.session_token, timeout=5))[0]
    rows = (await agent.list_grants(provider_id="github", limit=1000)).grants
    held = next(row.grant_id for row in rows if row.parent_grant_id == connected.grant_id)
    minted = await app.mint_grant(connected.grant_id, label="one of two")
    reported["minted label"] = minted.label
    reported["label taken"] = await raised(app.mint_grant(connected.grant_id, label="one of two"), "label")
    wide = {"expires_at": "2020-01-01T00:00:00Z"}
    reported["wider policy"] = await raised(app.mint_grant(connected.grant_id, label="x", grant_policy=wide))
    reported["mint of nobody"] = await raised(app.mint_grant(PLAN["nobody"], label="x"))
    reported["not delegable"] = await raised(agent.delegate(held, PLAN["other_agent_id"]), "detail_reason")
    reported["delegate to nobody"] = await raised(agent.delegate(held, PLAN["nobody"]))
    reported["delegate nobody's"] = await raised(agent.delegate(PLAN["nobody"], PLAN["other_agent_id"]))
    await app.revoke_grant(connected.grant_id)
    reported["revoked twice"] = await raised(app.revoke_grant(connected.grant_id))
    url = "https://api.github.com/user"
    reported["call of a revoked one"] = await raised(app.proxy_request("GET", url, grant_id=connected.grant_id))
    reported["call of its sibling"] = await raised(app.proxy_request("GET", url, grant_id=minted.grant_id))
    rows = (await app.list_grants(provider_id="openai", limit=1)).grants
    secret = rows[0].managed_secret_id
    system = SystemPrincipal(label=None)
    reported["which credential"] = await raised(app.create_managed_secret_grant(secret, principal=system))
    try:
        await app.create_managed_secret_grant(secret, principal=system)
    except Exception as error:  # noqa: BLE001
        reported["credentials"] = [[len(choice.credential_id), choice.label] for choice in error.credentials]
    own = UserPrincipal(user_token=TOKEN, label="x")
    reported["a user's credential"] = await raised(
        app.create_managed_secret_grant(secret, principal=own, credential_id=PLAN["end_user_credential"])
    )


async def agents(app, agent, reported):
    made = await app.agents.create(name="short-lived", scopes={"github": ["repo"]}, idempotency_key="k")
    again = await app.agents.create(name="short-lived", scopes={"github": ["repo"]}, idempotency_key="k")
    reported["replay"] = [again.id == made.id, again.api_key]
    reported["other body"] = await raised(app.agents.create(name="other", scopes={}, idempotency_key="k"))
    reported["name taken"] = await raised(app.agents.create(name="short-lived", scopes={}))
    stale = app.agents.update(str(made.id), scopes={"github": ["gist"]}, expected_version=7)
    reported["stale"] = await raised(stale)
    reported["last key"] = await raised(app.agents.revoke_key(str(made.id), str(made.key_id)))
    reported["unknown key"] = await raised(app.agents.revoke_key(str(made.id), PLAN["nobody"]))
    await app.agents.mint_key(str(made.id))
    await app.agents.revoke_key(str(made.id), str(made.key_id))
    reported["dead key"] = await raised(app.agents.deprecate_key(str(made.id), str(made.key_id)))
    async with Agent(api_key=made.api_key) as gone:
        reported["call with a dead key"] = await raised(gone.me())
    async with App(api_key=PLAN["agent_key"]) as wrong:
        reported["made by an agent"] = await raised(wrong.agents.create(name="x", scopes={}))
        reported["minted by an agent"] = await raised(wrong.mint_grant(PLAN["nobody"], label="x"))
        reported["signed in by an agent"] = await raised(wrong.create_auth_session())
    async with Agent(api_key=PLAN["app_key"]) as wrong:
        reported["delegated by an app"] = await raised(wrong.delegate(PLAN["nobody"], PLAN["nobody"]))
        reported["given up by an app"] = await raised(wrong.revoke_delegation(PLAN["nobody"]))
    reported["taken by an agent"] = await raised(agent._client.revoke_delegation(PLAN["nobody"], agent_id=PLAN["nobody"]))


async def keys(app, reported):
    derived = await app.keys.derive(scopes=["grants:read"], expires_in=600)
    async with App(api_key=derived.api_key) as narrow:
        reported["narrow lists"] = await raised(narrow.list_grants(limit=1))
        reported["narrow revokes"] = await raised(narrow.revoke_grant(PLAN["nobody"]), "missing")
        reported["narrow derives"] = await raised(narrow.keys.derive(scopes=["grants:read"], expires_in=60), "missing")
    reported["derived is not rotated"] = await raised(app.keys.rotate(key_id=derived.id))
    reported["too long"] = await raised(app.keys.derive(scopes=["grants:read"], expires_in=86401))
    reported["key of nobody"] = await raised(app.keys.revoke(key_id=PLAN["nobody"]))
    await app.keys.revoke(key_id=derived.id)
    async with App(api_key=derived.api_key) as narrow:
        reported["after revoking"] = await raised(narrow.list_grants(limit=1))


async def main():
    reported = {}
    async with App(api_key=PLAN["app_key"]) as app, Agent(api_key=PLAN["agent_key"]) as agent:
        await sessions(app, reported)
        await grants(app, agent, reported)
        await agents(app, agent, reported)
        await keys(app, reported)
        async with agent.trace(run_id="r1"):
            reported["trace"] = (await agent.resolve_identity()).trace.run_id
    print(json.dumps(reported))


asyncio.run(main())
