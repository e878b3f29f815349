// Makes the questionnaire quicker to fill; every page works without it.
(() => {
  "use strict";
  const form = document.querySelector("form[data-fill]");
  const alarm = document.querySelector("#contested, #refused, #faults");
  if (alarm) alarm.focus();
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  if (!form) return;

  const said = document.getElementById("autosave");
  const say = (what) => { said.textContent = said.dataset[what] || ""; };
  // What is typed; files go beside it, once: then the page holds their names.
  const data = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  const chosen = () => [...form.querySelectorAll("input[type=file]")].filter((input) => input.files.length);
  // What comes back because it could not be saved is not saved.
  let saved = "unsaved" in form.dataset ? "" : data().toString();
  let waiting = 0, running = false, again = false, leaving = false;

  // What the server sends back replaces a piece of the page unless somebody is at work in it.
  const untouched = (piece, sent) => !piece.contains(document.activeElement) &&
    [...piece.querySelectorAll("[name]")].every((control) =>
      control.type === "radio" ? !control.checked || sent.getAll(control.name).includes(control.value)
        : control.type === "checkbox" ? control.checked === sent.getAll(control.name).includes(control.value)
        : sent.getAll(control.name).concat("").some((value) => value.replace(/\r\n/g, "\n") === control.value));

  const take = (page, sent, gone) => {
    for (const fresh of page.querySelectorAll("[data-live]")) {
      const piece = fresh.id && document.getElementById(fresh.id);
      if (!piece) continue;
      if (fresh.dataset.live === "value") { piece.value = fresh.value; continue; }
      if (fresh.dataset.live === "frame" && fresh.hidden === piece.hidden) continue;
      const file = gone.find((input) => piece.contains(input));
      if (!file && (fresh.outerHTML === piece.outerHTML || !untouched(piece, sent))) continue;
      const here = file && piece.contains(document.activeElement);
      piece.replaceWith(document.adoptNode(fresh));
      if (here) fresh.querySelector("input[type=file]")?.focus();
    }
  };

  const save = async () => {
    if (running) { again = true; return; }
    const sent = data(), before = sent.toString();
    const files = chosen().map((input) => [input, input.files[0]]);
    if (before === saved && !files.length) return;
    running = true;
    say("saving");
    sent.set("do", "auto");
    let body = sent;
    if (files.length) {
      body = new FormData();
      for (const [name, value] of sent) body.append(name, value);
      for (const [input, file] of files) body.append(input.name, file);
    }
    try {
      const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
      // Somebody else changed the same answers: the next deliberate save asks about them.
      if (answer.status === 409 || !answer.ok) throw new Error(answer.status);
      const text = await answer.text();
      const still = data().toString() === before;
      // Kept or refused with a word: either way the file has been sent, unless another was chosen meanwhile.
      const gone = files.filter(([input, file]) => input.files[0] === file).map(([input]) => input);
      take(new DOMParser().parseFromString(text, "text/html"), sent, gone);
      if (still) saved = data().toString(); else again = true;
      say("saved");
    } catch { say("failed"); }
    running = false;
    if (again) { again = false; save(); }
  };

  // A file that is too large is refused before it is sent.
  const weigh = (input) => {
    input.closest("[data-live]").querySelectorAll(".fault").forEach((fault) => fault.remove());
    const file = input.files[0];
    if (!file || file.size <= Number(input.dataset.most)) return;
    const fault = document.createElement("p");
    fault.className = "fault";
    fault.setAttribute("role", "alert");
    fault.textContent = input.dataset.large.replace("{file}", () => file.name);
    input.value = "";
    input.after(fault);
  };

  form.addEventListener("change", (event) => {
    if (event.target.matches("input[type=file]")) weigh(event.target);
  });
  form.addEventListener("change", () => { clearTimeout(waiting); waiting = setTimeout(save, 300); });
  // A row is added or deleted in its place; where that fails, the button does what it does without a script.
  const rows = async (button) => {
    if (running) { setTimeout(rows, 100, button); return; }
    const piece = button.closest(".table-question"), sent = data(), before = sent.toString();
    const does = button.dataset.rows, asked = button.value;
    clearTimeout(waiting);
    running = piece.inert = true;
    say("saving");
    sent.set("do", asked);
    try {
      const answer = await fetch(form.action, { method: "POST", body: sent, credentials: "same-origin" });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const still = data().toString() === before, fresh = document.adoptNode(page.getElementById(piece.id));
      piece.replaceWith(fresh);
      take(page, sent, []);
      const trees = page.getElementById("form-trees");
      if (trees) {
        document.getElementById("form-trees")?.replaceWith(document.adoptNode(trees));
        document.dispatchEvent(new Event("svod:rows"));
      }
      if (still) saved = data().toString(); else again = true;
      const lines = [...fresh.querySelectorAll("tbody tr")], back = new URL(answer.url).searchParams.get("restored");
      const line = does === "add" ? lines.pop() : does === "restore" ? lines[back - 1] : null;
      (line?.querySelector("td input:not([type=hidden]), td select, td textarea") || fresh.querySelector(".add-row button"))?.focus();
      say(does === "add" ? "saved" : does === "restore" ? "restored" : "removed");
    } catch {
      piece.inert = false;
      leaving = true;
      const what = Object.assign(document.createElement("input"), { type: "hidden", name: "do", value: asked });
      form.append(what);
      form.submit();
    }
    running = false;
    if (again) { again = false; save(); }
  };

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button?.dataset.rows || chosen().length) { leaving = true; return; }
    event.preventDefault();
    rows(button);
  });
  addEventListener("beforeunload", (event) => { if (!leaving && (data().toString() !== saved || chosen().length)) event.preventDefault(); });

  // Arrows and Enter go from cell to cell, as in a workbook.
  form.addEventListener("keydown", (event) => {
    const cell = event.target.closest(".cards td");
    if (!cell || event.target.matches("select, textarea") || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, Enter: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const column = cell.cellIndex;
    for (let row = cell.parentElement; (row = step > 0 ? row.nextElementSibling : row.previousElementSibling);) {
      const next = row.cells[column]?.querySelector("input[type=text]");
      if (next) { next.focus(); next.select(); return; }
    }
  });
})();
