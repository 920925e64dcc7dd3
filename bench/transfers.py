#!/usr/bin/env python3
"""Measures an import and an export of 10,000 rows as XLSX, and 1,000 webhooks: time, and how far the service's memory
rises.

    bench/transfers.py --server target/release/hearthdesk [--rows 10000] [--url postgres://…]

Starts a service of its own on an empty demo, imports suppliers (all or nothing, then again, then a dry run) and
exports them; then a receiver on loopback hears of 1,000 more, until the last delivery came. Exits with 1 when a
transfer raised the service's memory by more than 64 MiB.
"""

import http.server
import sys
import threading
import time

from service import Service, Table, counts, options, workbook

MOST = 64
MESSAGES = 1_000
WHO = "cost_manager"


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


def main():
    given = options(__doc__)
    given.add_argument("--rows", type=int, default=10_000)
    given = given.parse_args()
    heading = ["kinds", "name", "contact_name", "contact_phone"]
    lines = (["contractor,outlet", f"供应商{n:06}", "王工", f"138{n:08}"] for n in range(given.rows))
    file = workbook([heading, *lines])
    with Service(given.server, given.url) as service:
        table = Table(service, f"{given.rows} rows, {len(file) / 1024:.0f} KiB as XLSX")
        for name, fields in [("dry run", {"dry_run": "true"}), ("import, all or nothing", {}),
                             ("the same file again", {}), ("in part", {"partial": "true"})]:
            table.row(name, lambda fields=fields: counts(service.send(WHO, "suppliers", file, **fields)), most=MOST)
        for form in ["xlsx", "csv"]:
            path = f"/v1/suppliers?format={form}"
            read = lambda path=path: f"{len(service.call(WHO, 'GET', path)) / 1024:.0f} KiB"
            table.row(f"export as {form}", read, most=MOST)
        receiver = Receiver()
        service.write("system_admin", "/v1/webhooks", keyed=False, url=receiver.url, types=["supplier.created"])
        more = (["contractor", f"新供应商{n:06}", "王工", f"139{n:08}"] for n in range(MESSAGES))
        service.enter(WHO, "suppliers", [heading, *more])
        table.row(f"{MESSAGES} webhooks, after import", lambda: receiver.heard(MESSAGES), most=MOST)
    print(f"memory rose by at most {MOST} MiB: {'yes' if table.within else 'NO'}")
    sys.exit(0 if table.within else 1)


if __name__ == "__main__":
    main()
