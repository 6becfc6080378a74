// Shows what is in a package. The words are in English and French; what was produced is shown as it was sealed.
"use strict";
(() => {
  const WORDS = {
    en: {
      working: "Checking and opening …", wrong: "Not opened: ", none: "No records: it was looked up, and there is nothing.",
      by: "Opened with the shares of", bad: "These custodians’ shares did not fit, and were left out: ",
      parts: "What was produced", subscriber: "Who they are", access: "When and from where they came",
      traffic: "With whom they wrote, and when", content: "What they wrote and got", person: "Person", day: "Day (UTC)",
      standing: "as it stood when sealed", save: "Save", rows: "rows", show: "Show", limits: "What it may be used for",
      dictionary: "What the fields mean", opening: "Opening", order: "Order", made: "Made", sealed: "Sealed by the platform",
      zone: "Zone", supplements: "Supplements", all: "Everything was checked: hashes, the platform’s signature, the custodians’ signatures, commitments.",
      hash: "SHA-256 of the manifest", more: "Only the first 500 rows are shown; the file has all.",
    },
    fr: {
      skip: "Aller au contenu", offline: "Cette page fonctionne sans réseau et n’envoie rien.", title: "Ouvrir une production",
      package: "Le paquet (production.zip)", key: "Le fichier de votre clé", phrase: "Sa phrase secrète, si elle en a une", open: "Ouvrir",
      foot: "Chaque empreinte et chaque signature est vérifiée avant que rien ne soit montré. Les heures sont en UTC, sauf indication contraire.",
      working: "Vérification et ouverture …", wrong: "Non ouvert\u00a0: ", none: "Aucun enregistrement\u00a0: la recherche a été faite, il n’y a rien.",
      by: "Ouvert avec les parts de", bad: "Les parts de ces dépositaires ne concordaient pas et ont été écartées\u00a0: ",
      parts: "Ce qui a été produit", subscriber: "Qui c’est", access: "Quand et d’où la personne est venue",
      traffic: "Avec qui elle a échangé, et quand", content: "Ce qu’elle a écrit et reçu", person: "Personne", day: "Jour (UTC)",
      standing: "dans l’état au scellement", save: "Enregistrer", rows: "lignes", show: "Montrer", limits: "Ce à quoi cela peut servir",
      dictionary: "Ce que signifient les champs", opening: "Ouverture", order: "Ordre", made: "Fait le", sealed: "Scellé par la plateforme le",
      zone: "Fuseau", supplements: "Complète", all: "Tout a été vérifié\u00a0: empreintes, signature de la plateforme, signatures des dépositaires, engagements.",
      hash: "SHA-256 du manifeste", more: "Seules les 500 premières lignes sont montrées\u00a0; le fichier les a toutes.",
    },
  };
  const language = (document.documentElement.dataset.language || navigator.language).startsWith("fr") ? "fr" : "en";
  const say = (key) => WORDS[language][key] || WORDS.en[key] || key;
  const colon = language === "fr" ? "\u00a0: " : ": ";
  const by = (id) => document.getElementById(id);
  const make = (name, said = "", inside = []) => {
    const one = document.createElement(name);
    if (said !== "") one.textContent = said;
    one.append(...inside);
    return one;
  };
  const MOST = 500;

  if (language === "fr") {
    document.documentElement.lang = "fr";
    for (const one of document.querySelectorAll("[data-say]")) one.textContent = say(one.dataset.say);
  }

  const table = (heads, rows) => {
    const top = make("tr", "", heads.map((head) => { const th = make("th", head); th.scope = "col"; return th; }));
    const body = rows.map((row) => make("tr", "", row.map((cell, at) => {
      const td = make("td", cell);
      td.dataset.is = heads[at];
      return td;
    })));
    return make("div", "", [make("table", "", [make("thead", "", [top]), make("tbody", "", body)])]);
  };
  const word = (value) => (value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));

  async function shown(one) {
    if (one.type === "application/x-ndjson") {
      const rows = (await one.blob.text()).split("\n").filter(Boolean).map((line) => JSON.parse(line));
      const heads = [...new Set(rows.flatMap((row) => Object.keys(row)))];
      const some = table(heads, rows.slice(0, MOST).map((row) => heads.map((head) => word(row[head]))));
      if (rows.length > MOST) some.append(make("p", say("more")));
      return some;
    }
    if (one.type === "application/json") {
      const said = JSON.parse(await one.blob.text());
      return make("dl", "", Object.entries(said).flatMap(([name, value]) => [make("dt", name), make("dd", word(value))]));
    }
    if (["image/png", "image/jpeg"].includes(one.type)) {
      const picture = make("img");
      picture.src = URL.createObjectURL(one.blob);
      picture.alt = one.name;
      return picture;
    }
    return null;
  }

  async function one(document_) {
    const link = make("a", `${say("save")}${colon}${document_.name} (${document_.length.toLocaleString(language)} bytes)`);
    link.href = URL.createObjectURL(new Blob([document_.blob], { type: "application/octet-stream" }));
    link.download = document_.name;
    const seen = await shown(document_);
    return make("div", "", seen ? [make("p", "", [link]), seen] : [make("p", "", [link])]);
  }

  async function part(said) {
    const title = make("h3", `${say(said.category)}${colon}${said.person}, ${said.day || say("standing")}`);
    const inside = said.documents.length ? await Promise.all(said.documents.map(one)) : [make("p", say("none"))];
    const whole = make("section", "", [title, ...inside]);
    whole.dataset.part = said.number;
    return whole;
  }

  function about(found) {
    const { manifest, opening } = found, rows = [];
    const add = (name, value) => value && rows.push(make("dt", say(name)), make("dd", value));
    add("opening", manifest.opening);
    add("order", [opening.order?.name, opening.order?.country, opening.order?.instrument].filter(Boolean).join(", "));
    add("made", manifest.made);
    add("sealed", manifest.head.sealed);
    add("zone", manifest.zone);
    add("supplements", manifest.supplements);
    add("by", found.by.join(", "));
    add("hash", ComitySeal.digest(manifest));
    return make("dl", "", rows);
  }

  function dictionary(described) {
    const files = Object.entries(described).flatMap(([kind, them]) => Object.entries(them).map(([file, fields]) => [kind, file, fields]));
    const inside = files.flatMap(([kind, file, fields]) => [
      make("h3", `${say(kind)}${colon}${file}`),
      make("dl", "", Object.entries(fields).flatMap(([name, says]) => [make("dt", name), make("dd", word(says))])),
    ]);
    return make("details", "", [make("summary", say("dictionary")), ...inside]);
  }

  async function show(found) {
    const limits = (found.manifest.limits || []).map((limit) => make("li", limit));
    const out = [make("p", say("all")), about(found)];
    out[0].className = "good";
    if (found.bad.length) { out.push(make("p", say("bad") + found.bad.join(", "))); out.at(-1).className = "late"; }
    if (limits.length) out.push(make("h2", say("limits")), make("ul", "", limits));
    out.push(make("h2", `${say("parts")} (${found.parts.length})`), ...(await Promise.all(found.parts.map(part))));
    if (Object.keys(found.manifest.head.described || {}).length) out.push(dictionary(found.manifest.head.described));
    by("found").replaceChildren(...out);
  }

  by("ask").addEventListener("submit", async (event) => {
    event.preventDefault();
    const state = by("state"), bar = by("progress");
    by("found").replaceChildren();
    state.className = "";
    state.textContent = say("working");
    bar.hidden = false;
    try {
      const key = await ComitySeal.readKey(await by("key").files[0].arrayBuffer(), by("phrase").value);
      const tell = (done, all) => { bar.value = done / all; };
      await show(await ComitySeal.open(by("package").files[0], key, tell));
      state.textContent = "";
    } catch (error) {
      state.className = "late";
      state.textContent = say("wrong") + error.message;
    }
    bar.hidden = true;
    document.body.dataset.done = "1";
  });
})();
