// The forum's adapter for Comity: all that its engineer writes (the contract: docs/connect-your-platform.md).
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import express from "express";
import { Webhook } from "standardwebhooks";
import { app, AUTHORS, DONE, EVENTS, hidden, holds, HOME, POSTS } from "./forum.js";

const key = (name) => new Webhook(readFileSync(`${process.env.FORUM_KEYS}/${name}.key`, "ascii").trim());
const KEYS = { read: key("read"), act: key("act") };
const CHANGING = new Set(["act", "lift", "notify", "gate"]);
const [TOLD, HEARD] = [new Map(), new Map()]; // key → whom it told what; message → when it came

class Refused extends Error {
  constructor(status, error, says) {
    super(says);
    Object.assign(this, { status, error });
  }
}

// -- the signature: whose call it is, that it is new, that it is this call; returns what it asks
function opened(call, headers, raw) {
  let said;
  try {
    said = KEYS[CHANGING.has(call) ? "act" : "read"].verify(raw, headers);
  } catch (no) {
    throw new Refused(401, /too (old|new)/.test(no.message) ? "stale" : "bad-signature", String(no.message));
  }
  for (const [ident, at] of HEARD) if (at < Date.now() - 900_000) HEARD.delete(ident);
  if (HEARD.has(headers["webhook-id"])) throw new Refused(401, "replayed", "This message was heard before.");
  HEARD.set(headers["webhook-id"], Date.now());
  if (said?.type !== call || typeof said.data !== "object" || said.data === null)
    throw new Refused(400, "bad-call", `What is signed is no call of ${call}.`);
  return said.data;
}

function capabilities() {
  const trial = [1, 2, 3, 4].map((n) => `${HOME}/t/${n}`); // what a test may act on
  const offers = { at_once: 100, viewer: { query: "country" }, events: true, accounts: true, trial, trial_name: "Ada" };
  const measures = { withhold: ["message"], preserve: ["message"] };
  return { name: "Forum", measures, by_country: true, notifies: true, ...offers };
}

function text(data, field) {
  const found = data?.[field];
  if (typeof found !== "string" || !found || found.length > 20_000)
    throw new Refused(400, "bad-field", `${field}: must be a text that isn't empty`);
  return found;
}

function refOf(data) {
  const url = text(data, "url");
  if (!url.startsWith(`${HOME}/`)) throw new Refused(400, "not-ours", "The address is on another platform.");
  return url.slice(HOME.length).split("?")[0];
}

function post(ref) {
  if (!POSTS.has(ref)) throw new Refused(404, "unknown", "There is nothing with this ref.");
  return POSTS.get(ref);
}

function resolve(url) {
  const ref = refOf({ url });
  if (AUTHORS.has(ref)) return { found: true, url: HOME + ref, ref, kind: "account", audience: "public" };
  if (!POSTS.has(ref)) return { found: false };
  const { author: id, country, at: posted_at } = POSTS.get(ref);
  const author = { id, country, contactable: true };
  return { found: true, url: HOME + ref, ref, kind: "message", audience: "public", author, posted_at };
}

const snapshot = (ref) => ({ snapshot: { texts: [post(ref).text], pictures: [], post: post(ref), holds: holds(ref) } });

function act(deed, kind, countries) {
  if (kind !== "withhold" && kind !== "preserve")
    throw new Refused(422, "cannot", "This forum can withhold and preserve.");
  const known = Array.isArray(countries) && countries.every((code) => /^([A-Z]{2}|WORLD)$/.test(code));
  if (!known || (kind === "withhold" && !countries.length))
    throw new Refused(400, "bad-field", "countries: must be country codes, or WORLD");
  const [key, ref] = [text(deed, "key"), text(deed, "ref")];
  const wanted = JSON.stringify([kind, ref, countries]);
  const done = DONE.get(key);
  if (!done) {
    post(ref);
    DONE.set(key, { kind, ref, countries, lifted: false });
  } else if (done.ref && JSON.stringify([done.kind, done.ref, done.countries]) !== wanted)
    throw new Refused(409, "key-used", "This key stands for something else.");
  const state = DONE.get(key).lifted ? "lifted" : kind === "preserve" ? "preserved" : "withheld";
  return { key, state, new: !done };
}

function lift(given) {
  const key = text({ key: given }, "key");
  if (!DONE.has(key)) DONE.set(key, { ref: "", countries: [], lifted: false }); // it is remembered, and will never act
  const changed = !DONE.get(key).lifted;
  DONE.get(key).lifted = true;
  return { key, state: "lifted", new: changed };
}

function observe(look) { // what an ordinary viewer there sees: ask your front, not the table of what was done
  const ref = refOf(look);
  if (!POSTS.has(ref) || hidden(ref, look.country)) return { state: POSTS.has(ref) ? "withheld" : "gone" };
  return { state: "visible", digest: createHash("sha256").update(POSTS.get(ref).text).digest("hex") };
}

function notify(data) {
  const [key, told] = [text(data, "key"), JSON.stringify([text(data, "ref"), text(data, "text"), post(data.ref).author])];
  const before = TOLD.get(key);
  if (before && before !== told) throw new Refused(409, "key-used", "This key stands for another notice.");
  TOLD.set(key, told);
  return { key, state: "told", new: !before };
}

function accounts(data) { // a name is no address: all who are called so
  const name = text(data, "name").trim().replace(/^@/, "").toLowerCase();
  const found = [...AUTHORS].filter(([ref, who]) => [ref.slice(3), who.name.toLowerCase()].includes(name));
  return { accounts: found.map(([ref, who]) => ({ url: HOME + ref, ...who })) };
}

const refusal = (no) => {
  if (!(no instanceof Refused)) throw no;
  return { error: no.error, says: no.message };
};
const answer = (ask, one) => { try { return ask(one); } catch (no) { return refusal(no); } }; // prettier-ignore
function each(ask, them) {
  if (!Array.isArray(them) || !them.length || them.length > 100)
    throw new Refused(400, "bad-field", "a list of 1 to 100 is wanted");
  return { answers: them.map((one) => answer(ask, one)) };
}

const CALLS = {
  capabilities,
  resolve: ({ urls }) => each(resolve, urls),
  snapshot: ({ refs }) => each(snapshot, refs),
  act: ({ kind, countries, deeds }) => each((deed) => act(deed, kind, countries), deeds),
  lift: ({ keys }) => each(lift, keys),
  observe: ({ looks }) => each(observe, looks),
  notify,
  accounts,
  events: ({ after }) => ({ events: after ? [] : EVENTS, next: EVENTS.at(-1).id, more: false }),
};

app.post("/comity/:call", express.raw({ type: () => true, limit: "4mb" }), (request, response) => {
  try {
    const { call } = request.params;
    if (!Object.hasOwn(CALLS, call)) throw new Refused(404, "no-such-call", "There is no such call.");
    response.json(CALLS[call](opened(call, request.headers, request.body ?? "")));
  } catch (no) {
    response.status(no.status ?? 500).json(refusal(no));
  }
});
app.listen(Number(process.env.PORT ?? 8091), "127.0.0.1");
