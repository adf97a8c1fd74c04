// Many files or a folder, dragged or chosen, sent in pieces that survive a broken line (tus). Without this program the
// form sends the files whole.
"use strict";

(() => {
  const form = document.querySelector("form[data-upload]");
  if (!form || !window.tus || !tus.isSupported) return;
  const AT_ONCE = 3;
  const PIECE = 4 * 1024 * 1024;
  const RETRIES = [0, 1000, 3000, 5000, 10000, 20000, 30000, 60000, 60000, 60000];
  const input = form.querySelector("#files");
  const folder = form.querySelector("#folder");
  const zone = form.querySelector(".drop");
  const list = form.querySelector("[data-chosen]");
  const bar = form.querySelector("progress");
  const said = form.querySelector("[data-said]");
  const button = form.querySelector("button.primary");
  const live = document.querySelector("[data-live]");
  const rows = document.querySelector("[data-receipts]");
  const link = document.querySelector("[data-batch]");
  const token = form.querySelector("[name=csrf_token]").value;
  const chosen = new Map();

  form.querySelector("[data-folder]").hidden = false;
  input.required = false;
  folder.removeAttribute("name");

  function size(bytes) {
    return bytes > 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} KB`;
  }
  function say(template, values) {
    said.textContent = template.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  }
  function choose(file, path) {
    const name = path || file.webkitRelativePath || file.name;
    if (/(^|\/)(\.|thumbs\.db$|desktop\.ini$)/i.test(name)) return; // what systems leave in folders
    chosen.set(`${name}|${file.size}|${file.lastModified}`, { file, name });
  }
  function show() {
    let bytes = 0;
    list.replaceChildren(...Array.from(chosen.values(), ({ file, name }) => {
      bytes += file.size;
      const item = document.createElement("li");
      item.textContent = `${name} (${size(file.size)})`;
      return item;
    }));
    form.querySelector("[data-list]").hidden = !chosen.size;
    const text = form.dataset.counted.replace("{n}", chosen.size).replace("{size}", size(bytes));
    form.querySelector("[data-counted]").textContent = chosen.size ? text : "";
  }
  for (const picker of [input, folder]) {
    picker.addEventListener("change", () => {
      for (const file of picker.files) choose(file);
      show();
    });
  }

  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      if (!event.dataTransfer || !Array.from(event.dataTransfer.types).includes("Files")) return;
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) zone.classList.remove("over"); });
  document.addEventListener("drop", async (event) => {
    if (!event.dataTransfer) return;
    event.preventDefault();
    zone.classList.remove("over");
    const entries = Array.from(event.dataTransfer.items, (item) => item.webkitGetAsEntry && item.webkitGetAsEntry());
    const plain = Array.from(event.dataTransfer.files);
    if (entries.some((entry) => entry && entry.isDirectory)) {
      for (const entry of entries) if (entry) await walk(entry, "");
    } else {
      for (const file of plain) choose(file);
    }
    show();
  });
  async function walk(entry, above) {
    const path = above ? `${above}/${entry.name}` : entry.name;
    if (entry.isFile) {
      choose(await new Promise((done, fail) => entry.file(done, fail)), path);
      return;
    }
    const reader = entry.createReader();
    for (;;) { // a folder is listed some hundred names at a time
      const some = await new Promise((done, fail) => reader.readEntries(done, fail));
      if (!some.length) return;
      for (const one of some) await walk(one, path);
    }
  }

  async function announce() {
    const body = new FormData();
    for (const name of ["received", "declared_sheets", "declared_files"]) {
      const field = form.elements[name];
      if (field) body.append(name, field.value);
    }
    const answer = await fetch(form.dataset.announce, { method: "POST", body, headers: { "X-CSRFToken": token } });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.sentence);
    return told;
  }

  function send({ file, name }, delivery, moved) {
    return new Promise((done) => {
      const upload = new tus.Upload(file, {
        endpoint: delivery.place,
        chunkSize: PIECE,
        retryDelays: RETRIES,
        uploadDataDuringCreation: true,
        storeFingerprintForResuming: true,
        removeFingerprintOnSuccess: true,
        headers: { "X-CSRFToken": token },
        metadata: { filename: name, delivery: delivery.delivery },
        fingerprint: () => Promise.resolve(
          ["respaldo", form.dataset.person, form.dataset.announce, name, file.size, file.lastModified].join("|")),
        onProgress: moved,
        onShouldRetry: (error) => {
          const status = error.originalResponse ? error.originalResponse.getStatus() : 0;
          const again = !status || status >= 500 || status === 409 || status === 423;
          if (again) said.textContent = form.dataset.waiting;
          return again;
        },
        onSuccess: async () => { await receive(upload); done(true); },
        onError: (error) => { refuse(name, error); done(false); },
      });
      upload.findPreviousUploads().then((before) => {
        if (before.length) upload.resumeFromPreviousUpload(before[0]);
        upload.start();
      });
    });
  }
  async function receive(upload) {
    const answer = await fetch(`${new URL(upload.url, location.href).pathname}/acuse`);
    if (!answer.ok) return;
    const holder = document.createElement("table");
    holder.innerHTML = await answer.text();
    rows.append(...holder.querySelectorAll("tr"));
    const place = answer.headers.get("X-Location");
    if (place) { link.href = place; link.hidden = false; }
  }
  function refuse(name, error) {
    let sentence = form.dataset.failed;
    try { sentence = JSON.parse(error.originalResponse.getBody()).sentence; } catch { /* no answer came */ }
    const row = rows.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    row.append(head);
    const cell = row.insertCell();
    cell.colSpan = 2;
    cell.className = "error";
    cell.textContent = sentence;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!chosen.size) { input.focus(); return; }
    button.disabled = true;
    live.hidden = false;
    bar.hidden = false;
    const waiting = Array.from(chosen.values());
    const all = waiting.length;
    const sent = new Map();
    bar.max = Math.max(1, waiting.reduce((sum, { file }) => sum + file.size, 0));
    let ended = 0;
    let taken = 0;
    try {
      const delivery = await announce();
      say(form.dataset.sending, { n: 0, of: all });
      const lane = async () => {
        for (let one = waiting.shift(); one; one = waiting.shift()) {
          const here = one;
          const good = await send(here, delivery, (bytes) => {
            sent.set(here, bytes);
            bar.value = Array.from(sent.values()).reduce((sum, part) => sum + part, 0);
          });
          ended += 1;
          if (good) taken += 1;
          say(form.dataset.sending, { n: ended, of: all });
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
      say(form.dataset.ended, { n: taken, of: all });
      if (taken === all && !link.hidden) { location.assign(link.href); return; }
    } catch (error) {
      said.textContent = error.message || form.dataset.failed;
    }
    chosen.clear();
    show();
    button.disabled = false;
  });
})();
