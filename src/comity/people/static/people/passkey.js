// Forms that a passkey answers. The server gives the options, the browser's answer goes into the field `response`, and
// the form is sent as any other: what happens next, errors too, is a page of the server's.
//   data-passkey   "create" or "get"
//   data-options   where the options come from
//   data-confirm   asked first, where a key that is held must be shown before another is made
"use strict";

const WORDS = {
  NotAllowedError: "The passkey was not given, or the device waited too long. Nothing was done; you can try again.",
  InvalidStateError: "This device has a passkey here already.",
  SecurityError: "Passkeys work at this site's own address only. Open the page by its name, not by a number.",
};

async function ask(form, url, fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const token = form.elements.namedItem("csrfmiddlewaretoken")?.value ?? "";
  const headers = { "X-CSRFToken": token, Accept: "application/json" };
  const answer = await fetch(url, { method: "POST", body, headers, credentials: "same-origin", redirect: "error" });
  const isJson = (answer.headers.get("Content-Type") || "").startsWith("application/json");
  const said = isJson ? await answer.json() : {};
  if (!answer.ok) throw new Error(said.error || "The server did not answer as expected. Load the page again.");
  return said.publicKey;
}

async function get(options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return JSON.stringify((await navigator.credentials.get({ publicKey })).toJSON());
}

async function create(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return JSON.stringify((await navigator.credentials.create({ publicKey })).toJSON());
}

async function answered(form) {
  if (!window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) {
    throw new Error("This browser is too old for passkeys, or the page is not served securely.");
  }
  const { passkey, options, confirm } = form.dataset;
  const shown = confirm ? { response: await get(await ask(form, confirm, {})) } : {};
  return (passkey === "create" ? create : get)(await ask(form, options, shown));
}

function say(form, text) {
  const place = form.querySelector("[data-says]");
  if (!place) return;
  place.querySelector("span").textContent = text;
  place.hidden = text === "";
}

async function submitted(event) {
  const form = event.currentTarget;
  event.preventDefault();
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  say(form, "");
  try {
    form.elements.namedItem("response").value = await answered(form);
    form.submit();
  } catch (error) {
    say(form, WORDS[error.name] || error.message);
    form.removeAttribute("aria-busy");
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) form.addEventListener("submit", submitted);
