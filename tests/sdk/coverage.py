"""Try every public coroutine of the SDK's App and Agent against the sandbox, and print which of them it serves.

The calls are listed from the package itself, so that none is forgotten: one without an entry below ends the script.
"""

import asyncio
import base64
import inspect
import json
import os
import sys
from pathlib import Path

from alter_sdk import Agent, App, UserPrincipal
from alter_sdk.exceptions import AlterSDKError, GrantNotFoundError, RestrictedGrantRequiresProxyError
from alter_sdk.spans import UserSpan
from person import click

PLAN = json.loads(os.environ["SANDBOX_PLAN"])
BASE = os.environ["ALTER_BASE_URL"]
USER = "https://api.github.com/user"
TOKEN = PLAN["user_token"]
# `connect` and `authenticate` open a browser: this one clicks.
os.environ["BROWSER"] = f"{sys.executable} {Path(__file__).with_name('person.py')} %s"


def mapped(url):
    return f"{BASE}/provider/" + url.replace("://", "/", 1)


def coroutines(client):
    """Names of the public coroutines of a client, and of the namespaces that it hands out."""
    for name in dir(type(client)):
        if name.startswith("_"):
            continue
        if inspect.iscoroutinefunction(inspect.getattr_static(type(client), name)):
            yield name
        elif type(space := getattr(client, name)).__name__.endswith("Namespace"):
            yield from (f"{name}.{inner}" for inner in coroutines(space))


