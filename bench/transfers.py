#!/usr/bin/env python3
"""Measures an import and an export of 10,000 rows as XLSX, and 1,000 webhooks: time, and how far the service's memory
rises.

    bench/transfers.py --server target/release/hearthdesk [--rows 10000] [--url postgres://…]

Starts a service of its own on an empty demo, imports suppliers (all or nothing, then again, then a dry run) and
exports them; then a receiver on loopback hears of 1,000 more, until the last delivery came. Peak memory is the kernel's high-water mark, set back before each transfer. Exits with 1 when a transfer
raised it by more than 64 MiB.
"""

import argparse
import http.server
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
import zipfile
from xml.sax.saxutils import escape

MOST = 64
MESSAGES = 1_000
PASSWORD = "Measure-me-2026"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(rows):
    """A workbook of one sheet with these texts."""
    cells = (
        f"<row r=\"{n}\">" + "".join(f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>' for text in row) + "</row>"
        for n, row in enumerate(rows, 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{XLSX}.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument'
        '.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships"><sheets><sheet name="rows" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{"".join(cells)}</sheetData></worksheet>',
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


class Service:
    """A service of the bench's own."""

    def __init__(self, server, url):
        self.folder = tempfile.mkdtemp(prefix="hearthdesk-transfers-")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        environment = os.environ | {
            "HEARTHDESK_DATA": self.folder,
            "HEARTHDESK_LISTEN": f"127.0.0.1:{port}",
            "HEARTHDESK_DEMO_PASSWORD": PASSWORD,
            "HEARTHDESK_RATE_LIMIT": "off",
            "HEARTHDESK_WEBHOOK_ALLOW": "127.0.0.1/32",
        }
        if url:
            environment["DATABASE_URL"] = url
        self.process = subprocess.Popen([server, "demo"], env=environment, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        self.token = ""
        for _ in range(1200):
            try:
                self.call("GET", "/readyz")
                break
            except (urllib.error.URLError, ConnectionError):
                if self.process.poll() is not None:
                    raise SystemExit("the service did not start")
                time.sleep(0.1)
        self.token = self.sign_in("cost_manager")

    def sign_in(self, login):
        body = json.dumps({"login": login, "password": PASSWORD}).encode()
        return json.loads(self.call("POST", "/v1/auth/login", body, "application/json"))["access_token"]

    def call(self, method, path, body=None, media=None, key=None):
        request = urllib.request.Request(self.base + path, data=body, method=method)
        headers = {"Content-Type": media, "Idempotency-Key": key,
                   "Authorization": f"Bearer {self.token}" if self.token else None}
        for name, value in headers.items():
            if value:
                request.add_header(name, value)
        with urllib.request.urlopen(request, timeout=180) as answer:
            return answer.read()

    def send(self, file, **fields):
        """Sends a file of suppliers and waits until its run is over."""
        mark = uuid.uuid4().hex
        parts = "".join(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                        for name, value in ({"kind": "suppliers"} | fields).items())
        head = f'{parts}--{mark}\r\nContent-Disposition: form-data; name="file"; filename="rows.xlsx"\r\n' \
               f'Content-Type: {XLSX}\r\n\r\n'
        body = head.encode() + file + f"\r\n--{mark}--\r\n".encode()
        answer = json.loads(self.call("POST", "/v1/imports", body, f"multipart/form-data; boundary={mark}", mark))
        while answer["status"] == "queued":
            time.sleep(0.05)
            answer = json.loads(self.call("GET", f"/v1/imports/{answer['id']}"))
        return answer

    def opens_webhook(self, url, kind):
        """Sends the facts of a kind to this address."""
        own, self.token = self.token, self.sign_in("system_admin")
        body = json.dumps({"url": url, "types": [kind]}).encode()
        self.call("POST", "/v1/webhooks", body, "application/json")
        self.token = own

    def memory(self, what):
        with open(f"/proc/{self.process.pid}/status") as status:
            line = next(line for line in status if line.startswith(what))
        return int(line.split()[1]) / 1024

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


class Receiver:
    """Takes webhooks in and counts different ones."""

    def __init__(self):
        seen, self.seen = set(), None

        class Taking(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                seen.add(self.headers["webhook-id"])
                self.send_response(204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.seen, self.server = seen, http.server.ThreadingHTTPServer(("127.0.0.1", 0), Taking)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def heard(self, number):
        """Waits for so many messages, two minutes at most."""
        end = time.monotonic() + 120
        while len(self.seen) < number and time.monotonic() < end:
            time.sleep(0.01)
        return f"{len(self.seen)} of {number} delivered"


def measured(service, name, run):
    """Runs a transfer; answers whether memory stayed within bounds."""
    with open(f"/proc/{service.process.pid}/clear_refs", "w") as mark:
        mark.write("5")
    before, began = service.memory("VmRSS"), time.monotonic()
    result = run()
    took, rise = time.monotonic() - began, service.memory("VmHWM") - before
    print(f"{name:<28}{took:>8.2f} s{rise:>10.1f} MiB  {result}", flush=True)
    return rise <= MOST


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--server", default="target/release/hearthdesk")
    options.add_argument("--rows", type=int, default=10_000)
    options.add_argument("--url", help="a PostgreSQL database that is empty; SQLite when left out")
    options = options.parse_args()
    heading = ["kinds", "name", "contact_name", "contact_phone"]
    lines = (["contractor,outlet", f"供应商{n:06}", "王工", f"138{n:08}"] for n in range(options.rows))
    file = workbook([heading, *lines])
    service = Service(options.server, options.url)
    counts = lambda answer: f"{answer['ok']} ok, {answer['unchanged']} unchanged, {answer['refused']} refused"
    try:
        print(f"{options.rows} rows, {len(file) / 1024:.0f} KiB as XLSX", flush=True)
        within = [
            measured(service, "dry run", lambda: counts(service.send(file, dry_run="true"))),
            measured(service, "import, all or nothing", lambda: counts(service.send(file))),
            measured(service, "the same file again", lambda: counts(service.send(file))),
            measured(service, "in part", lambda: counts(service.send(file, partial="true"))),
        ]
        for form in ["xlsx", "csv"]:
            read = lambda form=form: f"{len(service.call('GET', f'/v1/suppliers?format={form}')) / 1024:.0f} KiB"
            within.append(measured(service, f"export as {form}", read))
        receiver = Receiver()
        service.opens_webhook(receiver.url, "supplier.created")
        more = workbook([heading, *(["contractor", f"新供应商{n:06}", "王工", f"139{n:08}"] for n in range(MESSAGES))])
        service.send(more)
        within.append(measured(service, f"{MESSAGES} webhooks, after import", lambda: receiver.heard(MESSAGES)))
    finally:
        service.stop()
    print(f"memory rose by at most {MOST} MiB: {'yes' if all(within) else 'NO'}")
    sys.exit(0 if all(within) else 1)


if __name__ == "__main__":
    main()
