#!/usr/bin/env python3
"""Measures a heating season: 50,000 households and 10,000 measurements as XLSX, and the reports over 50,000 homes and
500,000 readings.

    bench/season.py --server target/release/hearthdesk [--households 50000] [--readings 500000] [--url postgres://…]

Starts a service of its own on a demo and imports a file of households with their holders and areas and a file of
measurements, both in part; then the measurements are copied by SQL, five readings a case, over twenty days, and each
report is asked for twice. Exits with 1 when an import raised the service's memory by more than 64 MiB.
"""

import datetime
import sys

from mass import Mass
from service import Service, Table, counts, options

MOST = 64
MEASURED = 10_000
ROOMS = 5
STATIONS = ["BL-01", "BL-02", "BL-03"]
WHO = "heating_service_manager"
SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


def households(number):
    """Homes with a holder each: four entrances a building, six floors of four."""
    yield ["station_code", "room_no", "building", "address", "use", "certificate_area_m2", "height_m", "extra_areas",
           "holder_name", "holder_phone", "connected_on", "external_id"]
    for n in range(number):
        building, entrance, room = 100 + n // 96, n % 96 // 24 + 1, f"{n % 24 // 4 + 1}0{n % 4 + 1}"
        street = f"测量路{building}号楼"
        extra = "basement:12.40:2.10:否" if n % 12 == 0 else ""
        yield [STATIONS[n % 3], f"{building}-{entrance}-{room}", street, f"沈阳市皇姑区{street}{entrance}单元{room}室",
               "residential", f"{50 + n % 90}.{n % 100:02}", "2.80", extra, f"用户{n:05}", f"136{n:08}", "2020-11-01",
               f"bench-{n}"]


def measurements(numbers, instrument, day):
    """A reading of each of these homes in the morning of a day, one in fifty too cold."""
    yield ["household_number", "room", "height_m", "closed_minutes", "t_c", "outdoor_c", "instrument_number",
           "measured_at", "user_signature"]
    for n, number in enumerate(numbers):
        degrees = f"{19 + n % 4}.{n % 10}" if n % 50 else "16.5"
        at = f"{day}T{8 + n // 3600 % 10:02}:{n // 60 % 60:02}:{n % 60:02}+08:00"
        yield [number, "bedroom", "1.40", "60", degrees, "-8.0", instrument, at, "signed"]


def thermometer(service, day):
    """A thermometer verified until the next year."""
    unit = service.get(WHO, "/v1/org-units?code=HEAT")["items"][0]["id"]
    made = service.write(WHO, "/v1/instruments", number="bench-1", name="测温仪", kind="thermometer", accuracy="0.3",
                        org_unit_id=unit)
    service.write(WHO, f"/v1/instruments/{made['id']}/calibrate", kind="verification", performed_by="市计量所",
                 performed_on=str(day - datetime.timedelta(days=30)), result="pass",
                 valid_until=str(day + datetime.timedelta(days=365)))
    return made["number"]


def numbers(service):
    with Mass(service.url) as mass:
        found = mass.run(f"SELECT number FROM household WHERE building LIKE '测量路%' ORDER BY number LIMIT {MEASURED}")
    return [number for number, in found]


def load(service, readings):
    """Copies the measured cases over all connected homes, with readings that differ by half a degree."""
    with Mass(service.url) as mass:
        mass.spread(readings // ROOMS, "temperature_case", "x.origin = 'survey' AND x.visits = 1")
        ago = "(c.n % 20 * 86400)"
        at = lambda *columns: {column: mass.earlier(f"s.{column}", ago) for column in columns}
        homes = "(SELECT x.*, row_number() OVER (ORDER BY x.id) - 1 AS place FROM household x " \
                "WHERE x.connected_on IS NOT NULL)"
        mass.copy("temperature_case", f"bench_copy c JOIN temperature_case s ON s.id = c.source JOIN {homes} h "
                  f"ON h.place = c.n % (SELECT count(*) FROM {homes} m)", {
            "id": mass.id(5, "c.n"), "number": "'BW-' || c.n", "household_id": "h.id", "org_unit_id": "h.org_unit_id",
            "customer_id": "h.customer_id",
        } | at("created_at", "updated_at", "requested_at", "due_at", "closed_at"))
        mass.copy("temperature_reading", f"bench_copy c JOIN temperature_reading s ON s.case_id = c.source "
                  f"CROSS JOIN {mass.numbers(ROOMS)} k", {
            "id": mass.id(6, "c.n * 8 + k.n"), "case_id": mass.id(5, "c.n"), "t_dc": "s.t_dc + 5 * k.n",
            "number": "'BR-' || c.n || '-' || k.n",
            "client_id": "NULL",
        } | at("created_at", "measured_at"))
        mass.settle()


def reports(service, table, day):
    season = f"from={day - datetime.timedelta(days=30)}&to={day}"
    for name, query in [("season-dashboard", ""), ("temperature-statistics", season),
                        ("service-report", f"{season}&by=week")]:
        def read(path=f"/v1/reports/heating/{name}?{query}"):
            report = service.get(WHO, path)
            text = lambda row: "".join(str(cell.get("value")) for cell in row[:1])
            told = [f"{text(row)} {row[2]['value']}" for row in report["rows"] if text(row) in ["cold", "warm"]]
            return f"{len(report['rows'])} rows" + "".join(f", {one}" for one in told)
        table.row(name, read)
        table.row("  again", read)


def main():
    given = options(__doc__)
    given.add_argument("--households", type=int, default=50_000)
    given.add_argument("--readings", type=int, default=500_000)
    given = given.parse_args()
    # The day before today, all of whose hours are past.
    day = datetime.datetime.now(SHANGHAI).date() - datetime.timedelta(days=1)
    with Service(given.server, given.url) as service:
        table = Table(service, f"{given.households} households, {given.readings} readings")
        enter = lambda kind, rows: counts(service.enter(WHO, kind, rows, partial="true"))
        table.row("households as XLSX, in part", lambda: enter("households", households(given.households)),
                  many=given.households, most=MOST)
        rows = list(measurements(numbers(service), thermometer(service, day), day))
        table.row("measurements as XLSX, in part", lambda: enter("temperature_readings", rows), many=len(rows) - 1,
                  most=MOST)
        service.stop()
        load(service, given.readings)
        service.start()
        reports(service, table, day)
    print(f"memory rose by at most {MOST} MiB in imports: {'yes' if table.within else 'NO'}")
    sys.exit(0 if table.within else 1)


if __name__ == "__main__":
    main()
