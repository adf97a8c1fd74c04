// Drag and drop of many files anywhere on the upload page, with a list and progress. Without it the form still works.
"use strict";

(() => {
  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const zone = form.querySelector(".drop");
  const list = form.querySelector("[data-chosen]");
  const bar = form.querySelector("progress");
  const said = form.querySelector("[data-said]");
  const button = form.querySelector("button.primary");

  function size(bytes) {
    return bytes > 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} KB`;
  }
  function show() {
    list.replaceChildren(...Array.from(input.files, (file) => {
      const item = document.createElement("li");
      item.textContent = `${file.name} (${size(file.size)})`;
      return item;
    }));
  }
  input.addEventListener("change", show);

  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      if (!event.dataTransfer || !Array.from(event.dataTransfer.types).includes("Files")) return;
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) zone.classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer || !event.dataTransfer.files.length) return;
    event.preventDefault();
    zone.classList.remove("over");
    const all = new DataTransfer();
    for (const file of input.files) all.items.add(file);
    for (const file of event.dataTransfer.files) all.items.add(file);
    input.files = all.files;
    show();
  });

  form.addEventListener("submit", (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Upload", "1");
    request.upload.addEventListener("progress", (moved) => {
      if (!moved.lengthComputable) return;
      bar.hidden = false;
      bar.max = moved.total;
      bar.value = moved.loaded;
      said.textContent = `${Math.round((100 * moved.loaded) / moved.total)} %`;
    });
    request.addEventListener("load", () => {
      const to = request.getResponseHeader("X-Location");
      if (request.status === 201 && to) { window.location.assign(to); return; }
      document.open();
      document.write(request.responseText);
      document.close();
    });
    request.addEventListener("error", () => {
      said.textContent = form.dataset.failed;
      button.disabled = false;
    });
    button.disabled = true;
    said.textContent = form.dataset.sending;
    request.send(new FormData(form));
  });
})();
