// Keys of the review desks. Without this file every answer is still a button.
"use strict";

(() => {
  const typing = (target) => target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
  const crop = () => document.getElementById("crop");
  const sheet = () => document.getElementById("sheet");
  const help = () => document.getElementById("keys");
  const grid = () => document.querySelector("[data-grid]");

  // The whole sheet is fetched when it is opened, not before.
  function openSheet() {
    const image = sheet().querySelector("image[data-href]");
    if (image && !image.getAttribute("href")) image.setAttribute("href", image.dataset.href);
  }

  function showHelp() {
    if (!help()) return;
    const list = help().querySelector("[data-keys]");
    list.replaceChildren();
    const add = (key, text) => {
      const dt = document.createElement("dt");
      const kbd = document.createElement("kbd");
      kbd.textContent = key;
      dt.append(kbd);
      const dd = document.createElement("dd");
      dd.textContent = text;
      list.append(dt, dd);
    };
    const label = (node) => Array.from(node.childNodes).filter((n) => n.nodeType === 3).map((n) => n.textContent).join("").trim();
    const main = document.querySelector("button[data-main]");
    if (main) add("Enter", label(main));
    for (const button of document.querySelectorAll("button[data-key]")) add(button.dataset.key, label(button));
    for (const field of document.querySelectorAll("[data-focus-key]")) {
      const fold = field.closest("details");
      add(field.dataset.focusKey, label(fold ? fold.querySelector("summary") : field.labels[0]));
    }
    if (sheet()) add("H", label(sheet().querySelector("summary")));
    if (grid()) { add("← ↑ ↓ →", grid().dataset.walk); add("␣", grid().dataset.mark); }
    add("Esc", help().querySelector("form button").textContent.replace("(Esc)", "").trim());
    help().showModal();
  }

  // Made ready when the page comes and each time another item takes its place (ahead.js).
  let sent = false;
  function ready() {
    sent = false;
    for (const button of document.querySelectorAll("[data-zoom], [data-help]")) button.hidden = false;
    if (sheet()) sheet().addEventListener("toggle", () => { if (sheet().open) openSheet(); });
    // Sticky values: what was typed on the row before is offered on the next one, never sent by itself.
    for (const input of document.querySelectorAll("[data-sticky]")) {
      const name = `respaldo.sticky.${input.dataset.sticky}`;
      if (!input.value) input.value = sessionStorage.getItem(name) || "";
      input.form.addEventListener("submit", () => sessionStorage.setItem(name, input.value));
    }
  }
  ready();
  document.addEventListener("desk:shown", ready);
  window.addEventListener("pageshow", () => { sent = false; });

  // One press, one answer: a second press while the first is on its way does nothing.
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("method") === "dialog") return;
    if (sent) { event.preventDefault(); return; }
    if (!event.defaultPrevented) sent = true;
  });

  function press(button) {
    if (button.hasAttribute("data-zoom")) { if (crop()) crop().classList.toggle("zoom"); return; }
    if (button.hasAttribute("data-help")) { showHelp(); return; }
    button.form.requestSubmit(button);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom], [data-help]");
    if (button) press(button);
  });

  // Arrows walk the cells of a grid, line by line as they lie on this screen; the space bar marks one (its own box).
  function walk(key, from) {
    const boxes = Array.from(grid().querySelectorAll("input[type=checkbox]"));
    const at = boxes.indexOf(from);
    if (at < 0) { boxes[0].focus(); return; }
    const top = (box) => Math.round(box.closest("li").getBoundingClientRect().top);
    const first = boxes.findIndex((box) => top(box) !== top(boxes[0]));
    const across = first < 0 ? boxes.length : first;
    const to = boxes[at + { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[key]];
    if (to) to.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (help() && help().open) return; // Esc and Enter belong to the dialog
    if (grid() && /^Arrow(Up|Down|Left|Right)$/.test(event.key)) {
      event.preventDefault();
      walk(event.key, event.target);
      return;
    }
    if (event.repeat) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return; // letters typed in a field are text, never an answer
    }
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    if (key === "Enter") {
      if (event.target.closest("button, a, summary")) return; // whatever has the focus does its own thing
      const main = document.querySelector("button[data-main]");
      if (main) { event.preventDefault(); press(main); }
      return;
    }
    if (key === "H" && sheet()) { event.preventDefault(); sheet().open = !sheet().open; return; }
    const field = document.querySelector(`[data-focus-key="${CSS.escape(key)}"]`);
    if (field) {
      event.preventDefault();
      if (field.closest("details")) field.closest("details").open = true;
      field.focus();
      if (field.select) field.select();
      return;
    }
    const button = document.querySelector(`button[data-key="${CSS.escape(key)}"]`);
    if (button && !button.disabled) { event.preventDefault(); press(button); }
  });
})();
