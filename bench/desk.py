#!/usr/bin/env python3
"""Measures the desk: the reports of a month and a year over 100,000 tickets, and the dispatch of 1,000 waiting
tickets to 50 agents on duty.

    bench/desk.py --server target/release/hearthdesk [--tickets 100000] [--url postgres://…]

Starts a service of its own on a demo, copies its closed tickets with their deadlines by SQL over 400 days, and asks
for each report twice. Then a unit of 50 agents gets a roster and a muster, 1,000 tickets come in while nobody
dispatches, and the dispatch is switched on. Exits with 1 when somebody got a ticket that another one, less loaded for
his capacity, should have got (TK-R16).
"""

import datetime
import sys
import time

from mass import Mass
from service import Service, Table, counts, options

DAYS = 400
# Of more tickets, figures of a year take longer than a report may.
MANY = 100_000
AGENTS = 50
WAITING = 1_000
UNIT = "BENCH"
SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
WEIGHTS = {"normal": 1, "serious": 2, "major": 3}
READER = "executive_reader"


def load(service, tickets):
    """Copies closed tickets with clocks, targets and segments: nothing of them is left for a job to do."""
    with Mass(service.url) as mass:
        mass.spread(tickets, "ticket", "x.status = 'closed'")
        ago = f"(c.n % {tickets} * {DAYS * 86_400 // tickets})"
        at = lambda *columns: {column: mass.earlier(f"s.{column}", ago) for column in columns}
        ticket, clock = mass.id(1, "c.n"), mass.id(2, "c.n * 16 + s.k")
        mass.copy("ticket", "bench_copy c JOIN ticket s ON s.id = c.source", {
            "id": ticket, "number": "'BN-' || c.n", "merged_into_id": "NULL",
        } | at("created_at", "updated_at", "received_at", "due_at", "due_sort", "near_due_at", "resolved_at",
               "replied_at", "solution_at", "closed_at"))
        clocks = "(SELECT x.*, row_number() OVER (PARTITION BY ticket_id ORDER BY id) - 1 AS k FROM sla_clock x)"
        mass.copy("sla_clock", f"bench_copy c JOIN {clocks} s ON s.ticket_id = c.source", {
            "id": clock, "ticket_id": ticket, "remind_at": "NULL",
        } | at("starts_at", "stops_at", "void_at", "created_at", "due_at"))
        targets = f"(SELECT x.*, y.ticket_id, y.k FROM sla_target x JOIN {clocks} y ON y.id = x.clock_id)"
        mass.copy("sla_target", f"bench_copy c JOIN {targets} s ON s.ticket_id = c.source", {
            "id": mass.id(3, "(c.n * 16 + s.k) * 16 + s.seq"), "clock_id": clock,
        } | at("set_at"))
        mass.copy("sla_segment", "bench_copy c JOIN sla_segment s ON s.ticket_id = c.source", {
            "id": mass.id(4, "c.n * 64 + s.seq"), "ticket_id": ticket, "pause_id": "NULL",
        } | at("from_at", "to_at"))
        mass.settle()


def counted(report):
    """The largest count of a report's totals."""
    figures = [cell["value"] for cell in report["totals"] or [] if isinstance(cell["value"], int)]
    return f", {max(figures)} in all" if figures else ""


def reports(service, table, tickets):
    """The reports of a month, and of a year where that is within the time a report may take."""
    today = datetime.datetime.now(SHANGHAI).date()
    last = today.replace(day=1) - datetime.timedelta(days=1)
    year = f"from={today - datetime.timedelta(days=365)}&to={today}"
    of_a_month = [
        ("tickets/monthly-statistics", f"month={last:%Y-%m}"),
        ("tickets/service-customer-statistics", f"month={last:%Y-%m}"),
        ("tickets/timeliness", f"month={last:%Y-%m}&by=org_unit"),
        ("heating/service-report", f"month={last:%Y-%m}&by=month"),
        ("heating/season-dashboard", ""),
    ]
    of_a_year = [
        ("tickets/monthly-statistics", year),
        ("tickets/timeliness", f"{year}&by=org_unit"),
        ("heating/service-report", f"{year}&by=month"),
    ]
    for name, query in of_a_month + (of_a_year if tickets <= MANY else []):
        def read(path=f"/v1/reports/{name}?{query}"):
            report = service.get(READER, path)
            return f"{len(report['rows'])} rows{counted(report)}"
        of = name.partition("/")[2] + (", a year" if query.startswith("from") else "")
        table.row(of, read)
        table.row("  again", read)


