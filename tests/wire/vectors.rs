//! Which vector file is used where. None is left out in silence: a new file, or one that is gone, fails here.

use std::collections::BTreeSet;

/// File, and where it is tested.
const USES: [(&str, &str); 34] = [
    ("api_base_urls.json", "grants::bare_api_origins"),
    ("api_key_checksums.json", "grammars::api_key_checksums"),
    ("api_keys.json", "grammars::api_keys"),
    ("approvals.json", "calls/approvals::every_answer_about_a_held_call"),
    ("audit_bodies.json", "calls/audit::bodies_are_shown_or_named"),
    ("audit_injected_headers.json", "calls/audit::injected_headers_are_not_audited"),
    ("audit_payloads.json", "calls/audit::every_row_is_written_as_the_sdk_writes_it"),
    ("aws_hosts.json", "calls/aws::hosts"),
    ("aws_sigv4.json", "calls/aws::signatures"),
    ("base_urls.json", "grammars::base_urls"),
    ("bearer_challenges.json", "calls/retrieve::bearer_challenges"),
    ("callers.json", "grammars::callers"),
    ("context_headers.json", "grammars::context_headers"),
    // Rows about reading; those about test calls in calls::failures, about sessions and revocations in connect; the
    // others wait for the calls named in flows::WAITING.
    ("error_flows.json", "flows::reading_calls_fail_as_the_sdks_do"),
    ("errors.json", "errors::every_answer_is_the_error_that_the_sdk_raises"),
    // Requests of reading calls are repeated, test calls in calls::{proxy, approvals, retrieve}; signatures of all
    // are checked.
    ("exchanges", "exchanges::our_requests_are_the_sdks"),
    ("grant_items.json", "grants::every_row_is_read_as_the_sdk_reads_it_or_kept_with_a_mark"),
    ("grant_pages.json", "grants::every_page"),
    ("log_redaction.json", "not used: the log has no room for a URL"),
    // Rows about reading; the others wait for the shapes named in answers::WAITING.
    ("other_responses.json", "answers::answers_are_read_as_the_sdk_reads_them"),
    ("path_templates.json", "calls/urls::path_templates"),
    ("provider_spec_paths.json", "grammars::provider_spec_paths"),
    ("provider_url_length.json", "calls/urls::lengths_of_urls"),
    ("provider_urls.json", "calls/urls::provider_urls"),
    ("proxy_inputs.json", "calls/proxy::what_is_refused_before_sending"),
    ("rate_limit_headers.json", "grammars::rate_limit_headers"),
    ("request_inputs.json", "connect::what_callers_hand_over_is_taken_as_the_sdk_takes_it"),
    ("retry_after.json", "grammars::retry_after_readings"),
    ("scope_constraints.json", "grammars::scope_constraints"),
    ("scope_report_clamps.json", "calls/audit::scope_reports_have_limits"),
    ("signing.json", "signing::every_signature_is_the_sdks"),
    ("token_responses.json", "calls/tokens::every_answer_with_a_credential"),
    ("traceparents.json", "not used: no trace context is sent"),
    ("uuids.json", "grammars::uuids"),
];

#[test]
fn every_vector_file_is_used_or_says_what_it_waits_for() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors");
    let have: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("the vectors")
        .map(|entry| entry.expect("a file").file_name().into_string().expect("a name"))
        .collect();
    let reported: BTreeSet<String> = USES.iter().map(|(file, _)| (*file).to_owned()).collect();
    assert_eq!(have, reported);
    assert_eq!(reported.len(), USES.len(), "a file is told twice");
}

#[test]
fn every_test_that_is_named_exists() {
    for (file, place) in USES {
        let Some((module, test)) = place.split_once("::") else {
            let says_why = ["waits for ", "not used: "].iter().any(|why| place.starts_with(why));
            assert!(says_why, "{file}: {place}");
            continue;
        };
        let path = format!("{}/tests/wire/{module}.rs", env!("CARGO_MANIFEST_DIR"));
        let source = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(source.contains(&format!("fn {test}(")), "{file}: {place}");
        // Either through the loader, or named with its folder.
        let stem = file.trim_end_matches(".json");
        assert!(source.contains(&format!("\"{stem}")), "{place} does not read {file}");
    }
}
