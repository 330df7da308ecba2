//! Calls and reports behind an HTTP proxy.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use crate::rig::{Rig, Run, run};

/// A proxy that notes what it is asked for, and answers each CONNECT alike.
struct Proxy {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start(answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        // It ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                serve(stream, answer, &log);
            }
        });
        Self { port, asked }
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

fn serve(mut stream: TcpStream, answer: &str, log: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    log.lock().unwrap().push(String::from_utf8(head).unwrap());
    // That the client is gone is its own matter.
    let _ = stream.write_all(answer.as_bytes());
}

const REFUSES: &str = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
const WANTS_A_USER: &str = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
const OPENS: &str = "HTTP/1.1 200 Connection established\r\n\r\n";

/// How often a credential was asked for since the last time.
fn credentials(rig: &Rig) -> usize {
    let asked = rig.backend.journal().iter().filter(|request| request.target == "/sdk/token").count();
    rig.backend.world().clear_journal();
    asked
}

fn retrieve(rig: &Rig, proxy: &str, more: &[&str]) -> Run {
    let arguments = [&["call", "github:octo-acme", "GET"], more, &["--mode", "retrieve"]].concat();
    run(rig.command(&arguments).env("HTTPS_PROXY", proxy))
}

#[test]
fn a_call_goes_through_a_proxy_that_is_named_as_well_as_through_an_address() {
    let rig = Rig::new(40, &[]);
    let proxy = Proxy::start(REFUSES);
    for host in ["localhost", "127.0.0.1"] {
        let ran = retrieve(&rig, &format!("http://ann:s3cr3t@{host}:{}", proxy.port), &["/user"]);
        let asked = proxy.asked();
        assert_eq!(asked.len(), 1, "{host}: {}", ran.err);
        assert!(asked[0].starts_with("CONNECT api.github.com:443 HTTP/1.1\r\n"), "{asked:?}");
        // ann:s3cr3t
        assert!(asked[0].to_lowercase().contains("proxy-authorization: basic yw5uonmzy3izda=="), "{asked:?}");
        assert_eq!((ran.code, credentials(&rig)), (9, 1), "{}", ran.err);
        let shown = format!("http://***@{host}:{}", proxy.port);
        assert!(ran.err.contains("HTTP proxy failed") && ran.err.contains(&shown), "{}", ran.err);
        assert!(!ran.err.contains("s3cr3t"), "{}", ran.err);
    }
}

#[test]
fn a_proxy_that_fails_is_named_and_not_taken_for_anybody_else() {
    let rig = Rig::new(40, &[]);
    let dead = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let wants = Proxy::start(WANTS_A_USER);
    let socks = "socks5://127.0.0.1:1080".to_owned();
    for proxy in [
        format!("http://{dead}"),
        format!("http://127.0.0.1:{}", wants.port),
        "http://corpproxy.invalid:3128".to_owned(),
        socks,
    ] {
        let ran = retrieve(&rig, &proxy, &["/user"]);
        assert_eq!((ran.code, ran.out.as_str()), (9, ""), "{proxy}: {}", ran.err);
        assert!(ran.err.contains("HTTP proxy failed") && ran.err.contains(&proxy), "{proxy}: {}", ran.err);
        // The same on the way to the backend.
        let mut list = rig.command(&["list", "--limit", "1"]);
        let list = list.env("ALTER_BASE_URL", "https://backend.alterauth.com").env("HTTPS_PROXY", &proxy);
        let ran = run(list);
        assert_eq!((ran.code, ran.rows()), (9, ""), "{proxy}: {}", ran.err);
        let message: Value = serde_json::from_str(&ran.out).unwrap();
        let (error, details) = (&message["error"], &message["error"]["details"]);
        assert_eq!((&error["code"], &error["who"]), (&"proxy_failed".into(), &"network".into()), "{message}");
        assert_eq!(details["proxy"], proxy.as_str(), "{message}");
        assert!(ran.err.contains("HTTP proxy failed") && ran.err.contains(&proxy), "{proxy}: {}", ran.err);
    }
}

#[test]
fn a_connection_that_breaks_behind_a_proxy_is_not_the_proxys() {
    let rig = Rig::new(40, &[]);
    // It is opened, and then nothing speaks there.
    let proxy = Proxy::start(OPENS);
    let ran = retrieve(&rig, &format!("http://127.0.0.1:{}", proxy.port), &["/user"]);
    assert_eq!(ran.code, 9, "{}", ran.err);
    assert!(ran.err.contains(&format!("http://127.0.0.1:{}", proxy.port)), "{}", ran.err);
}

#[test]
fn a_host_that_is_refused_costs_no_credential_and_asks_no_proxy() {
    let rig = Rig::new(40, &[]);
    let proxy = Proxy::start(REFUSES);
    let through = format!("http://127.0.0.1:{}", proxy.port);
    let id = rig.run(&["id", "github:octo-acme"]).out.trim().to_owned();
    for (url, code) in [
        // Named on purpose, and private all the same.
        ("https://10.1.2.3/x", "not allowed for this credential"),
        ("https://[fd00::1]/x", "not allowed for this credential"),
        ("https://vault.internal/x", "not allowed for this credential"),
        ("https://vault/x", "not allowed for this credential"),
    ] {
        let host = url.trim_start_matches("https://").trim_end_matches("/x");
        for proxy in [through.as_str(), ""] {
            let ran = retrieve(&rig, proxy, &[url, "--allow-host", host]);
            assert_eq!(ran.code, 7, "{url}: {}", ran.err);
            assert!(ran.err.contains(code), "{url}: {}", ran.err);
            assert_eq!(credentials(&rig), 0, "{url}");
        }
    }
    // Nobody's host, with a grant of which nothing is known but its id.
    let arguments = ["call", &id, "GET", "https://evil.example/x", "--mode", "retrieve"];
    let ran = run(rig.command(&arguments).env("HTTPS_PROXY", &through));
    assert!(ran.err.contains("may not receive the credential"), "{}", ran.err);
    assert_eq!((credentials(&rig), proxy.asked()), (0, Vec::new()));
}

