"""What the benches of whole jobs share: a service of their own, workbooks, and a table of figures."""

import argparse
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
import zipfile
from xml.sax.saxutils import escape

PASSWORD = "Measure-me-2026"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# An access token is good for 15 minutes.
TOKEN_SECONDS = 600
TICKS = os.sysconf("SC_CLK_TCK")


def options(text):
    """The parser of a bench, which says what the bench says of itself."""
    parser = argparse.ArgumentParser(description=text.split("\n")[0])
    parser.add_argument("--server", default="target/release/hearthdesk")
    parser.add_argument("--url", help="a PostgreSQL database that is empty; SQLite when left out")
    return parser


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


def counts(answer):
    """What the rows of an import came to."""
    return f"{answer['ok']} ok, {answer['unchanged']} unchanged, {answer['refused']} refused"


class Service:
    """A service of the bench's own with the demo loaded; gone, with its folder, at the end of its `with`."""

    def __init__(self, server, url):
        self.server, self.folder, self.tokens = server, tempfile.mkdtemp(prefix="hearthdesk-bench-"), {}
        self.url = url or f"sqlite://{self.folder}/hearthdesk.db"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        self.process = None
        # Ended from outside, it still ends what it started.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    def __enter__(self):
        try:
            self.start("demo")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, command="serve"):
        """Starts the service and waits until it is ready."""
        environment = os.environ | {
            "HEARTHDESK_DATA": self.folder,
            "HEARTHDESK_LISTEN": self.address,
            "HEARTHDESK_DEMO_PASSWORD": PASSWORD,
            "HEARTHDESK_RATE_LIMIT": "off",
            "HEARTHDESK_WEBHOOK_ALLOW": "127.0.0.1/32",
            "DATABASE_URL": self.url,
            # As the service files of deploy/ set it.
            "MIMALLOC_PURGE_DELAY": os.environ.get("MIMALLOC_PURGE_DELAY", "10"),
        }
        self.process = subprocess.Popen([self.server, command], env=environment, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        for _ in range(1200):
            try:
                urllib.request.urlopen(f"http://{self.address}/readyz", timeout=5).close()
                return
            except (urllib.error.URLError, ConnectionError):
                if self.process.poll() is not None:
                    raise SystemExit("the service did not start")
                time.sleep(0.1)
        raise SystemExit("the service was not ready in two minutes")

    def stop(self):
        """Stops the service; its database stays."""
        process, self.process = self.process, None
        if process:
            process.terminate()
            try:
                process.wait(120)
            except subprocess.TimeoutExpired:
                process.kill()
                raise SystemExit("the service did not stop within two minutes") from None

    def call(self, who, method, path, body=None, media="application/json", headers=None, keyed=True):
        """The body of an answer; a refusal ends the bench and is told. What answers a secret takes no key."""
        request = urllib.request.Request(f"http://{self.address}{path}", data=body, method=method)
        headers = (headers or {}) | {"Content-Type": media}
        if who:
            headers["Authorization"] = f"Bearer {self.token(who)}"
        if who and keyed:
            headers["Idempotency-Key"] = uuid.uuid4().hex
        for name, value in headers.items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return answer.read()
        except urllib.error.HTTPError as refusal:
            raise SystemExit(f"{method} {path}: {refusal.code} {refusal.read().decode(errors='replace')}") from None

    def token(self, who):
        token, until = self.tokens.get(who, (None, 0))
        if time.monotonic() > until:
            token = self.write(None, "/v1/auth/login", login=who, password=PASSWORD)["access_token"]
            self.tokens[who] = token, time.monotonic() + TOKEN_SECONDS
        return token

    def get(self, who, path):
        return json.loads(self.call(who, "GET", path))

    def write(self, who, path, method="POST", headers=None, keyed=True, **fields):
        """Sends a body of these fields."""
        return json.loads(self.call(who, method, path, json.dumps(fields).encode(), headers=headers, keyed=keyed))

    def send(self, who, kind, file, **fields):
        """Sends a file of rows and waits until its run is over."""
        mark = uuid.uuid4().hex
        parts = "".join(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                        for name, value in ({"kind": kind} | fields).items())
        head = f'{parts}--{mark}\r\nContent-Disposition: form-data; name="file"; filename="rows.xlsx"\r\n' \
               f'Content-Type: {XLSX}\r\n\r\n'
        body = head.encode() + file + f"\r\n--{mark}--\r\n".encode()
        answer = json.loads(self.call(who, "POST", "/v1/imports", body, f"multipart/form-data; boundary={mark}"))
        while answer["status"] == "queued":
            time.sleep(0.05)
            answer = self.get(who, f"/v1/imports/{answer['id']}")
        return answer

    def enter(self, who, kind, rows, **fields):
        """As [`send`], for rows all of which must be taken over."""
        answer = self.send(who, kind, workbook(rows), **fields)
        if answer["refused"] or answer["status"] == "failed":
            raise SystemExit(f"{kind}: {answer['status']}, {counts(answer)}: {answer['errors'][:3]}")
        return answer

    def memory(self, what):
        """MiB, as the kernel counts them."""
        with open(f"/proc/{self.process.pid}/status") as status:
            line = next(line for line in status if line.startswith(what))
        return int(line.split()[1]) / 1024

    def processor(self):
        """Seconds of processor time spent so far."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


class Table:
    """Figures as they are measured, a line each."""

    def __init__(self, service, heading):
        self.service, self.within = service, True
        print(f"{heading}\n{'':<38}{'time':>10}{'CPU':>10}{'memory rises, to':>23}", flush=True)

    def row(self, name, run, many=0, most=None):
        """Runs something that answers a text, and puts it down: for each of `many` too, where that is given. Peak
        memory is the kernel's high-water mark, set back before; it may rise by `most` MiB."""
        with open(f"/proc/{self.service.process.pid}/clear_refs", "w") as mark:
            mark.write("5")
        before, spent, began = self.service.memory("VmRSS"), self.service.processor(), time.monotonic()
        said = run()
        took, spent = time.monotonic() - began, self.service.processor() - spent
        peak = self.service.memory("VmHWM")
        if many:
            said += f"; {many / took:.0f} a second, {spent / many * 1e3:.2f} ms CPU each"
        rise = peak - before
        print(f"{name:<38}{took:>8.2f} s{spent:>8.2f} s{rise:>9.1f} {peak:>9.1f} MiB  {said}", flush=True)
        self.within &= most is None or rise <= most
