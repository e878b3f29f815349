// Makes the editor of forms quicker: line numbers, faults beside the lines, checking while typing; it works without.
(() => {
  "use strict";
  const form = document.querySelector("form[data-editor]");
  if (!form) return;
  const text = document.getElementById("text");
  const said = document.getElementById("editor-said");
  const here = document.getElementById("line-fault");
  const keys = document.getElementById("text-keys");
  const preview = document.getElementById("preview");
  keys.hidden = false;

  // Line numbers and, on them, the faults of the last check.
  const gutter = document.createElement("div");
  gutter.className = "gutter";
  gutter.setAttribute("aria-hidden", "true");
  text.before(gutter);
  text.parentElement.classList.add("with-gutter");
  let faults = new Map(), drawn = "";
  const readFaults = () => {
    faults = new Map();
    for (const link of document.querySelectorAll("#form-faults a[data-line]")) {
      const line = Number(link.dataset.line), item = link.closest("li");
      const words = item.querySelector("p").textContent.split(": ").slice(1).join(": ").trim();
      const known = faults.get(line);
      faults.set(line, { words: known ? known.words + " " + words : words, bad: item.classList.contains("bad") || known?.bad });
    }
  };
  const draw = () => {
    const lines = text.value.split("\n").length, now = lines + JSON.stringify([...faults]);
    if (now !== drawn) {
      drawn = now;
      const rows = [];
      for (let line = 1; line <= lines; line++) {
        const row = document.createElement("span"), fault = faults.get(line);
        row.textContent = line;
        if (fault) { row.className = fault.bad ? "bad" : "warn"; row.title = fault.words; }
        rows.push(row);
      }
      gutter.replaceChildren(...rows);
    }
    gutter.scrollTop = text.scrollTop;
  };
  const lineHere = () => text.value.slice(0, text.selectionStart).split("\n").length;
  const sayHere = () => {
    const fault = document.activeElement === text && faults.get(lineHere());
    const words = fault ? fault.words : "";
    if (here.textContent !== words) here.textContent = words;
  };

  const goTo = (line, column) => {
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((at, one) => at + one.length + 1, 0);
    const at = start + Math.min(column - 1, (lines[line - 1] || "").length);
    text.focus();
    text.setSelectionRange(at, start + (lines[line - 1] || "").length);
    text.scrollTop = Math.max(0, (line - 6) * parseFloat(getComputedStyle(text).lineHeight));
    draw(); sayHere();
  };
  form.addEventListener("click", (event) => {
    const link = event.target.closest("#form-faults a[data-line]");
    if (!link) return;
    event.preventDefault();
    goTo(Number(link.dataset.line), Number(link.dataset.column));
  });

  // Checking while typing: the last answer wins.
  let waiting = 0, round = 0, trying = false;
  const data = (act) => {
    const sent = new URLSearchParams(new FormData(form));
    sent.set("do", act);
    return sent;
  };
  const shape = (root) => [...root.querySelectorAll("[data-live]")].map((one) => one.id + one.hidden).join();
  const put = (id, page) => {
    const fresh = page.getElementById(id), old = document.getElementById(id);
    if (fresh && old && fresh.outerHTML !== old.outerHTML) old.replaceWith(document.adoptNode(fresh));
  };
  const putPreview = (page, act) => {
    const old = document.getElementById("preview-body"), fresh = page.getElementById("preview-body");
    // While the text is no form, the last one that was stays to be seen.
    preview.classList.toggle("stale", !("sound" in fresh.dataset));
    if (!("sound" in fresh.dataset) && "sound" in old.dataset) return;
    if (old.contains(document.activeElement) && act !== "live" && shape(old) === shape(fresh)) {
      for (const piece of fresh.querySelectorAll("[data-live]")) {
        const known = piece.id && document.getElementById(piece.id);
        if (known && !known.contains(document.activeElement)) known.replaceWith(document.adoptNode(piece));
      }
      return;
    }
    if (fresh.outerHTML === old.outerHTML) return;
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    old.replaceWith(document.adoptNode(fresh));
    if (focused) document.getElementById(focused)?.focus();
  };
  // What is written beside the report stays while somebody writes in it; what is wrong with it is said at once.
  const putAround = (page) => {
    const old = document.getElementById("around"), fresh = page.getElementById("around");
    if (!("sound" in page.getElementById("preview-body").dataset)) return;
    const names = (root) => [...root.querySelectorAll("textarea")].map((one) => one.name + one.labels?.[0]?.textContent).join();
    if (names(old) !== names(fresh)) { if (!old.contains(document.activeElement)) put("around", page); return; }
    for (const said of fresh.querySelectorAll("[data-around]")) {
      put(said.id, page);
      const area = document.getElementById(said.id.replace(/-fault$/, ""));
      if (said.childElementCount) area.setAttribute("aria-invalid", "true"); else area.removeAttribute("aria-invalid");
    }
  };
  const check = async (act) => {
    const mine = ++round;
    said.textContent = said.dataset.checking;
    try {
      const answer = await fetch(form.action, { method: "POST", body: data(act), credentials: "same-origin" });
      if (!answer.ok && answer.status !== 422) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== round) return;
      put("form-state", page);
      put("form-faults", page);
      putAround(page);
      putPreview(page, act);
      if (act === "try") put("tryout", page);
      readFaults(); draw(); sayHere();
      text.setAttribute("aria-invalid", String([...faults.values()].some((fault) => fault.bad)));
      said.textContent = "";
    } catch { if (mine === round) said.textContent = said.dataset.failed; }
  };
  const soon = (act, after) => { clearTimeout(waiting); waiting = setTimeout(() => check(act), after); };
  text.addEventListener("input", () => { draw(); soon("live", 500); });
  preview.addEventListener("change", () => soon(trying ? "try" : "live", 200));
  form.addEventListener("submit", (event) => {
    const act = event.submitter?.value;
    if (act === "try" || act === "check") {
      event.preventDefault();
      clearTimeout(waiting);
      trying = trying || act === "try";
      check(act).then(() => { if (act === "try") document.getElementById("tryout").focus(); });
    } else { leaving = true; }
  });

  // Tab indents; after Escape it goes on to the next control, as everywhere.
  let free = false;
  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { free = true; return; }
    if (event.key === "Tab" && !event.shiftKey && !free && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (!document.execCommand("insertText", false, "  ")) text.setRangeText("  ", text.selectionStart, text.selectionEnd, "end");
    }
    if (!["Shift", "Alt", "Control", "Meta"].includes(event.key)) free = false;
  });
  for (const moved of ["keyup", "click", "focus", "blur"]) text.addEventListener(moved, sayHere);
  text.addEventListener("scroll", () => { gutter.scrollTop = text.scrollTop; });

  let leaving = false;
  addEventListener("beforeunload", (event) => {
    if (!leaving && ("unsaved" in form.dataset || text.value !== text.defaultValue)) event.preventDefault();
  });
  readFaults(); draw();
})();