def agents(service):
    """A unit with people of three capacities, on a shift of today that everybody came to."""
    service.enter("system_admin", "org_units", [["code", "name", "kind", "parent_code"],
                                                [UNIT, "测量组", "shift_group", "DESK"]])
    capacity = lambda n: str(30 + n % 3 * 10)
    people = [[f"bench-{n:02}", f"客服{n:02}", UNIT, "payment:3", capacity(n), "cs_agent"] for n in range(AGENTS)]
    heading = ["number", "name", "org_unit_code", "skills", "daily_capacity", "role"]
    service.enter("hr_officer", "staff", [heading, *people])
    unit = service.get("team_leader", f"/v1/org-units?code={UNIT}")["items"][0]["id"]
    found = service.get("hr_officer", f"/v1/staff?org_unit_id={unit}&limit=200")["items"]
    ids, today = [person["id"] for person in found], str(datetime.datetime.now(SHANGHAI).date())
    service.write("team_leader", "/v1/shift-definitions", code="bench", to="24:00", place="office", **{"from": "00:00"})
    roster = service.write("team_leader", "/v1/rosters", org_unit_id=unit, days=1, staff_ids=ids, pattern=["bench"],
                          **{"from": today})
    service.write("team_leader", f"/v1/rosters/{roster['id']}/publish")
    service.write("team_leader", "/v1/musters", org_unit_id=unit, date=today, definition_code="bench",
                 rows=[{"staff_id": id, "result": "present"} for id in ids])
    return unit, {person["id"]: person["daily_capacity"] for person in found}


def switch(service, on):
    today = str(datetime.datetime.now(SHANGHAI).date())
    service.write("system_admin", "/v1/parameters/tickets.dispatch.enabled", "PUT", value=on, valid_from=today,
                 reason="测量")


def leads_to(service, unit):
    """Makes the unit answer for questions about payment."""
    path = "/v1/ticket-classifications"
    row = service.get("cs_supervisor", f"{path}?kind=consultation&category_code=payment&place_kind=none")["items"][0]
    service.write("cs_supervisor", f"{path}/{row['id']}", "PATCH", {"If-Match": f'"v{row["version"]}"'},
                 responsible={"rule": "org_unit", "org_unit_id": unit}, handler_roles=["cs_agent"])


def waiting():
    """Questions about payment, one in ten of them serious."""
    yield ["channel_code", "kind", "category_code", "place_kind", "severity", "description", "requester_name",
           "requester_phone", "external_id"]
    for n in range(WAITING):
        severity = "normal" if n % 10 else "serious"
        yield ["web", "consultation", "payment", "none", severity, f"咨询第{n}笔尾款何时到账以及怎样开票",
               f"业主{n:04}", f"137{n:08}", f"bench-{n}"]


def dispatched(service, table, unit):
    """Switches the dispatch on and waits until nobody waits any more, five minutes at most."""
    path = f"/v1/tickets?status=registered&responsible_org_unit_id={unit}&include_total=true&limit=1"
    left = lambda: service.get("cs_supervisor", path)["total"]
    end = time.monotonic() + 300

    def wait(enough):
        while not enough(n := left()):
            if time.monotonic() > end:
                raise SystemExit(f"{n} tickets wait after five minutes")
            time.sleep(0.1)
        return f"{n} wait"

    def begin():
        switch(service, True)
        return wait(lambda n: n < WAITING)

    table.row("dispatch on, until the job began", begin)
    table.row("  until none waits", lambda: wait(lambda n: n == 0), many=left() or WAITING)


def balanced(service, unit, capacities):
    """Whether nobody was passed over. The heavier tickets go first, so somebody's last ticket was one of his lightest;
    before it he had at most the share of his capacity that anybody else has at the end."""
    held, cursor = {id: [] for id in capacities}, ""
    path = f"/v1/tickets?responsible_org_unit_id={unit}&status=assigned&limit=200"
    while cursor is not None:
        page = service.get("cs_supervisor", path + (f"&cursor={cursor}" if cursor else ""))
        for ticket in page["items"]:
            held[ticket["assignee_id"]].append(WEIGHTS[ticket["severity"]])
        cursor = page["next_cursor"]
    number, loads = sum(map(len, held.values())), {id: sum(weights) for id, weights in held.items()}
    fair = all((loads[one] - min(weights)) * capacities[other] <= loads[other] * capacities[one]
               for one, weights in held.items() if weights for other in held)
    shares = [loads[id] / capacities[id] for id in held]
    print(f"{number} tickets with {len(held)} people, at {min(shares):.0%} to {max(shares):.0%} of their capacity; "
          f"nobody passed over: {'yes' if fair else 'NO'}")
    return fair and number == WAITING


def main():
    given = options(__doc__)
    given.add_argument("--tickets", type=int, default=100_000)
    given = given.parse_args()
    with Service(given.server, given.url) as service:
        switch(service, False)
        service.stop()
        load(service, given.tickets)
        service.start()
        table = Table(service, f"{given.tickets} tickets")
        reports(service, table, given.tickets)
        unit, capacities = agents(service)
        leads_to(service, unit)
        table.row(f"{WAITING} tickets as XLSX", lambda: counts(service.enter("cs_supervisor", "tickets", waiting())),
                  many=WAITING)
        dispatched(service, table, unit)
        fair = balanced(service, unit, capacities)
    sys.exit(0 if fair else 1)


if __name__ == "__main__":
    main()
