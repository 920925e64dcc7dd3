// The typed client at work: sign in, register a visitor's leak, repeat the call, page, change, be refused, export.
import createClient from "openapi-fetch";
import type { components, paths } from "./hearthdesk.js";

const baseUrl = process.env.HEARTHDESK_URL ?? "http://127.0.0.1:8080";
const password = process.env.HEARTHDESK_DEMO_PASSWORD ?? "";
// Lists also come as CSV and XLSX: saying which media are meant keeps those out of the types.
type Json = "application/json" | "application/merge-patch+json" | "application/problem+json";
const client = createClient<paths, Json>({ baseUrl });

function check(truth: unknown, what: string): asserts truth {
  if (!truth) throw new Error(what);
}

async function signIn(login: string): Promise<{ Authorization: string }> {
  const { data, error } = await client.POST("/v1/auth/login", { body: { login, password } });
  check(data, `${login} cannot sign in: ${JSON.stringify(error)}`);
  return { Authorization: `Bearer ${data.access_token}` };
}

const agent = await signIn("cs_agent");

const units = await client.GET("/v1/units", { params: { query: { limit: 2 } }, headers: agent });
check(units.data?.items.length === 2 && units.data.next_cursor, "a page of units with a next one");
const next = await client.GET("/v1/units", {
  params: { query: { limit: 2, cursor: units.data.next_cursor } },
  headers: agent,
});
check(next.data?.items[0]?.id !== units.data.items[0]?.id, "the next page has other rows");

const body: components["schemas"]["RegisterTicket"] = {
  channel_code: "walk_in",
  kind: "repair",
  category_code: "heating.leak",
  place_kind: "unit",
  unit_id: units.data.items[0]!.id,
  description: "暖气片接头跑水,请马上来人",
  requester: { name: "周敏", phone: "13900139000" },
};
const key = { "Idempotency-Key": `usage-${Date.now()}` };
const first = await client.POST("/v1/tickets", { body, params: { header: key }, headers: agent });
check(first.response.status === 201 && first.data, `registered: ${JSON.stringify(first.error)}`);
const again = await client.POST("/v1/tickets", { body, params: { header: key }, headers: agent });
check(again.response.headers.get("Idempotency-Replayed") === "true", "the same key answers the same");
check(again.data?.id === first.data.id, "one ticket");

const wrong = await client.POST("/v1/tickets", { body: { ...body, description: "漏" }, headers: agent });
check(wrong.error?.errors?.some((error) => error.pointer === "/description"), "the wrong field is named");

const change = { title: "暖气片跑水" };
const path = { id: first.data.id };
const version = { "If-Match": `"v${first.data.version}"` };
const changed = await client.PATCH("/v1/tickets/{id}", {
  params: { path, header: version },
  body: change,
  headers: { ...agent, "Content-Type": "application/merge-patch+json" },
});
// A repair provider is shown less of a ticket than its desk: a title tells which it is.
const kept = changed.data;
check(kept && "title" in kept && kept.title === change.title, `changed: ${JSON.stringify(changed.error)}`);
const stale = await client.PATCH("/v1/tickets/{id}", {
  params: { path, header: { "If-Match": '"v999"' } },
  body: change,
  headers: { ...agent, "Content-Type": "application/merge-patch+json" },
});
check(stale.response.status === 412 && stale.error?.code === "stale", "a stale change is refused");

const file = await client.GET("/v1/units", {
  params: { query: { format: "csv" } },
  headers: agent,
  parseAs: "text",
});
check(String(file.data).includes("room_no"), "a list comes as CSV");

console.log("typescript: signed in, paged, registered once, refused, changed, exported");
