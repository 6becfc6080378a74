// Verifies a receipt (C2SP tlog-proof with its entry) in the browser, with nothing but WebCrypto. Nothing is sent.
"use strict";
(() => {
  const text = new TextEncoder(), out = document.getElementById("outcome"), drop = document.getElementById("drop");
  const fail = (why) => { throw new Error(why); };
  const bytes = (base64) => {
    const data = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    return btoa(String.fromCharCode(...data)) === base64 ? data : fail("base64 is not canonical");
  };
  const hex = (data) => [...data].map((one) => one.toString(16).padStart(2, "0")).join("");
  const same = (a, b) => hex(a) === hex(b);
  const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
  const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts)));
  const node = (left, right) => sha256([1], left, right);
  const decimal = (word) => (/^(0|[1-9][0-9]{0,14})$/.test(word) ? Number(word) : fail("not a number: " + word));

  // JSON with sorted keys and without blanks, as the record writes it; Python sorts by code points
  const order = (a, b) => {
    const one = [...a], two = [...b];
    for (let i = 0; i < Math.min(one.length, two.length); i++)
      if (one[i] !== two[i]) return one[i].codePointAt(0) - two[i].codePointAt(0);
    return one.length - two.length;
  };
  const canonical = (value) => {
    if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
    if (value && typeof value === "object")
      return "{" + Object.keys(value).sort(order).map((key) => JSON.stringify(key) + ":" + canonical(value[key])).join(",") + "}";
    return JSON.stringify(value);
  };

  const parseKey = async (vkey) => {
    const [name, id, ...rest] = vkey.split("+"), data = bytes(rest.join("+"));
    const made = await sha256(text.encode(name + "\n"), data);
    if (hex(made.slice(0, 4)) !== id) fail("a key's id is not its own");
    return { name, id, type: data[0], public: data.slice(1) };
  };
  const parsePolicy = async (policy) => {
    const found = { logs: [], witnesses: {}, groups: {}, quorum: "" };
    for (const line of policy.split("\n")) {
      const words = line.trim().split(/[ \t]+/);
      if (words[0] === "log") found.logs.push(await parseKey(words[1]));
      if (words[0] === "witness") found.witnesses[words[1]] = await parseKey(words[2]);
      if (words[0] === "group") found.groups[words[1]] = [words[2], words.slice(3)];
      if (words[0] === "quorum") found.quorum = words[1];
    }
    return found;
  };
  const counts = (policy, name, signed) => {
    if (policy.witnesses[name]) return signed.includes(name);
    const [wanted, members] = policy.groups[name] || fail("the policy's quorum is not known");
    const least = wanted === "any" ? 1 : wanted === "all" ? members.length : decimal(wanted);
    return members.filter((one) => counts(policy, one, signed)).length >= least;
  };
  const fits = async (key, message, signature) => {
    const imported = await crypto.subtle.importKey("raw", key.public, { name: "Ed25519" }, false, ["verify"]);
    return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
  };

  const openNote = async (note, policy) => {
    const cut = note.lastIndexOf("\n\n"), said = note.slice(0, cut + 1), [origin, size, root] = said.split("\n");
    let log = false;
    const signed = [];
    for (const line of note.slice(cut + 2).trimEnd().split("\n")) {
      const [dash, name, data] = line.split(" ");
      if (dash !== "\u2014") fail("a signature line is malformed");
      const all = bytes(data), id = hex(all.slice(0, 4)), rest = all.slice(4);
      for (const key of policy.logs)
        if (key.name === name && key.id === id && name === origin)
          log = (await fits(key, text.encode(said), rest)) || fail("the log's signature does not fit");
      for (const [which, key] of Object.entries(policy.witnesses)) {
        if (key.name !== name || key.id !== id) continue;
        const time = new DataView(rest.buffer, rest.byteOffset, 8).getBigUint64(0);
        const message = text.encode("cosignature/v1\ntime " + time + "\n" + said);
        if (!(await fits(key, message, rest.slice(8)))) fail("a witness's signature does not fit");
        if (!signed.includes(which)) signed.push(which);
      }
    }
    if (!log) fail("the log has not signed the checkpoint");
    return { origin, size: decimal(size), root: bytes(root), signed };
  };

  const included = async (index, size, leaf, proof) => {
    let first = index, last = size - 1, hash = leaf;
    if (index >= size) fail("the entry is beyond the end");
    for (const one of proof) {
      if (last === 0) fail("the proof is too long");
      if (first % 2 || first === last) {
        hash = await node(one, hash);
        while (first % 2 === 0 && first) { first = Math.floor(first / 2); last = Math.floor(last / 2); }
      } else hash = await node(hash, one);
      first = Math.floor(first / 2); last = Math.floor(last / 2);
    }
    return last === 0 ? hash : fail("the proof is too short");
  };

  const reveal = async (entry, name, one) => {
    const made = await sha256(text.encode("comity/commitment/v1\n"), bytes(one.salt), text.encode(name), [0], text.encode(canonical(one.value)));
    if (!entry.sealed || entry.sealed[name] !== hex(made)) fail(name + " is not what was sealed");
    return one.value;
  };

  const verify = async (file) => {
    const at = file.indexOf("\n\n"), lines = file.slice(0, at).split("\n");
    if (lines.shift() !== "c2sp.org/tlog-proof@v1") fail("this is no receipt");
    const extra = lines[0].startsWith("extra ") ? JSON.parse(new TextDecoder().decode(bytes(lines.shift().slice(6)))) : fail("the receipt lacks its entry");
    const index = decimal((lines.shift() || "").replace(/^index /, "")), proof = lines.map(bytes);
    const policy = await parsePolicy(document.getElementById("policy").textContent);
    const head = await openNote(file.slice(at + 2), policy), raw = bytes(extra.entry);
    const root = await included(index, head.size, await sha256([0], raw), proof);
    if (!same(root, head.root)) fail("the entry does not lead to the root that was signed");
    let entry = JSON.parse(new TextDecoder().decode(raw));
    const revealed = {};
    if (extra.revealed.entry) {
      entry = await reveal(entry, "entry", extra.revealed.entry);
      delete extra.revealed.entry;
    }
    for (const [name, one] of Object.entries(extra.revealed)) revealed[name] = await reveal(entry, name, one);
    const witnessed = policy.quorum !== "none" && counts(policy, policy.quorum, head.signed);
    return { index, head, entry, revealed, witnessed, names: head.signed.map((one) => policy.witnesses[one].name) };
  };

  const line = (tag, words, kind) => {
    const made = document.createElement(tag);
    made.textContent = words;
    if (kind) made.className = kind;
    out.append(made);
  };
  const show = async (file) => {
    const says = out.dataset;
    out.replaceChildren();
    try {
      const found = await verify(await file.text());
      out.dataset.state = found.witnessed ? "verified" : "unwitnessed";
      line("p", found.witnessed ? says.verified : says.unwitnessed, "note");
      line("p", `${says.entry} ${found.index} ${says.of} ${found.head.size}, ${found.head.origin}. ${says.by} ${found.names.join(", ") || "–"}`);
      const shown = Object.entries(found.revealed);
      if (shown.length) line("p", says.revealed + " " + shown.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join("; "));
      line("p", says.vouched);
      line("h2", says.says);
      line("pre", JSON.stringify(found.entry, null, 1), "entry");
    } catch (error) {
      out.dataset.state = "failed";
      line("p", `${says.failed} ${error.message}`, "note gap");
    }
  };

  document.getElementById("receipt").addEventListener("change", (event) => event.target.files[0] && show(event.target.files[0]));
  for (const kind of ["dragover", "dragleave", "drop"])
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files[0]) show(event.dataTransfer.files[0]);
    });
  drop.addEventListener("submit", (event) => event.preventDefault());
})();
