"""Record what curl sends for each paste of corpus.toml, and write it to recorded.json.

    python3 tests/wire/pastes/record.py

Each command runs in bash, with the real curl behind a wrapper that sends every host to a server in this process.
Commands for other shells stand in the corpus a second time, as `posix`. Needs bash, curl and openssl.
"""

import base64
import http.server
import json
import os
import pathlib
import ssl
import subprocess
import tempfile
import threading
import tomllib

HERE = pathlib.Path(__file__).parent
SEEN = []


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        SEEN.append({
            "method": self.command,
            "url": f"https://{self.headers['Host']}{self.path}".encode("latin-1").decode("utf-8", "replace"),
            "headers": [[name, value] for name, value in self.headers.items()],
            "body": base64.b64encode(body).decode(),
        })
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = answer

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def log_message(self, *_):
        pass


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
             "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
            check=True, capture_output=True,
        )
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        wrapper = folder / "curl"
        wrapper.write_text(
            "#!/bin/sh\nexec /usr/bin/curl -q -k --http1.1 --proto-default https --max-time 5 "
            f"--connect-to ::127.0.0.1:{port} \"$@\"\n"
        )
        wrapper.chmod(0o755)
        # For those who are called with their whole path.
        environment = {"PATH": f"{folder}:/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
        recorded = {}
        for paste in tomllib.loads((HERE / "corpus.toml").read_text())["paste"]:
            if paste["want"] == "refused":
                continue
            SEEN.clear()
            command = paste.get("posix", paste["text"])
            subprocess.run(["bash", "-c", command], env=environment, cwd=folder, capture_output=True, timeout=20,
                           stdin=subprocess.DEVNULL)
            recorded[paste["name"]] = SEEN[0] if SEEN else None
        (HERE / "recorded.json").write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n")
        missing = [name for name, request in recorded.items() if request is None]
        print(f"{len(recorded)} recorded; nothing was sent for: {', '.join(missing) or 'none'}")


main()
