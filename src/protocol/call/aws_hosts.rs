//! Determines service and region from an AWS host name (docs/protocol/calls.md section A5, table).

/// Host labels whose signing name differs, sorted.
const RENAMED: [(&str, &str); 57] = [
    ("agreement-marketplace", "aws-marketplace"),
    ("api.detective", "detective"),
    ("api.ecr", "ecr"),
    ("api.ecr-public", "ecr-public"),
    ("api.iotdeviceadvisor", "iotdeviceadvisor"),
    ("api.iottwinmaker", "iottwinmaker"),
    ("api.iotwireless", "iotwireless"),
    ("api.mediatailor", "mediatailor"),
    ("api.pricing", "pricing"),
    ("api.sagemaker", "sagemaker"),
    ("api.tunneling.iot", "IoTSecuredTunneling"),
    ("appconfigdata", "appconfig"),
    ("appstream2", "appstream"),
    ("bedrock-runtime", "bedrock"),
    ("catalog.marketplace", "aws-marketplace"),
    ("cloudhsmv2", "cloudhsm"),
    ("cn.transcribe", "transcribe"),
    ("contact-lens", "connect"),
    ("data-ats.iot", "iotdata"),
    ("data.ats.iot", "iotdata"),
    ("data.iot", "iotdata"),
    ("data.iotevents", "ioteventsdata"),
    ("data.iottwinmaker", "iottwinmaker"),
    ("data.jobs.iot", "iot-jobs-data"),
    ("data.mediastore", "mediastore"),
    ("edge.sagemaker", "sagemaker"),
    ("email", "ses"),
    ("entitlement-marketplace", "aws-marketplace"),
    ("entitlement.marketplace", "aws-marketplace"),
    ("eventsv2", "events"),
    ("forecastquery", "forecast"),
    ("greengrass-ats.iot", "greengrass"),
    ("identity-chime", "chime"),
    ("importexport", "IngestionService"),
    ("ingest.timestream", "timestream"),
    ("ivsrealtime", "ivs"),
    ("media-pipelines-chime", "chime"),
    ("meetings-chime", "chime"),
    ("memory-db", "memorydb"),
    ("messaging-chime", "chime"),
    ("metering.marketplace", "aws-marketplace"),
    ("metrics.sagemaker", "sagemaker"),
    ("models-v2-lex", "lex"),
    ("models.lex", "lex"),
    ("oidc", "sso-oauth"),
    ("participant.connect", "execute-api"),
    ("pinpoint", "mobiletargeting"),
    ("portal.sso", "awsssoportal"),
    ("query.timestream", "timestream"),
    ("runtime-v2-lex", "lex"),
    ("runtime.lex", "lex"),
    ("runtime.sagemaker", "sagemaker"),
    ("s3-control", "s3"),
    ("servicecatalog-appregistry", "servicecatalog"),
    ("streams.dynamodb", "dynamodb"),
    ("verification.signer", "signer"),
    ("voice-chime", "chime"),
];

/// Global services: their labels, the suffix of their hosts, their region.
const GLOBAL: [(&[&str], &str, &str); 3] = [
    (
        &["budgets", "cloudfront", "health", "iam", "importexport", "route53", "savingsplans", "sts", "waf"],
        ".amazonaws.com",
        "us-east-1",
    ),
    (&["health", "iam", "route53"], ".us-gov.amazonaws.com", "us-gov-west-1"),
    (&["budgets", "health", "route53"], ".amazonaws.com.cn", "cn-northwest-1"),
];

/// The signing name of the service and the region; `None` if the host does not belong to AWS.
pub fn locate(host: &str) -> Option<(String, String)> {
    let host = host.to_ascii_lowercase();
    let (service, region) = regional(&host).or_else(|| global(&host)).or_else(|| dotted(&host))?;
    Some((service.to_owned(), region.to_owned()))
}

/// Hosts with a single label for the service.
fn regional(host: &str) -> Option<(&str, &str)> {
    if let Some(rest) = host.strip_suffix(".api.aws") {
        return match labels(rest).as_slice() {
            [service, region] if is_region(region) => Some((signing_name(service), region)),
            _ => None,
        };
    }
    let china = host.strip_suffix(".amazonaws.com.cn");
    let rest = china.or_else(|| host.strip_suffix(".amazonaws.com"))?;
    let labels = labels(rest);
    match labels.as_slice() {
        [service, region] | [service, "dualstack", region] if is_region(region) => {
            Some((signing_name(service), region))
        }
        [_, "s3" | "s3-fips", region] | [_, "s3" | "s3-fips", "dualstack", region] if is_region(region) => {
            Some(("s3", region))
        }
        [endpoint, service, region, "vpce"]
            if china.is_none() && endpoint.starts_with("vpce-") && is_region(region) =>
        {
            Some((signing_name(service), region))
        }
        ["s3" | "s3-external-1"] | [_, "s3" | "s3-external-1"] if china.is_none() => {
            Some(("s3", "us-east-1"))
        }
        [service] | [_, service] if china.is_none() => {
            service.strip_prefix("s3-").filter(|region| is_region(region)).map(|region| ("s3", region))
        }
        _ => None,
    }
}

/// Services with one host for all regions.
fn global(host: &str) -> Option<(&str, &str)> {
    let host = host.strip_prefix("global.").unwrap_or(host);
    let hit = |(services, end, region): &(&[&'static str], &'static str, &'static str)| {
        let label = host.strip_suffix(end)?;
        services.iter().find(|service| **service == label).map(|service| (signing_name(service), *region))
    };
    GLOBAL.iter().find_map(hit)
}

/// Known service labels that contain dots.
fn dotted(host: &str) -> Option<(&str, &str)> {
    let rest = host.strip_suffix(".amazonaws.com.cn").or_else(|| host.strip_suffix(".amazonaws.com"))?;
    let rest = rest.strip_suffix(".dualstack").unwrap_or(rest);
    let (label, region) = rest.rsplit_once('.')?;
    let label = label.strip_suffix("-fips").unwrap_or(label);
    if !label.contains('.') || !is_region(region) {
        return None;
    }
    renamed(label).map(|service| (service, region))
}

fn labels(text: &str) -> Vec<&str> {
    text.split('.').collect()
}

fn signing_name(label: &str) -> &str {
    let label = label.strip_suffix("-fips").unwrap_or(label);
    renamed(label).unwrap_or(label)
}

fn renamed(label: &str) -> Option<&'static str> {
    let place = RENAMED.binary_search_by(|(known, _)| (*known).cmp(label)).ok()?;
    RENAMED.get(place).map(|(_, name)| *name)
}

/// Whether a text is a region: two letters, parts, digits: `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    match parts.as_slice() {
        [country, middle @ .., number] if !middle.is_empty() => {
            country.len() == 2
                && country.bytes().all(|byte| byte.is_ascii_lowercase())
                && middle
                    .iter()
                    .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase()))
                && !number.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}
