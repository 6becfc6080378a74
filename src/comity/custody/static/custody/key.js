// An authority's key, made in its own browser: the file with the secret half is saved there, the public half goes into
// the form. Without this the form takes a key made by the program.
"use strict";
(() => {
  const by = (id) => document.getElementById(id), place = by("make");
  if (!place || !window.isSecureContext || !crypto.subtle) return;
  place.hidden = false;
  let file = "";

  by("make-key").addEventListener("click", async () => {
    const phrase = by("phrase").value, state = by("made"), button = by("make-key");
    if (phrase !== by("phrase-again").value) return void (state.textContent = place.dataset.differ);
    button.disabled = true;
    state.textContent = place.dataset.working;
    try {
      const made = await ComitySeal.makeKey(place.dataset.name, phrase);
      await ComitySeal.readKey(new TextEncoder().encode(made.file), phrase);  // it opens: else nothing is given
      file = made.file;
      const link = by("save-key");
      link.href = URL.createObjectURL(new Blob([file], { type: "application/json" }));
      link.download = `key-${made.fingerprint.slice(0, 8)}.json`;
      by("saving").hidden = false;
      by("key").value = made.key;
      by("key").readOnly = true;
      state.textContent = `${place.dataset.done} ${made.fingerprint}`;
      link.focus();
    } catch (error) {
      state.textContent = error.message;
    }
    button.disabled = false;
  });

  by("save-key").addEventListener("click", () => { by("saving").dataset.saved = "1"; });
  by("give").addEventListener("submit", (event) => {  // a key whose secret half nobody has opens nothing, ever
    if (file && !by("saving").dataset.saved) {
      event.preventDefault();
      by("made").textContent = place.dataset.save;
      by("save-key").focus();
    }
  });
})();