def subject(token):
    """Who a token is of, read without checking it."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"]


class Tries:
    """What each call is tried with. A method per call, `agents_get` for `agents.get`; each returns what it got."""

    def __init__(self, cls, client, app):
        self.cls, self.client, self.app = cls, client, app

    async def grant(self, **filters):
        filters = filters or {"provider_id": "github"}
        page = await self.client.list_grants(status="active", limit=1, **filters)
        return page.grants[0].grant_id

    async def pending(self):
        answer = await self.client.proxy_request("GET", USER, grant_id=await self.grant())
        return answer.approval_id

    async def connected(self, **options):
        """A grant that a user consented to, with what else was asked for."""
        session = await self.app.create_connect_session(
            allowed_providers=["github"], user_token=TOKEN, **options
        )
        click(session.connect_url, "accept")
        return (await self.app.poll_connect_session(session.session_token, timeout=5))[0]

    async def held(self):
        """A grant that this agent may pass on."""
        connected = await self.connected(agent=PLAN["agent_id"], delegable=True)
        assert connected.delegation.delegable
        page = await self.client.list_grants(provider_id="github", status="active", limit=1000)
        return next(row for row in page.grants if row.parent_grant_id == connected.grant_id).grant_id

    async def made_agent(self):
        return await self.client.agents.create(name=f"made-{os.urandom(4).hex()}", scopes={"github": ["repo"]})

    async def agent_key(self):
        agent = await self.made_agent()
        return agent.id, (await self.client.agents.mint_key(str(agent.id))).key_id

    async def assert_identity(self):
        return await self.client.assert_identity(audience="https://example.com")

    async def authenticate(self):
        # A client of its own: from then on it sends the token along.
        async with App(api_key=PLAN["app_key"]) as client:
            result = await client.authenticate(timeout=5)
        assert subject(result.user_token) == result.user_info["sub"]
        return result

    async def await_approval(self):
        return await self.client.await_approval(await self.pending(), timeout=20, poll_interval=0.05)

    async def boto3_client(self):
        # Not every agent has a grant of an AWS credential.
        plan = PLAN["aws_agent" if self.cls is Agent else "aws"]
        async with self.cls(api_key=plan["key"]) as client:
            endpoint = mapped("https://sts.amazonaws.com/")
            # Where the sandbox stands for AWS is told to boto3 in its own way.
            os.environ["AWS_ENDPOINT_URL"] = endpoint
            aws = await client.boto3_client("sts", grant_id=plan["grant"], region_name="eu-central-1")
            return (await asyncio.to_thread(aws.get_caller_identity))["Account"]

    async def close(self):
        await self.client.close()
        return "closed"

    async def connect(self):
        return await self.client.connect(providers=["github"], timeout=5, poll_interval=0.1)

    async def create_auth_session(self):
        return await self.client.create_auth_session()

    async def create_connect_session(self):
        return await self.client.create_connect_session(allowed_providers=["github"], user_token=TOKEN)

    async def create_connect_session_for_error(self):
        error = GrantNotFoundError("gone", provider_id="github")
        return await self.client.create_connect_session_for_error(error, user_token=TOKEN)

    async def create_managed_secret_connect_session(self):
        return await self.client.create_managed_secret_connect_session(provider="openai", user_token=TOKEN)

    async def create_managed_secret_grant(self):
        page = await self.client.list_grants(provider_id="datadog", limit=1)
        principal = UserPrincipal(user_token=TOKEN, label="issued by a test")
        return await self.client.create_managed_secret_grant(page.grants[0].managed_secret_id, principal=principal)

    async def delegate(self):
        result = await self.client.delegate(await self.held(), PLAN["other_agent_id"], ttl_seconds=3600)
        assert result.depth == 2, result
        return result

    async def get_approval_status(self):
        return await self.client.get_approval_status(await self.pending())

    async def list_grants(self):
        return await self.client.list_grants()

    async def me(self):
        return await self.client.me()

    async def mint_grant(self):
        return await self.client.mint_grant((await self.connected()).grant_id, label=f"sibling {os.urandom(4).hex()}")

    async def poll_auth_session(self):
        session = await self.client.create_auth_session()
        click(session.auth_url, "accept")
        return await self.client.poll_auth_session(session.session_token, timeout=5)

    async def poll_connect_session(self):
        session = await self.client.create_connect_session(allowed_providers=["slack"], user_token=TOKEN)
        click(session.connect_url, "accept")
        return await self.client.poll_connect_session(session.session_token, timeout=5)

    async def proxy_request(self):
        return await self.client.proxy_request("GET", USER, grant_id=await self.grant(), reason="x")

    async def request(self):
        try:
            return await self.client.request("GET", mapped(USER), grant_id=await self.grant(), reason="x")
        except RestrictedGrantRequiresProxyError as error:
            # What the backend answers to an agent with a delegated grant: the call is there.
            return error

    async def resolve_identity(self):
        return await self.client.resolve_identity()

    async def revoke_delegation(self):
        if self.cls is Agent:
            await self.client.revoke_delegation(await self.held())
        else:
            connected = await self.connected(agent=PLAN["other_agent_id"])
            await self.client.revoke_delegation(connected.grant_id, PLAN["other_agent_id"])
        return "revoked"

    async def revoke_grant(self):
        minted = await self.mint_grant()
        return await self.client.revoke_grant(minted.grant_id, reason="a test")

    async def verify_user_token(self):
        result = await self.client.verify_user_token(TOKEN)
        assert result == subject(TOKEN), result
        return result

    async def agents_create(self):
        return await self.made_agent()

    async def agents_list(self):
        return await self.client.agents.list()

    async def agents_get(self):
        return await self.client.agents.get(PLAN["agent_id"])

    async def agents_get_by_name(self):
        return await self.client.agents.get_by_name("crm-sync")

    async def agents_update(self):
        return await self.client.agents.update(PLAN["other_agent_id"], display_name="x")

    async def agents_suspend(self):
        return await self.client.agents.suspend(str((await self.made_agent()).id))

    async def agents_resume(self):
        suspended = await self.agents_suspend()
        return await self.client.agents.resume(str(suspended.id))

    async def agents_delete(self):
        return await self.client.agents.delete(str((await self.made_agent()).id))

    async def agents_mint_key(self):
        return await self.client.agents.mint_key(str((await self.made_agent()).id))

    async def agents_list_keys(self):
        return await self.client.agents.list_keys(PLAN["agent_id"])

    async def agents_deprecate_key(self):
        agent, key = await self.agent_key()
        return await self.client.agents.deprecate_key(str(agent), str(key))

    async def agents_undeprecate_key(self):
        agent, key = await self.agent_key()
        return await self.client.agents.undeprecate_key(str(agent), str(key))

    async def agents_revoke_key(self):
        agent, key = await self.agent_key()
        return await self.client.agents.revoke_key(str(agent), str(key))

    async def keys_derive(self):
        return await self.client.keys.derive(scopes=["grants:read"], expires_in=600)

    async def keys_rotate(self):
        derived = await self.keys_derive()
        return await self.client.keys.rotate(key_id=derived.parent_key_id)

    async def keys_revoke(self):
        derived = await self.keys_derive()
        return await self.client.keys.revoke(key_id=derived.id)

    async def oauth_providers_list(self):
        return await self.client.oauth_providers.list()

    async def provider_specs_list(self):
        return await self.client.provider_specs.list()

    async def provider_specs_get(self):
        return await self.client.provider_specs.get("oauth", "github")

    async def provider_specs_list_operations(self):
        return await self.client.provider_specs.list_operations("oauth", "github")

    async def provider_specs_get_operation(self):
        return await self.client.provider_specs.get_operation("oauth", "github", "repos/get")

    async def scopes_list(self):
        return await self.client.scopes.list()

    async def spans_emit(self):
        span = UserSpan(trace_id="0" * 31 + "1", name="x", start_time="2026-11-30T00:00:00Z")
        result = await self.client.spans.emit([span])
        assert result.accepted == 1, result
        return result


async def main():
    found = {}
    async with App(api_key=PLAN["app_key"]) as app:
        for cls, key in ((App, PLAN["app_key"]), (Agent, PLAN["agent_key"])):
            async with cls(api_key=key) as client:
                tries = Tries(cls, client, app)
                for name in sorted(set(coroutines(client)), key=lambda name: (name == "close", name)):
                    try:
                        got = await getattr(tries, name.replace(".", "_"))()
                    except AlterSDKError as error:
                        found[f"{cls.__name__}.{name}"] = f"{type(error).__name__}: {error}"
                    else:
                        assert got is not None, name
                        found[f"{cls.__name__}.{name}"] = "served"
    print(json.dumps(found))


asyncio.run(main())
