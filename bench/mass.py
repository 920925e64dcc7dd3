"""Mass data by SQL while the service is stopped, on both databases: rows copied under ids and instants of their own.

Only what the service would have written is copied, so a copy is like its source but for what is said anew.
"""

import sqlite3
import subprocess


class Mass:
    """The database of a service that is stopped."""

    def __init__(self, url):
        self.postgres = None if url.startswith("sqlite://") else url
        self.sqlite = None if self.postgres else sqlite3.connect(url.removeprefix("sqlite://"))
        if self.sqlite:
            # SQLite has it from 3.41 on.
            self.sqlite.create_function("unhex", 1, bytes.fromhex, deterministic=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.sqlite:
            self.sqlite.close()

    def run(self, sql):
        """Runs a statement and keeps what it wrote; answers its rows as lists of texts."""
        if self.sqlite:
            rows = [[str(value) for value in row] for row in self.sqlite.execute(sql).fetchall()]
            self.sqlite.commit()
            return rows
        client = subprocess.run(["psql", self.postgres, "-XAtqF", "\t", "-v", "ON_ERROR_STOP=1", "-c", sql],
                                check=True, stdout=subprocess.PIPE, text=True)
        return [line.split("\t") for line in client.stdout.splitlines()]

    def columns(self, table):
        known = f"SELECT name FROM pragma_table_info('{table}')"
        if self.postgres:
            known = f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}'"
        return [name for name, in self.run(known)]

    def numbers(self, last):
        """A table of `n` from 0 on."""
        if self.postgres:
            return f"(SELECT generate_series(0, {last - 1}) AS n)"
        return f"(WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < {last - 1}) SELECT n FROM c)"

    def id(self, kind, n):
        """The id of the n-th copy of a kind, a digit."""
        start = f"0190a{kind}000000700080000000"
        if self.postgres:
            return f"('{start}' || lpad(to_hex({n}), 8, '0'))::uuid"
        return f"unhex('{start}' || printf('%08x', {n}))"

    def earlier(self, column, seconds):
        """The instant in a column, so many seconds earlier, in the form the service writes."""
        if self.postgres:
            return f"{column} - {seconds} * interval '1 second'"
        back = f"{column}, '-' || ({seconds}) || ' seconds')"
        return f"strftime('%Y-%m-%d', {back} || substr({column}, 11, 1) || strftime('%H:%M:%S', {back} || " \
               f"substr({column}, 20)"

    def spread(self, copies, table, condition):
        """Notes in `bench_copy` which row of a table is the source of each of so many copies."""
        known = f"(SELECT x.id, row_number() OVER (ORDER BY x.id) - 1 AS place FROM {table} x WHERE {condition})"
        self.run(f"CREATE TABLE bench_copy AS SELECT n.n AS n, s.id AS source FROM {self.numbers(copies)} n "
                 f"JOIN {known} s ON s.place = n.n % (SELECT count(*) FROM {known} m)")

    def copy(self, table, rows, said):
        """Writes the rows `s` of a FROM clause into the table again, but for the columns that are said anew."""
        names = self.columns(table)
        values = ", ".join(said.get(name, f's."{name}"') for name in names)
        self.run("INSERT INTO {} ({}) SELECT {} FROM {}".format(
            table, ", ".join(f'"{name}"' for name in names), values, rows))

    def settle(self):
        """Forgets the notes; does what autovacuum or the service's own job would do in time."""
        self.run("DROP TABLE bench_copy")
        self.run("VACUUM ANALYZE" if self.postgres else "ANALYZE")
