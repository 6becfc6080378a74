// The editor's left side: line numbers beside the text, and what is wrong beside its line. All of it works without this
// file, by the button that keeps the text; here it only comes sooner and nearer.
(() => {
  "use strict";
  const text = document.getElementById("text");
  const gutter = document.getElementById("gutter");
  const here = document.getElementById("here");
  if (!text || !gutter || !here) return;
  const numbers = gutter.querySelector("pre");
  const style = getComputedStyle(text);
  const height = parseFloat(style.lineHeight);
  const top = parseFloat(style.paddingTop);
  let wrong = 0;
  let lines = 0;

  const number = () => {
    const count = text.value.split("\n").length;
    if (count === lines && !numbers.querySelector("b") && !wrong) return;
    lines = count;
    const told = (from, to) => Array.from({ length: Math.max(0, to - from) }, (_, n) => `${from + n}\n`).join("");
    const bad = document.createElement("b");
    bad.textContent = wrong ? `${wrong}\n` : "";
    numbers.replaceChildren(told(1, wrong || count + 1), ...(wrong ? [bad, told(wrong + 1, count + 1)] : []));
  };
  const place = () => {
    gutter.scrollTop = text.scrollTop;
    const at = wrong * height - text.scrollTop;
    here.hidden = !wrong || at < 0 || at > text.clientHeight;
    if (here.hidden) here.removeAttribute("style");
    else here.style.insetBlockStart = `${top + at}px`;
  };
  const told = () => {
    const found = document.getElementById("wrong");
    wrong = found ? Number(found.dataset.line) : 0;
    here.querySelector("span").textContent = found ? found.dataset.says : "";
    number();
    place();
  };
  const whole = text.closest("details");
  const go = (line) => {
    if (whole) whole.open = true;
    const before = text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    const end = text.value.indexOf("\n", before);
    text.focus();
    text.setSelectionRange(before, end < 0 ? text.value.length : end);
    text.scrollTop = Math.max(0, (line - 6) * height);
    place();
  };

  text.addEventListener("scroll", place);
  if (whole) whole.addEventListener("toggle", place);
  // one long paste is hundreds of input events: once a frame is enough
  let asked = 0;
  text.addEventListener("input", () => {
    if (asked) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      number();
      place();
    });
  });
  document.addEventListener("htmx:afterSwap", told);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-go]");
    if (!link) return;
    event.preventDefault();
    go(Number(link.dataset.go));
  });
  // Tab leaves the field, as everywhere: blanks in its place would trap the keyboard
  told();
})();
