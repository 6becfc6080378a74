// Single keys: an element with data-key="O" is pressed by that key. They rest while one types, and can be turned off.
(() => {
  "use strict";
  const off = () => localStorage.getItem("comity-keys") === "off";
  const holder = document.querySelector("[data-keys-switch]");
  const button = holder?.querySelector("button");
  const show = () => {
    document.documentElement.classList.toggle("no-keys", off());
    if (button) button.textContent = off() ? button.dataset.on : button.dataset.off;
  };
  if (holder) {
    holder.hidden = false;
    button.addEventListener("click", () => {
      localStorage.setItem("comity-keys", off() ? "on" : "off");
      show();
    });
  }
  show();

  document.addEventListener("keydown", (event) => {
    if (off() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const wanted = [...document.querySelectorAll("[data-key]")].find((e) => e.dataset.key === event.key.toUpperCase());
    if (!wanted) return;
    event.preventDefault();
    const inside = wanted.closest("details");
    if (inside && !inside.open) inside.open = true;
    if (wanted.matches("summary")) wanted.parentElement.open = true;
    wanted.focus();
    if (!wanted.matches("summary")) wanted.click();
  });
})();