#[test]
fn a_host_that_needs_no_proxy_is_reached_without_one() {
    let rig = Rig::new(40, &[]);
    let proxy = Proxy::start(REFUSES);
    let through = format!("http://127.0.0.1:{}", proxy.port);
    for excepted in ["api.github.com", ".github.com", "*"] {
        let arguments = ["call", "github:octo-acme", "GET", "/user", "--mode", "retrieve", "--timeout", "2s"];
        let mut command = rig.command(&arguments);
        let ran = run(command.env("HTTPS_PROXY", &through).env("NO_PROXY", excepted));
        // Whether the real host answers depends on where this runs.
        assert!(!ran.err.contains("HTTP proxy"), "{excepted}: {}", ran.err);
        assert_eq!(proxy.asked(), Vec::<String>::new(), "{excepted}");
        let doctor =
            run(rig.command(&["doctor", "--offline"]).env("HTTPS_PROXY", &through).env("NO_PROXY", "*"));
        assert!(doctor.out.contains("http proxy       none\n"), "{}", doctor.out);
    }
}

#[test]
fn a_demonstration_uses_no_proxy() {
    let rig = Rig::new(1, &[]);
    let proxy = Proxy::start(REFUSES);
    let through = format!("http://127.0.0.1:{}", proxy.port);
    for mode in ["proxy", "retrieve"] {
        let mut command =
            rig.command(&["--demo", "call", "github:octo-acme", "GET", "/user", "--mode", mode]);
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy"] {
            command.env(name, &through);
        }
        let ran = run(&mut command);
        assert_eq!(ran.code, 0, "{mode}: {}", ran.err);
    }
    let doctor = run(rig.command(&["--demo", "doctor"]).env("HTTPS_PROXY", &through));
    assert!(doctor.out.contains("http proxy       none in the demo\n"), "{}", doctor.out);
    assert_eq!(proxy.asked(), Vec::<String>::new());
}

#[test]
fn doctor_names_the_proxy_and_not_its_user() {
    let rig = Rig::new(1, &[]);
    let doctor = |name: &str, value: &str| {
        let mut command = rig.command(&["doctor", "--offline"]);
        run(command.env("ALTER_BASE_URL", "https://backend.alterauth.com").env(name, value)).out
    };
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let out = doctor(name, "http://ann:s3cr3t@corpproxy:3128");
        assert!(out.contains("ok       http proxy       http://***@corpproxy:3128\n"), "{out}");
        assert!(!out.contains("s3cr3t") && !out.contains("ann"), "{out}");
    }
    let out = doctor("HTTPS_PROXY", "socks5://corpproxy:1080");
    // No client can be made with it, and so nothing else is asked.
    assert!(out.contains("proxy socks5://corpproxy:1080; detail only http:// and https:// proxies"), "{out}");
}

#[test]
fn a_proxy_that_cannot_be_read_is_refused_and_not_gone_around() {
    let rig = Rig::new(40, &[]);
    for bad in [
        "htp://127.0.0.1:1",
        "http://[bad",
        "not a url",
        "http://corp:hunter2#rest@127.0.0.1:1",
        "http://corp:hunter2/rest@127.0.0.1:1",
        "http://corp:hunter2?rest@127.0.0.1:1",
        "http://corp:hunter2@rest@127.0.0.1:1",
    ] {
        // On the way to a provider, before a credential is asked for.
        let ran = retrieve(&rig, bad, &["/user"]);
        assert_eq!((ran.code, credentials(&rig)), (2, 0), "{bad}: {}", ran.err);
        assert!(ran.err.contains("HTTPS_PROXY is not the address of a proxy"), "{bad}: {}", ran.err);
        // On the way to the backend.
        let mut list = rig.command(&["list", "--limit", "1"]);
        let list = run(list.env("ALTER_BASE_URL", "https://backend.invalid").env("HTTPS_PROXY", bad));
        let message: Value = serde_json::from_str(&list.out).unwrap();
        assert_eq!(
            (list.code, &message["error"]["code"]),
            (2, &"config_malformed".into()),
            "{bad}: {message}"
        );
        let mut outputs = vec![ran.err, list.out, list.err];
        for backend in ["https://backend.invalid", rig.backend.base_url()] {
            let mut doctor = rig.command(&["doctor", "--offline"]);
            let doctor = run(doctor.env("ALTER_BASE_URL", backend).env("HTTPS_PROXY", bad));
            assert!(
                doctor.out.contains("HTTPS_PROXY is not the address of a proxy"),
                "{bad}: {}",
                doctor.out
            );
            outputs.extend([doctor.out, doctor.err]);
        }
        let said = outputs.concat();
        assert!(!said.contains("hunter2") && !said.contains("rest@"), "{bad}: {said}");
    }
}
