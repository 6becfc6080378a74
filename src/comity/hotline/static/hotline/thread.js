// A call's page: asks every two seconds whether anything changed, and keeps what is typed until it stands in the thread.
"use strict";

const EVERY = 2000;

async function look() {
  const now = document.getElementById("now");
  if (!now || document.visibilityState === "hidden") return;
  if (now.contains(document.activeElement) && document.activeElement !== document.body) return;
  const url = new URL(now.dataset.thread, location.href);
  url.searchParams.set("seen", now.dataset.seen);
  const answer = await fetch(url, { credentials: "same-origin" });
  if (answer.status !== 200 || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("now");
  if (fresh) now.replaceWith(fresh);
}

function keep(form) {
  const key = form.elements.namedItem("key");
  const text = form.elements.namedItem("text");
  if (!key || !text) return;
  const name = `comity:${form.action}`;
  const kept = JSON.parse(localStorage.getItem(name) || "null");
  if (kept && document.querySelector(`[data-key="${CSS.escape(kept.key)}"]`)) localStorage.removeItem(name);
  else if (kept) [key.value, text.value] = [kept.key, kept.text];
  text.addEventListener("input", () => {
    localStorage.setItem(name, JSON.stringify({ key: key.value, text: text.value }));
  });
}

for (const form of document.querySelectorAll("form[data-keeps], [data-keeps] form")) keep(form);
setInterval(() => look().catch(() => {}), EVERY);
