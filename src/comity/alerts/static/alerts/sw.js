// Woken by a push, also when no page is open: asks what rings, shows it, and acknowledges from the notification.
"use strict";
const HOME = "/console/duty/";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const poll = async () => {
  const got = await fetch(HOME + "poll?by=push", { redirect: "manual", cache: "no-store" });
  return got.ok ? got.json() : { rings: [], token: "" };
};

self.addEventListener("push", (event) => {
  const subject = (() => { try { return String(event.data.json().subject).slice(0, 12); } catch { return ""; } })();
  // the notification first: whatever the gateway answers, a push that was sent is shown
  event.waitUntil(Promise.allSettled([
    self.registration.showNotification((subject || "Something") + " rings", {
      tag: subject || "rings", renotify: true, requireInteraction: true, vibrate: [400, 100, 400, 100, 400],
      data: { subject }, actions: [{ action: "answer", title: "Acknowledge" }],
    }),
    poll(),
  ]));
});

const answer = async (subject) => {
  const told = await poll();
  const form = new URLSearchParams({ subject, csrfmiddlewaretoken: told.token || "" });
  const got = await fetch(HOME + "answer", { method: "POST", body: form, headers: { Accept: "application/json" }, redirect: "manual" });
  return got.ok ? (await got.json()).url : HOME;
};

self.addEventListener("notificationclick", (event) => {
  const subject = event.notification.data?.subject || "";
  event.notification.close();
  event.waitUntil((async () => {
    let url = HOME;
    if (event.action === "answer" && subject) try { url = await answer(subject); } catch { url = HOME; }
    await self.clients.openWindow(url);
  })());
});

// a test without notifications asks for what a click would do
self.addEventListener("message", (event) => {
  if (event.data?.answer) event.waitUntil(answer(String(event.data.answer).slice(0, 12)));
});
