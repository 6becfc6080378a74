// A call's page: asks every two seconds whether anything changed, and keeps what is typed until it stands in the thread.
"use strict";

const EVERY = 2000;
let acting = false; // a form was sent, or its passkey is being asked for: nothing may break that off
document.addEventListener("submit", () => { acting = true; }, true);

async function look() {
  const now = document.getElementById("now");
  if (!now || document.visibilityState === "hidden") return;
  if (now.contains(document.activeElement) && document.activeElement !== document.body) return;
  const url = new URL(now.dataset.thread, location.href);
  url.searchParams.set("seen", now.dataset.seen);
  const answer = await fetch(url, { credentials: "same-origin" });
  if (answer.status !== 200 || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("now");
  if (!fresh) return;
  const same = fresh.dataset.offers === now.dataset.offers;
  now.replaceWith(fresh);
  if (!same) offered();
}

// What may be done has changed, as when it was closed: the forms around it are of before. The page is asked anew, unless
// somebody is typing or acting, which it must not take away; then it says so.
function offered() {
  const fields = [...document.querySelectorAll("main textarea, main input, main select")].filter((one) => one.type !== "hidden");
  const typed = (one) => (one.type === "checkbox" ? one.checked !== one.defaultChecked : one.value !== (one.defaultValue ?? one.value));
  if (!acting && !fields.some((one) => typed(one) || one === document.activeElement)) location.reload();
  else document.getElementById("changed").hidden = false;
}

// What was typed and can't be sent any more, since the form for it is gone: it is shown, and can be copied.
function unsent() {
  const place = document.getElementById("unsent");
  if (!place || document.querySelector("form[data-keeps], [data-keeps] form")) return;
  const name = `comity:${new URL(place.dataset.write, location.href)}`;
  const kept = JSON.parse(localStorage.getItem(name) || "null");
  if (!kept || !kept.text.trim() || document.querySelector(`[data-key="${CSS.escape(kept.key)}"]`)) return;
  place.querySelector("q").textContent = kept.text;
  place.hidden = false;
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
unsent();
setInterval(() => look().catch(() => {}), EVERY);
