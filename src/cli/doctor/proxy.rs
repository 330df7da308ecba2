//! Which HTTP proxy is in use.

use super::check::{Check, CheckState};
use crate::api::http_proxy::HttpProxy;
use crate::jobs::Context;

const NAME: &str = "http proxy";

/// Any provider: which proxy leads to one of them is a matter of `NO_PROXY`.
const PROVIDER: &str = "https://provider.example";

/// What lies on the way to the backend, and to providers in retrieve mode.
pub(super) fn check(context: &Context, is_demo: bool) -> Check {
    if is_demo {
        return Check::ok(NAME, "none in the demo");
    }
    let provider = match HttpProxy::on_the_way_to(PROVIDER) {
        Ok(provider) => provider,
        Err(unreadable) => return Check::new(NAME, CheckState::Problem, &unreadable.detail),
    };
    let backend = context.client.proxy_on_the_way();
    let shown = |proxy: Option<&HttpProxy>| proxy.map(ToString::to_string);
    let host = context.client.host();
    let found = match (shown(backend), shown(provider.as_ref())) {
        (None, None) => "none".to_owned(),
        (Some(backend), Some(provider)) if backend == provider => backend,
        (backend, provider) => {
            let named = |proxy: Option<String>| proxy.unwrap_or_else(|| "none".to_owned());
            format!("{host}: {}; providers in retrieve mode: {}", named(backend), named(provider))
        }
    };
    let unusable = [backend, provider.as_ref()].into_iter().flatten().any(|proxy| !proxy.is_usable());
    if unusable {
        return Check::new(NAME, CheckState::Problem, &found)
            .remedy("Only http:// and https:// proxies can be used.");
    }
    Check::ok(NAME, &found)
}
