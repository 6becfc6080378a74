// The alarm's page: what is typed is kept on this device, sent when there is a signal, exactly once.
// The key is made when typing begins and is kept with the words: however often it is sent, it is one call. A timer tries
// again; Background Sync beside it would send a second time.
"use strict";

const form = document.getElementById("alarm");
const FIELDS = ["what", "where", "links", "back"];
const RETRY = 2000;

function open() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open("comity-hotline", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("calls", { keyPath: "key" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function store(mode, act) {
  const kept = await open();
  return new Promise((done, failed) => {
    const change = kept.transaction("calls", mode);
    const asked = act(change.objectStore("calls"));
    change.oncomplete = () => { kept.close(); done(asked && asked.result); };
    change.onerror = () => { kept.close(); failed(change.error); };
  });
}

const put = (one) => store("readwrite", (calls) => calls.put(one));
const drop = (key) => store("readwrite", (calls) => calls.delete(key));
const all = () => store("readonly", (calls) => calls.getAll());

function typed(state) {
  const one = { key: form.elements.key.value, state, at: Date.now(), imminence: form.elements.imminence.value };
  for (const name of FIELDS) one[name] = form.elements[name].value;
  return one;
}

function clear() {
  form.reset();
  form.elements.key.value = crypto.randomUUID();
  document.getElementById("draft").textContent = "";
}

async function draft() {
  await put(typed("draft"));
  document.getElementById("draft").textContent = form.dataset.draft;
}

function line(one) {
  const item = document.createElement("li");
  item.className = one.state === "sent" ? "note" : "note warn";
  const says = { waiting: form.dataset.waiting, sent: form.dataset.sent, refused: form.dataset.refused }[one.state];
  item.append(one.why ? `${says} ${one.why} ` : `${says} `);
  if (one.url) {
    const link = document.createElement("a");
    link.href = one.url;
    link.textContent = one.call;
    item.append(link);
  } else {
    const words = document.createElement("q");
    words.dir = "auto";
    words.textContent = one.what.slice(0, 200);
    item.append(words);
  }
  return item;
}

async function show() {
  const calls = (await all()).filter((one) => one.state !== "draft").sort((a, b) => b.at - a.at);
  document.getElementById("outgoing").replaceChildren(...calls.slice(0, 20).map(line));
  const signal = document.getElementById("signal");
  signal.hidden = false;
  signal.textContent = navigator.onLine ? signal.dataset.on : signal.dataset.off;
}

async function send(one) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const { what, where, links, back, imminence, key } = one;
  const body = JSON.stringify({ what, where, links, back, imminence, key });
  let answer;
  try {
    answer = await fetch("/hotline/raise", { method: "POST", headers, body, credentials: "same-origin" });
  } catch {
    return false; // no signal: it stays, and is tried again
  }
  const told = await answer.json().catch(() => ({}));
  if (answer.status === 201) {
    await put({ ...one, state: "sent", call: told.call, url: told.url, why: "" });
    location.assign(told.url);
  } else if (answer.status === 401) {
    await put({ ...one, why: form.dataset.signIn });
  } else if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
    await put({ ...one, state: "refused", why: told.error || "" });
  }
  return true;
}

let busy = false;

async function flush() {
  if (busy) return;
  busy = true;
  try {
    for (const one of (await all()).filter((each) => each.state === "waiting").sort((a, b) => a.at - b.at)) {
      if (!(await send(one))) break;
    }
    for (const one of await all()) if (one.state === "sent" && Date.now() - one.at > 86400000) await drop(one.key);
    await show();
  } finally {
    busy = false;
  }
}

async function submitted(event) {
  event.preventDefault();
  if (!form.reportValidity()) return;
  await put(typed("waiting"));
  clear();
  await show();
  await flush();
}

async function restore() {
  const kept = (await all()).filter((one) => one.state === "draft").sort((a, b) => b.at - a.at)[0];
  if (!kept) return;
  form.elements.key.value = kept.key;
  for (const name of FIELDS) form.elements[name].value = kept[name];
  form.elements.imminence.value = kept.imminence;
  document.getElementById("draft").textContent = form.dataset.draft;
}

async function keepPage() {
  if (!("serviceWorker" in navigator)) return;
  const ours = await navigator.serviceWorker.register("/hotline/worker.js", { scope: "/hotline/" });
  await navigator.serviceWorker.ready;
  const files = [...document.querySelectorAll("script[src], link[rel=stylesheet]")].map((one) => one.src || one.href);
  (ours.active || ours.waiting || ours.installing).postMessage({ keep: ["/hotline/", ...files] });
}

if (form) {
  form.addEventListener("submit", submitted);
  form.addEventListener("input", draft);
  window.addEventListener("online", flush);
  window.addEventListener("offline", show);
  restore().then(show).then(flush);
  setInterval(flush, RETRY);
  keepPage().catch(() => {});
}
