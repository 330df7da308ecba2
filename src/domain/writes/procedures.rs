//! Providers that name the operation in path or query and accept it with any method. Whatever is not known to
//! be read-only there counts as a write.

use super::address::Address;
use super::names::words;

/// Where a provider's request names the operation, and which ones are read-only.
enum Named {
    /// The last name of `/api/list.of.names`, if the path has nothing else.
    Slack(&'static [&'static str]),
    /// The first word of the parameter `Action`.
    Action(&'static [&'static str]),
    /// The path segment after a bot's token.
    Bot(&'static [&'static str]),
}

struct Procedures {
    /// Its hosts, including their subdomains.
    hosts: &'static [&'static str],
    named: Named,
}

const PROCEDURES: [Procedures; 3] = [
    // docs.slack.dev/apis/web-api: "methods accept GET or POST".
    Procedures {
        hosts: &["slack.com", "slack-gov.com"],
        named: Named::Slack(&[
            "all",
            "billableInfo",
            "conversations",
            "files",
            "get",
            "getPermalink",
            "getPresence",
            "history",
            "identity",
            "info",
            "list",
            "lookupByEmail",
            "members",
            "messages",
            "replies",
            "test",
            "userInfo",
        ]),
    },
    // docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html: "HTTP or HTTPS requests that use the verb GET or
    // POST and a Query parameter named Action".
    Procedures {
        hosts: &["amazonaws.com", "amazonaws.com.cn", "api.aws"],
        named: Named::Action(&["describe", "get", "list", "lookup", "search"]),
    },
    // core.telegram.org/bots/api: "We support GET and POST HTTP methods". `getUpdates` confirms what it was given before.
    Procedures {
        hosts: &["api.telegram.org"],
        named: Named::Bot(&[
            "getchat",
            "getchatadministrators",
            "getchatmember",
            "getchatmembercount",
            "getfile",
            "getme",
            "getmycommands",
            "getmydescription",
            "getmyname",
            "getwebhookinfo",
        ]),
    },
];

/// Returns the operation that a URL names, unless it is known to be read-only.
pub(super) fn procedure(address: &Address) -> Option<String> {
    let known = PROCEDURES.iter().find(|known| known.hosts.iter().any(|host| address.is_at(host)))?;
    let path: Vec<&str> = address.path.iter().map(String::as_str).collect();
    let last = path.last().copied().unwrap_or_default();
    let (name, only_reads) = match &known.named {
        Named::Slack(reads) => {
            let does = last.rsplit_once('.').map(|(_, does)| does);
            (last, matches!(path[..], ["api", _]) && does.is_some_and(|does| reads.contains(&does)))
        }
        Named::Action(reads) => {
            let mut actions =
                address.parameters.iter().filter(|(name, _)| name.eq_ignore_ascii_case("action"));
            // Without an action, the API goes by the method.
            let (_, action) =
                actions.clone().find(|(_, action)| !begins_with(action, reads)).or_else(|| actions.next())?;
            (action.as_str(), begins_with(action, reads))
        }
        Named::Bot(reads) => {
            (last, path.first() == Some(&"file") || reads.contains(&last.to_ascii_lowercase().as_str()))
        }
    };
    (!only_reads).then(|| if name.is_empty() { address.host.clone() } else { name.to_owned() })
}

fn begins_with(action: &str, reads: &[&str]) -> bool {
    words(action).first().is_some_and(|first| reads.contains(&first.as_str()))
}
