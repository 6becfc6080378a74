// The page that rings: asks twice a second what rings for whoever is signed in, and rings without a reload.
// What isn't known is said aloud: a page that no longer hears the gateway must not look as if all were quiet.
(() => {
  "use strict";
  const POLL = 500, LOST = 5000;
  const root = document.getElementById("duty");
  if (!root) return;
  const line = document.getElementById("duty-state"), ringing = document.getElementById("ringing");
  const card = ringing.querySelector("template"), taken = document.getElementById("taken"), loud = document.getElementById("loud");
  const go = document.getElementById("go"), push = document.getElementById("push"), title = document.title;
  let audio = null, tag = "", token = "", heard = Date.now(), out = false, rings = [], beat = 0;

  // -- sound ---------------------------------------------------------------------------------------------------------
  const tone = (hertz, from, lasts) => {
    const voice = audio.createOscillator(), volume = audio.createGain(), at = audio.currentTime + from;
    voice.type = "square";
    voice.frequency.value = hertz;
    volume.gain.setValueAtTime(0.25, at);
    volume.gain.setValueAtTime(0, at + lasts);
    voice.connect(volume).connect(audio.destination);
    voice.start(at);
    voice.stop(at + lasts);
  };
  const unlocked = () => audio !== null && audio.state === "running";
  const sound = () => {
    if (unlocked()) [0, 0.25, 0.5].forEach((from, i) => tone(i % 2 ? 660 : 880, from, 0.2));
    if (navigator.vibrate && navigator.userActivation?.hasBeenActive) navigator.vibrate([400, 100, 400]);
  };
  const awake = async () => {
    try { if (navigator.wakeLock && document.visibilityState === "visible") await navigator.wakeLock.request("screen"); } catch { /* the screen may sleep: the other channels ring */ }
  };
  go?.addEventListener("click", async () => {
    audio = audio || new AudioContext();
    await audio.resume();
    tone(440, 0, 0.1);
    awake();
    root.dataset.onDuty = "yes";
    go.hidden = true;
    say();
  });
  document.addEventListener("visibilitychange", awake);

  // -- what is known ---------------------------------------------------------------------------------------------------
  const say = () => {
    const lost = Date.now() - heard > LOST;
    const how = out ? "out" : lost ? "lost" : rings.length && !unlocked() ? "silent" : unlocked() ? "on" : "off";
    line.textContent = line.dataset[how];
    line.classList.toggle("is-on", how === "on");
    line.classList.toggle("is-lost", how === "out" || how === "lost" || how === "silent");
    root.dataset.state = how;
    if ((how === "out" || how === "lost") && root.dataset.onDuty && beat % 20 === 0) sound();
  };
  const ago = (since) => Math.max(0, Math.round((Date.now() - Date.parse(since)) / 1000)) + " s";
  const draw = () => {
    const known = new Map([...ringing.querySelectorAll(".rings")].map((one) => [one.dataset.subject, one]));
    for (const ring of rings) {
      let shown = known.get(ring.subject);
      known.delete(ring.subject);
      if (!shown) {
        shown = card.content.firstElementChild.cloneNode(true);
        shown.dataset.subject = ring.subject;
        shown.querySelector(".rings-what").textContent = ring.subject + (ring.drill ? " (test)" : "");
        shown.querySelector("[name=subject]").value = ring.subject;
        shown.querySelector("a").href = ring.url;
        shown.querySelector("form").addEventListener("submit", answer);
        ringing.append(shown);
        loud.textContent = ring.subject + " rings";
      }
      shown.querySelector(".rings-since").textContent = "Rings for " + ago(ring.since);
    }
    known.forEach((one) => one.remove());
    ringing.hidden = rings.length === 0;
    document.title = rings.length ? (beat % 2 ? "● " : "○ ") + rings[0].subject + " rings" : title;
  };

  // -- ask and answer --------------------------------------------------------------------------------------------------
  const ask = async () => {
    const stop = new AbortController(), late = setTimeout(() => stop.abort(), 4000);
    try {
      const got = await fetch("/console/duty/poll", { headers: tag ? { "If-None-Match": tag } : {}, redirect: "manual", cache: "no-store", signal: stop.signal });
      if (got.type === "opaqueredirect" || got.status === 403) { out = true; rings = []; tag = ""; return; }
      if (got.status !== 200 && got.status !== 304) return;
      heard = Date.now();
      out = false;
      if (got.status === 304) return;
      const told = await got.json();
      tag = got.headers.get("ETag") || "";
      token = told.token;
      if (told.rings.some((ring) => !rings.some((one) => one.subject === ring.subject))) { rings = told.rings; sound(); }
      rings = told.rings;
      taken.hidden = told.taken.length === 0;
      taken.textContent = told.taken.map((one) => one.subject + " was taken by " + one.by + ".").join(" ");
    } catch { /* not heard: `say` tells it after a few seconds */ } finally { clearTimeout(late); }
  };
  async function answer(event) {
    event.preventDefault();
    const form = new FormData(event.target), button = event.target.querySelector("button");
    button.disabled = true;
    if (token) form.set("csrfmiddlewaretoken", token);
    try {
      const got = await fetch("/console/duty/answer", { method: "POST", body: new URLSearchParams(form), headers: { Accept: "application/json" }, redirect: "manual" });
      if (!got.ok) throw new Error(String(got.status));
      const told = await got.json();
      if (told.first) { location.assign(told.url); return; }
      taken.hidden = false;
      taken.textContent = form.get("subject") + " was taken by " + told.by + ".";
      tag = "";
    } catch {
      button.disabled = false;
      button.textContent = "Not sent. Acknowledge again";
    }
  }
  const turn = async () => {
    beat += 1;
    await ask();
    draw();
    say();
    if (rings.length && beat % 3 === 0) sound();
    setTimeout(turn, POLL);
  };
  turn();

  // -- push: this browser, also when the page is closed ------------------------------------------------------------------
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  if (navigator.serviceWorker) navigator.serviceWorker.register("/console/duty/sw.js", { scope: "/console/duty/" }).then((at) => {
    if (!push || !at.pushManager) return;
    push.hidden = false;
    push.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        if ((await Notification.requestPermission()) !== "granted") throw new Error("refused");
        const own = await at.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(root.dataset.key) });
        push.endpoint.value = own.endpoint;
        push.p256dh.value = text(own.getKey("p256dh"));
        push.auth.value = text(own.getKey("auth"));
        push.submit();
      } catch { push.querySelector(".note").hidden = false; }
    });
  }).catch(() => { /* no service worker here: the page itself rings */ });
})();
