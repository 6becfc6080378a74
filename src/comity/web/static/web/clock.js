// Turns every clock on the page by the server's time. The server sends the instants at which a clock changes its state
// (data-clock: due, last, soon, start), so nothing is judged here; asleep or awake, the next tick is right.
(() => {
  "use strict";
  const meta = (name) => document.querySelector('meta[name="' + name + '"]')?.content;
  const words = JSON.parse(meta("clock-words") || "null");
  if (!words) return;
  const STATES = ["is-soon", "is-last", "is-over"];
  const sent = performance.getEntriesByType("navigation")[0]?.responseStart || 0;
  let skew = Date.parse(meta("server-time")) - (Date.now() - performance.now() + sent); // server minus this machine, ms
  const now = () => Date.now() + skew;

  const amount = (ms, seconds) => {
    const s = Math.max(0, Math.floor(ms / 1000)), min = Math.floor(s / 60), h = Math.floor(s / 3600), d = Math.floor(s / 86400);
    const day = (n) => (n === 1 ? words.day : words.days);
    if (s < 60) return [[s, words.s]];
    if (s < 3600) return seconds ? [[min, words.min], [s % 60, words.s]] : [[min, words.min]];
    if (s < 86400) return min % 60 ? [[h, words.h], [min % 60, words.min]] : [[h, words.h]];
    if (d >= 5) return [[d, day(d)]];
    const rest = Math.floor((s % 86400) / 3600);
    return rest ? [[d, day(d)], [rest, words.h]] : [[d, day(d)]];
  };

  const state = (at, t) => (t > at.due ? "is-over" : t >= at.last ? "is-last" : at.soon && t >= at.soon ? "is-soon" : "");

  const say = (clock, css, left) => {
    const line = document.getElementById("clock-says");
    const title = clock.closest("tr")?.querySelector(".title")?.textContent || document.querySelector("h1")?.textContent || "";
    const what = { "is-soon": words.half, "is-last": words.last, "is-over": words.over }[css];
    if (line && what) line.textContent = title + ". " + what + ". " + (css === "is-over" ? "" : left.map((p) => p.join(" ")).join(" ") + " " + words.left);
  };

  const figures = (element, parts, late) => {
    element.replaceChildren();
    parts.forEach(([n, unit], i) => {
      const small = document.createElement("small");
      small.textContent = unit;
      element.append((i ? " " : "") + n + " ", small);
    });
    if (late) element.append(" " + words.late);
  };

  const turn = (clock) => {
    const raw = JSON.parse(clock.dataset.clock);
    const at = { seconds: raw.seconds };
    for (const name of ["due", "last", "soon", "start"]) at[name] = raw[name] ? Date.parse(raw[name]) : 0;
    const t = now(), over = t > at.due, css = state(at, t);
    const parts = amount(over ? t - at.due : at.due - t, at.seconds && !over);
    const was = STATES.find((name) => clock.classList.contains(name)) || "";
    if (was !== css) {
      clock.classList.remove(...STATES);
      if (css) clock.classList.add(css);
      const due = clock.querySelector(".due, .due-line");
      if (css === "is-over" && due?.firstChild?.nodeType === Node.TEXT_NODE) due.firstChild.textContent = words.was + " ";
      const word = clock.querySelector(".left-word");
      if (word) word.hidden = over;
      say(clock, css, parts);
    }
    const left = clock.querySelector(".left");
    if (left && !clock.classList.contains("out")) {
      figures(left, parts, over);
      if (left.hasAttribute("aria-label")) left.setAttribute("aria-label", left.textContent + (over ? "" : " " + words.left));
    }
    const track = clock.querySelector(".track");
    if (track && at.start && at.due > at.start) {
      const used = over ? 0 : ((t - at.start) / (at.due - at.start)) * 100; // late is hatched, with no bar in it
      track.style.setProperty("--used", Math.min(100, Math.max(0, used)) + "%");
    }
  };

  const tick = () => document.querySelectorAll("[data-clock]").forEach(turn);
  // The machine's clock may have been set meanwhile: a refreshed part brings the server's time again.
  document.addEventListener("htmx:afterSettle", (event) => {
    const fresh = event.target.querySelector?.("[data-server-time]") || event.target.closest?.("[data-server-time]");
    if (fresh) skew = Date.parse(fresh.dataset.serverTime) - Date.now();
    tick();
  });
  document.addEventListener("visibilitychange", () => document.hidden || tick());
  window.addEventListener("pageshow", tick);
  const loop = () => {
    tick();
    setTimeout(loop, 1000 - (now() % 1000));
  };
  loop();
})();
