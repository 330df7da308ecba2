"""Try every public coroutine of the SDK's App and Agent against the sandbox, and print which of them it serves.

The calls are listed from the package itself, so that none is forgotten: one without arguments below ends the script.
"""

import asyncio
import base64
import inspect
import json
import os

from alter_sdk import Agent, App, UserPrincipal
from alter_sdk.exceptions import AlterSDKError, GrantNotFoundError, RestrictedGrantRequiresProxyError
from alter_sdk.spans import UserSpan

PLAN = json.loads(os.environ["SANDBOX_PLAN"])
BASE = os.environ["ALTER_BASE_URL"]
USER = "https://api.github.com/user"
NOBODY = "00000000-0000-4000-8000-000000000000"
# Without a person these would wait for a browser; the sessions that they begin are tried by themselves.
INTERACTIVE = {"authenticate", "connect"}
# Needs a further package, which this environment does not have.
FOREIGN = {"boto3_client"}


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


def arguments(cls, name, grant, pending):
    """What a call is tried with."""
    agent_id = PLAN["agent_id"]
    token = PLAN["user_token"]
    error = GrantNotFoundError("gone", provider_id="github")
    span = UserSpan(trace_id="0" * 31 + "1", name="x", start_time="2026-11-30T00:00:00Z")
    table = {
        "assert_identity": ([], {"audience": "https://example.com"}),
        "await_approval": ([pending], {"timeout": 20, "poll_interval": 0.05}),
        "close": ([], {}),
        "create_auth_session": ([], {}),
        "create_connect_session": ([], {"allowed_providers": ["github"], "user_token": token}),
        "create_connect_session_for_error": ([error], {"user_token": token}),
        "create_managed_secret_connect_session": ([], {"provider": "openai", "user_token": token}),
        "create_managed_secret_grant": ([NOBODY], {"principal": UserPrincipal(user_token=token, label="x")}),
        "delegate": ([grant, NOBODY], {}),
        "get_approval_status": ([pending], {}),
        "list_grants": ([], {}),
        "me": ([], {}),
        "mint_grant": ([grant], {"label": "sibling"}),
        "poll_auth_session": (["session"], {"timeout": 0.2}),
        "poll_connect_session": (["session"], {"timeout": 0.2}),
        "proxy_request": (["GET", USER], {"grant_id": grant, "reason": "x"}),
        "request": (["GET", mapped(USER)], {"grant_id": grant, "reason": "x"}),
        "resolve_identity": ([], {}),
        "revoke_delegation": ([grant, NOBODY] if cls is App else [grant], {}),
        "revoke_grant": ([NOBODY], {}),
        "verify_user_token": ([token], {}),
        "agents.create": ([], {"name": "made-by-a-test", "scopes": {}}),
        "agents.list": ([], {}),
        "agents.get": ([agent_id], {}),
        "agents.get_by_name": (["crm-sync"], {}),
        "agents.update": ([agent_id], {"display_name": "x"}),
        "agents.suspend": ([agent_id], {}),
        "agents.resume": ([agent_id], {}),
        "agents.delete": ([agent_id], {}),
        "agents.mint_key": ([agent_id], {}),
        "agents.list_keys": ([agent_id], {}),
        "agents.deprecate_key": ([agent_id, NOBODY], {}),
        "agents.undeprecate_key": ([agent_id, NOBODY], {}),
        "agents.revoke_key": ([agent_id, NOBODY], {}),
        "keys.derive": ([], {"scopes": ["grants:read"], "expires_in": 600}),
        "keys.rotate": ([], {"key_id": NOBODY}),
        "keys.revoke": ([], {"key_id": NOBODY}),
        "oauth_providers.list": ([], {}),
        "provider_specs.list": ([], {}),
        "provider_specs.get": (["oauth", "github"], {}),
        "provider_specs.list_operations": (["oauth", "github"], {}),
        "provider_specs.get_operation": (["oauth", "github", "repos/get"], {}),
        "scopes.list": ([], {}),
        "spans.emit": ([[span]], {}),
    }
    return table[name]


async def attempt(cls, client, name):
    """Whether the sandbox serves a call: "served", or what the SDK raised."""
    grant = (await client.list_grants(provider_id="github", status="active", limit=1)).grants[0].grant_id
    pending = None
    if name in {"await_approval", "get_approval_status"}:
        pending = (await client.proxy_request("GET", USER, grant_id=grant)).approval_id
    target = client
    for part in name.split("."):
        target = getattr(target, part)
    args, kwargs = arguments(cls, name, grant, pending)
    try:
        result = await target(*args, **kwargs)
    except RestrictedGrantRequiresProxyError:
        # What the backend answers to an agent with a delegated grant: the call is there.
        return "served"
    except AlterSDKError as error:
        return type(error).__name__
    if name == "verify_user_token" and result != subject(args[0]):
        return f"verified as {result}"
    return "served"


async def main():
    found = {}
    for cls, key in ((App, PLAN["app_key"]), (Agent, PLAN["agent_key"])):
        async with cls(api_key=key) as client:
            for name in sorted(set(coroutines(client)), key=lambda name: (name == "close", name)):
                tried = name not in INTERACTIVE | FOREIGN
                found[f"{cls.__name__}.{name}"] = await attempt(cls, client, name) if tried else "not tried"
    print(json.dumps(found))


asyncio.run(main())
