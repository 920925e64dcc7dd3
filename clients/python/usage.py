"""The generated client at work: sign in, register a visitor's leak, repeat the call, change, be refused, import."""

import os
import time
from io import BytesIO

from hearthdesk_client import AuthenticatedClient, Client
from hearthdesk_client.api.auth import login
from hearthdesk_client.api.imports import create_import, get_import
from hearthdesk_client.api.property_ import list_units
from hearthdesk_client.api.tickets import create_ticket, update_ticket
from hearthdesk_client.models.login import Login
from hearthdesk_client.models.place_kind import PlaceKind
from hearthdesk_client.models.register_ticket import RegisterTicket
from hearthdesk_client.models.requester import Requester
from hearthdesk_client.models.start_import_form import StartImportForm
from hearthdesk_client.models.ticket_fields_patch import TicketFieldsPatch
from hearthdesk_client.models.ticket_kind import TicketKind
from hearthdesk_client.types import File

URL = os.environ.get("HEARTHDESK_URL", "http://127.0.0.1:8080")
PASSWORD = os.environ.get("HEARTHDESK_DEMO_PASSWORD", "")
RUN = f"usage-{time.time_ns()}"


def check(truth: object, what: str) -> None:
    if not truth:
        raise SystemExit(f"python: {what}")


def sign_in(name: str) -> AuthenticatedClient:
    tokens = login.sync(client=Client(base_url=URL), body=Login(login=name, password=PASSWORD))
    check(getattr(tokens, "access_token", None), f"{name} cannot sign in: {tokens}")
    return AuthenticatedClient(base_url=URL, token=tokens.access_token)


agent = sign_in("cs_agent")
units = list_units.sync(client=agent, limit=2)
check(len(units.items) == 2 and units.next_cursor, "no page of units with a next one")

report = RegisterTicket(
    channel_code="walk_in",
    kind=TicketKind.REPAIR,
    category_code="heating.leak",
    place_kind=PlaceKind.UNIT,
    unit_id=units.items[0].id,
    description="暖气片接头跑水,请马上来人",
    requester=Requester(name="周敏", phone="13900139000"),
)
first = create_ticket.sync_detailed(client=agent, body=report, idempotency_key=RUN)
check(first.status_code == 201, f"not registered: {first.content!r}")
again = create_ticket.sync_detailed(client=agent, body=report, idempotency_key=RUN)
check(again.headers.get("idempotency-replayed") == "true", "the same key did not answer the same")
check(again.parsed.id == first.parsed.id, "two tickets")

ticket = first.parsed
title = TicketFieldsPatch(title="暖气片跑水")
changed = update_ticket.sync_detailed(ticket.id, client=agent, body=title, if_match=f'"v{ticket.version}"')
check(changed.status_code == 200, f"not changed: {changed.content!r}")
stale = update_ticket.sync_detailed(ticket.id, client=agent, body=title, if_match='"v999"')
check(stale.status_code == 412 and stale.parsed.code == "stale", "a stale change was not refused")

manager = sign_in("cost_manager")
rows = "kinds,name,uscc\ncontractor,和平建筑公司,91350100M000100Y43\ncontractor,错码公司,91350100M000100Y44\n"


def form(partial: str) -> StartImportForm:
    file = File(payload=BytesIO(rows.encode()), file_name="suppliers.csv", mime_type="text/csv")
    return StartImportForm(file=file, kind="suppliers", partial=partial)


refused = create_import.sync_detailed(client=manager, body=form("false"), idempotency_key=f"{RUN}-all")
check(refused.status_code == 207 and refused.parsed.refused == 1, f"all or nothing: {refused.content!r}")
check(refused.parsed.errors[0].code == "uscc_invalid", "the wrong cell is not named")
taken = create_import.sync_detailed(client=manager, body=form("true"), idempotency_key=f"{RUN}-part")
kept = get_import.sync(taken.parsed.id, client=manager)
check(kept.ok + kept.unchanged == 1, f"in part: {taken.content!r}")

print("python: signed in, paged, registered once, changed, refused, imported")
