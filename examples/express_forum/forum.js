// A tiny forum in memory, as it was before anybody thought of Comity, but for `hidden`: posts, and their pages.
import express from "express";

export const HOME = process.env.FORUM_HOME ?? "http://127.0.0.1:8091";
export const NOW = new Date().toISOString();
export const POSTS = new Map(
  [1, 2, 3, 4, 5, 6, 7, 8].map((n) => [`/t/${n}`, { author: "ada", country: "DE", text: `Post number ${n}.`, at: NOW }]),
);
export const AUTHORS = new Map([
  ["/u/ada", { name: "Ada", country: "DE" }],
  ["/u/grace", { name: "Grace", country: "FR" }],
]);
const REPORT = { url: `${HOME}/t/3`, reason: "Spam" };
export const EVENTS = [{ id: "forum_1", type: "report.created", timestamp: NOW, data: REPORT }];
// key → what it did, and whether it was lifted; a real forum keeps this in its database, before it answers
export const DONE = new Map();

export const holds = (ref) =>
  Object.fromEntries([...DONE].filter(([, did]) => did.ref === ref && did.countries.length && !did.lifted));

export const hidden = (ref, country) =>
  Object.values(holds(ref)).some((did) => did.countries.includes(country) || did.countries.includes("WORLD"));

export const app = express().disable("x-powered-by");

app.get("/t/:n", (request, response) => {
  const ref = `/t/${request.params.n}`;
  if (!POSTS.has(ref)) return response.status(404).send("<p>Nothing is here.</p>");
  if (hidden(ref, request.query.country ?? "CH")) return response.send("<p>Nothing is here.</p>");
  response.send(`<article data-shown="${ref}">${POSTS.get(ref).text}</article>`);
});

app.get("/u/:handle", (request, response) => {
  const known = AUTHORS.get(`/u/${request.params.handle}`);
  return known ? response.send(`<h1>${known.name}</h1>`) : response.status(404).send("<p>Nobody is here.</p>");
});
