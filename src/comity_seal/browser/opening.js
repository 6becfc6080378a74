// Opens a package (production.zip) in the browser: every hash and signature is checked, then the shares are opened and
// combined, then each part is decrypted. Nothing is sent anywhere. As `comity-seal open`, which is there for gigabytes.
"use strict";
var ComitySeal = (() => {
  const K = ComityKept, text = new TextEncoder(), CHUNK = 2 ** 16, PIECE = 2 ** 20, TAG = 16, ENC = 1120;
  const fail = (why) => { throw new Error(why); };
  const hex = (data) => Array.from(data, (one) => one.toString(16).padStart(2, "0")).join("");
  const unhex = (word) => Uint8Array.from(word.match(/../g) || [], (one) => parseInt(one, 16));
  const bytes = (base64) => {
    const data = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
    return b64(data) === base64 ? data : fail("base64 is not canonical");
  };
  const b64 = (data) => {
    let out = "";
    for (let at = 0; at < data.length; at += 8192) out += String.fromCharCode(...data.subarray(at, at + 8192));
    return btoa(out);
  };
  const join = (...parts) => {
    const out = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
    parts.reduce((at, one) => (out.set(one, at), at + one.length), 0);
    return out;
  };
  const sha256 = (...parts) => hex(K.sha256(join(...parts)));

  // A number as it stands in a file: Python writes 15.0 where JavaScript would write 15, and the hash is another. It is
  // marked before JSON is read, outside texts, by a name that no file can know.
  class Written {
    constructor(literal) { this.text = NUMBER.test(literal) ? literal : fail(`${literal.slice(0, 40)}: not a number`); }
    toString() { return this.text; }
  }
  const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/, PLAIN = /^-?(?:0|[1-9]\d{0,14})$/;
  const MARK = hex(crypto.getRandomValues(new Uint8Array(16)));
  const marked = (json) => {
    const parts = [];
    for (let at = 0; at < json.length;) {
      const quote = json.indexOf('"', at), end = quote < 0 ? json.length : quote;
      parts.push(json.slice(at, end).replace(/-?\d[\d.eE+-]*/g, (one) => PLAIN.test(one) ? one : `{"${MARK}":"${one}"}`));
      let close = end + 1;
      while (close < json.length && json[close] !== '"') close += json[close] === "\\" ? 2 : 1;
      parts.push(json.slice(end, close + 1));
      at = close + 1;
    }
    return parts.join("");
  };
  const read_ = (name, value) => value && typeof value === "object" && MARK in value ? new Written(value[MARK]) : value;

  // JSON with sorted keys and without blanks; Python sorts by code points
  const order = (a, b) => {
    const one = [...a], two = [...b];
    for (let i = 0; i < Math.min(one.length, two.length); i++)
      if (one[i] !== two[i]) return one[i].codePointAt(0) - two[i].codePointAt(0);
    return one.length - two.length;
  };
  const canonical = (value) => {
    if (value instanceof Written) return value.text;
    if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
    if (value && typeof value === "object")
      return "{" + Object.keys(value).sort(order).map((key) => JSON.stringify(key) + ":" + canonical(value[key])).join(",") + "}";
    return JSON.stringify(value);
  };
  const digest = (value) => sha256(text.encode(canonical(value)));
  const tagged = (tag, value) => text.encode(`comity/seal/${tag}/v1\n` + canonical(value));
  const without = (value, name) => { const { [name]: _, ...rest } = value; return rest; };
  const parse = (raw, what) => {
    try { return JSON.parse(marked(new TextDecoder("utf-8", { fatal: true }).decode(raw)), read_); }
    catch { return fail(`${what}: not JSON`); }
  };
  const signed = async (key, message, signature, who) => {
    const good = await K.verifyAsync(signature, message, unhex(key)).catch(() => false);
    if (!good) fail(`the signature of ${who} does not fit`);
  };

  // Keys ------------------------------------------------------------------------------------------------------------
  const suite = () => new K.CipherSuite({ kem: new K.XWing(), kdf: new K.HkdfSha256(), aead: new K.Aes256Gcm() });
  const publicOf = async (seed) => {
    const kem = suite().kem, pair = await kem.generateKeyPairDerand(seed.slice());
    return new Uint8Array(await kem.serializePublicKey(pair.publicKey));
  };
  const stretched = (phrase, salt, cost) =>
    K.scryptAsync(text.encode(phrase), salt, { N: cost.n, r: cost.r, p: cost.p, dkLen: 32, maxmem: 2 ** 31 });
  const box = (key, use) => crypto.subtle.importKey("raw", key, "AES-GCM", false, [use]);

  // A new key: its file, which the owner keeps, and its public half.
  async function makeKey(name, phrase = "") {
    const seed = crypto.getRandomValues(new Uint8Array(32)), key = await publicOf(seed), fingerprint = sha256(key);
    const file = { v: 1, kind: "comity-key", name, fingerprint };
    if (phrase) {
      const salt = crypto.getRandomValues(new Uint8Array(32)), iv = crypto.getRandomValues(new Uint8Array(12));
      const cost = { n: 2 ** 17, r: 8, p: 1 }, wrap = await box(await stretched(phrase, salt, cost), "encrypt");
      file.scrypt = { ...cost, salt: b64(salt) };
      file.sealed = b64(join(iv, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, wrap, seed))));
    } else file.seed = b64(seed);
    return { file: canonical(file) + "\n", key: b64(key), fingerprint };
  }

  // The seed in a key's file. `phrase`: its passphrase, where it has one.
  async function readKey(raw, phrase = "") {
    const said = parse(raw, "key");
    if (said.v !== 1 || said.kind !== "comity-key") fail("this is not a file of a key");
    let seed;
    if (said.scrypt) {
      if (!phrase) fail("the key is under a passphrase");
      const sealed = bytes(said.sealed), wrap = await box(await stretched(phrase, bytes(said.scrypt.salt), said.scrypt), "decrypt");
      const open = crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.subarray(0, 12) }, wrap, sealed.subarray(12));
      seed = new Uint8Array(await open.catch(() => fail("the passphrase is not the one that the key is under")));
    } else seed = bytes(said.seed);
    const fingerprint = sha256(await publicOf(seed));
    if (fingerprint !== said.fingerprint) fail("the key's fingerprint is not its own");
    return { seed, fingerprint };
  }

  async function unseal(seed, sealed, info) {
    const hpke = suite(), recipientKey = await hpke.kem.importKey("raw", seed, false);
    const enc = sealed.slice(0, ENC), rest = sealed.slice(ENC);
    return new Uint8Array(await hpke.open({ recipientKey, enc, info }, rest));
  }

  async function seal(key, message, info) {
    const hpke = suite(), recipientPublicKey = await hpke.kem.deserializePublicKey(key);
    const { ct, enc } = await hpke.seal({ recipientPublicKey, info }, message);
    return join(new Uint8Array(enc), new Uint8Array(ct));
  }

  // A ZIP of stored files --------------------------------------------------------------------------------------------
  const view = async (blob, from, length) => new DataView(await blob.slice(from, from + length).arrayBuffer());
  const long = (data, at) => Number(data.getBigUint64(at, true));

  async function entries(blob) {
    const size = blob.size, tail = await view(blob, Math.max(0, size - 65600), 65600);
    let at = tail.byteLength - 22;
    while (at >= 0 && tail.getUint32(at, true) !== 0x06054b50) at--;
    if (at < 0) fail("this is not a package");
    let count = tail.getUint16(at + 10, true), length = tail.getUint32(at + 12, true), from = tail.getUint32(at + 16, true);
    if (at >= 20 && tail.getUint32(at - 20, true) === 0x07064b50) {
      const end = await view(blob, long(tail, at - 12), 56);
      count = long(end, 32); length = long(end, 40); from = long(end, 48);
    }
    const table = await view(blob, from, length), found = new Map();
    for (let here = 0, n = 0; n < count; n++) {
      if (here + 46 > table.byteLength || table.getUint32(here, true) !== 0x02014b50) fail("the package is damaged");
      const names = table.getUint16(here + 28, true), extra = table.getUint16(here + 30, true), note = table.getUint16(here + 32, true);
      const name = new TextDecoder().decode(new Uint8Array(table.buffer, table.byteOffset + here + 46, names));
      if (table.getUint16(here + 10, true) !== 0 || found.has(name)) fail("the package is damaged: " + name);
      const one = { size: table.getUint32(here + 24, true), at: table.getUint32(here + 42, true) };
      wide(one, table, here + 46 + names, extra, table.getUint32(here + 20, true));
      found.set(name, one);
      here += 46 + names + extra + note;
    }
    return found;
  }

  function wide(one, table, from, extra, packed) {
    for (let at = from; at + 4 <= from + extra; at += 4 + table.getUint16(at + 2, true)) {
      if (table.getUint16(at, true) !== 1) continue;
      let here = at + 4;
      if (one.size === 0xffffffff) { one.size = long(table, here); here += 8; }
      if (packed === 0xffffffff) here += 8;
      if (one.at === 0xffffffff) one.at = long(table, here);
    }
  }

  async function within(blob, entry) {
    const local = await view(blob, entry.at, 30);
    if (local.byteLength < 30 || local.getUint32(0, true) !== 0x04034b50) fail("the package is damaged");
    const from = entry.at + 30 + local.getUint16(26, true) + local.getUint16(28, true);
    return blob.slice(from, from + entry.size);
  }

  async function hashed(blob) {
    const sum = K.sha256.create();
    for (let at = 0; at < blob.size; at += PIECE) sum.update(new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer()));
    return hex(sum.digest());
  }

  // Reading ----------------------------------------------------------------------------------------------------------
  // A package, every hash and signature of it checked. `progress(done, all)` counts bytes.
  async function read(blob, progress = () => {}) {
    const files = await entries(blob), get = async (name) => within(blob, files.get(name) || fail(`${name} is missing`));
    const json = async (name) => parse(await (await get(name)).arrayBuffer(), name);
    const manifest = await json("manifest.json");
    if (manifest.v !== 1 || manifest.kind !== "comity-production") fail("this is no production");
    await verifyFiles(files, manifest, get, progress, blob.size);
    const head = manifest.head, opening = await json("opening.json"), roster = await json("roster.json");
    const tail = { v: 1, head: digest(head), bodies: manifest.bodies, envelopes: manifest.envelopes };
    await signed(head.sealer, tagged("item", tail), bytes(manifest.signature), "the platform");
    const request = digest(opening), numbers = opening.parts;
    if (request !== manifest.request || opening.item.head !== tail.head || opening.item.item !== head.item) fail("the request is of another item");
    if (canonical(manifest.parts.map((part) => part.number)) !== canonical(numbers)) fail("the parts are not those that were asked for");
    for (const part of manifest.parts) {
      if (digest(part) !== head.parts[part.number] || part.item !== head.item || part.shares.length !== head.n) fail(`part ${part.number} is not of this item`);
      if (canonical([...manifest.bodies[part.number], manifest.hashes[part.number]]) !== canonical(await body(await get(`parts/${part.number}.sealed`)))) fail(`part ${part.number} is not as it was sealed`);
    }
    if (digest(roster.roster) !== head.roster) fail("the roster is another");
    const answers = [];
    for (const name of files.keys()) if (name.startsWith("shares/")) answers.push(await answer(await json(name), roster.roster, request, numbers));
    return { manifest, head, opening, request, get, roster: roster.roster, answers: answers.filter((one) => one.kind === "shares") };
  }

  async function verifyFiles(files, manifest, get, progress, all) {
    const listed = [...Object.keys(manifest.files), "manifest.json"];
    if (canonical(listed.sort(order)) !== canonical([...files.keys()].sort(order))) fail("the files are not those that the manifest lists");
    let done = 0;
    for (const [name, expected] of Object.entries(manifest.files)) {
      const one = await get(name);
      if ((await hashed(one)) !== expected) fail(`${name}: its hash is not the one in the manifest`);
      progress((done += one.size), all);
    }
  }

  async function* frames(blob) {
    let held = new Uint8Array(0), from = 0, at = 0;
    const has = async (count) => {  // read on, a mebibyte at a time, until so many bytes are held
      while (held.length - at < count) {
        if (from >= blob.size) fail("a part is cut off");
        const more = new Uint8Array(await blob.slice(from, from + PIECE).arrayBuffer());
        from += more.length;
        held = join(held.subarray(at), more);
        at = 0;
      }
    };
    for (;;) {
      await has(4);
      const length = new DataView(held.buffer, held.byteOffset + at).getUint32(0);
      at += 4;
      if (!length) return;
      if (length > CHUNK + TAG) fail("a chunk is longer than any may be");
      await has(length);
      yield held.subarray(at, at + length);
      at += length;
    }
  }

  async function body(blob) {
    const tags = K.sha256.create(), whole = K.sha256.create();
    let length = 0;
    for await (const chunk of frames(blob)) { length += chunk.length; tags.update(chunk.subarray(-TAG)); whole.update(chunk); }
    return [length, hex(tags.digest()), hex(whole.digest())];
  }

  async function answer(said, roster, request, numbers) {
    const custodian = roster.custodians.find((one) => one.name === said.custodian) || fail("an answer by somebody who is not in the roster");
    await signed(custodian.signs, tagged("answer", without(said, "signature")), bytes(said.signature), custodian.name);
    if (said.opening !== request) fail(`${custodian.name} answered another request`);
    if (said.kind === "shares" && canonical(said.parts) !== canonical(numbers)) fail(`${custodian.name} gave shares of other parts`);
    return said;
  }

  // Each part's key. Who gave what doesn't fit is named; k others suffice.
  async function keys(found, mine) {
    if (found.opening.recipient.fingerprint !== mine.fingerprint) fail("this package is for another key than yours");
    const good = [], bad = [];
    for (const one of found.answers) {
      try { good.push(await shares(found, one, mine)); } catch { bad.push(one.custodian); }
    }
    const named = bad.length ? `; not those of ${bad.join(", ")}` : "";
    if (good.length < found.head.k) fail(`the shares of ${good.length} custodians fit, and ${found.head.k} are asked for${named}`);
    const out = new Map();
    for (const part of found.manifest.parts) {
      const key = await K.combine(good.slice(0, found.head.k).map((one) => one.get(part.number)));
      if (sha256(text.encode("comity/seal/key/v1\n"), key) !== part.key) fail(`part ${part.number}: the key is not the one that was committed to`);
      out.set(part.number, key);
    }
    return { keys: out, bad };
  }

  async function shares(found, given, mine) {
    const about = { opening: found.request, recipient: mine.fingerprint, custodian: given.custodian };
    const said = parse(await unseal(mine.seed, bytes(given.sealed), tagged("shares", about)), "shares"), out = new Map();
    const at = found.roster.custodians.findIndex((one) => one.name === given.custodian);  // another's share fits in no place but theirs
    for (const part of found.manifest.parts) {
      const share = bytes(said[part.number]);
      if (share.length !== 65 || part.shares[at] !== sha256(text.encode("comity/seal/share/v1\n"), share)) fail("a share does not fit");
      out.set(part.number, share.slice(0, 33));
    }
    return out;
  }

  // A part's bytes, padding taken off: a mark and the zeros after it, counted, so that they need no memory.
  async function* opened(key, about, chunks) {
    const wrap = await box(key, "decrypt"), additionalData = text.encode(about);
    let before = null, number = 0, marked = false, zeros = 0;
    const past = async function* (chunk, last) {
      const iv = new Uint8Array(12);
      new DataView(iv.buffer).setBigUint64(3, BigInt(number++));
      iv[11] = last ? 1 : 0;
      const plain = crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, wrap, chunk);
      const data = new Uint8Array(await plain.catch(() => fail("a part does not open: it was altered or cut off")));
      let end = data.length;
      while (end && !data[end - 1]) end--;
      if (end) {
        if (marked) yield Uint8Array.of(0x80);
        for (; zeros; zeros -= Math.min(zeros, CHUNK)) yield new Uint8Array(Math.min(zeros, CHUNK));
        marked = data[end - 1] === 0x80;
        yield data.subarray(0, marked ? end - 1 : end);
      }
      zeros += data.length - end;
    };
    for await (const chunk of chunks) {
      if (before) yield* past(before, false);
      before = chunk;
    }
    yield* past(before || fail("a part is empty"), true);
    if (!marked) fail("a part's padding is not as it must be");
  }

  // A part's documents, as blobs.
  async function documents(pieces) {
    let held = new Uint8Array(0), ended = false;
    const more = async () => {
      const next = await pieces.next();
      ended = next.done;
      if (!ended) held = held.length ? join(held, next.value) : next.value;
    };
    const line = async () => {
      let cut;
      while ((cut = held.indexOf(10)) < 0 && !ended && held.length < 10000 + CHUNK) await more();
      if (!held.length) return null;
      if (cut < 0) fail("a part's line is too long");
      const said = parse(held.subarray(0, cut), "a part's line");
      held = held.subarray(cut + 1);
      return said;
    };
    const about = await line(), found = [];
    for (let said; (said = await line()); ) {
      let left = said.length, blob = new Blob([]), waiting = [];
      while (left) {
        while (!held.length && !ended) await more();
        if (!held.length) fail("a document is cut off");
        const some = held.subarray(0, Math.min(left, held.length));
        waiting.push(some);
        held = held.subarray(some.length);
        left -= some.length;
        if (waiting.length >= 8) { blob = new Blob([blob, ...waiting]); waiting = []; }
      }
      found.push({ name: said.name, type: said.type, length: said.length, blob: new Blob([blob, ...waiting], { type: said.type }) });
    }
    return { about, documents: found };
  }

  // All of a package: what it says, and every part's documents. `mine`: of readKey.
  async function open(blob, mine, progress = () => {}) {
    const found = await read(blob, progress), { keys: made, bad } = await keys(found, mine), parts = [];
    for (const part of found.manifest.parts) {
      const sealed = await found.get(`parts/${part.number}.sealed`);
      const { about, documents: them } = await documents(opened(made.get(part.number), digest(part), frames(sealed)));
      if (about.category !== part.category || about.day !== part.day) fail(`part ${part.number} is of another category or day`);
      parts.push({ number: part.number, category: part.category, person: about.person, day: part.day, documents: them });
    }
    return { manifest: found.manifest, opening: found.opening, by: found.answers.map((one) => one.custodian), bad, parts };
  }

  return { makeKey, readKey, open, read, seal, unseal, canonical, digest, hex, unhex, b64, bytes };
})();
