// Keeps the alarm's page and its files, so that it opens without a signal. It sends nothing: the page does, by its timer.
"use strict";
const KEPT = "comity-hotline-1";
const PAGE = "/hotline/";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  const urls = Array.isArray(event.data && event.data.keep) ? event.data.keep : [];
  event.waitUntil(caches.open(KEPT).then((cache) => Promise.allSettled(urls.map((url) => cache.add(url)))));
});

async function answer(request) {
  const cache = await caches.open(KEPT);
  try {
    const fresh = await fetch(request);
    if (fresh.ok && fresh.type === "basic") cache.put(request, fresh.clone());
    return fresh;
  } catch (error) {
    const kept = await cache.match(request, { ignoreVary: true, ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const ours = url.origin === self.location.origin && (url.pathname === PAGE || url.pathname.startsWith("/static/"));
  if (event.request.method === "GET" && ours) event.respondWith(answer(event.request));
});
