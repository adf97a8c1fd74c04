// Small things every page shares. Each page works without this file.
"use strict";

// Confirm before what cannot be taken back: <form data-confirm="...">.
document.addEventListener("submit", (event) => {
  const question = event.target.getAttribute("data-confirm");
  if (question && !window.confirm(question)) event.preventDefault();
});

// A countdown to a moment given in the element: <time data-deadline datetime="...">.
function tick() {
  for (const clock of document.querySelectorAll("[data-deadline]")) {
    const left = new Date(clock.dateTime) - Date.now();
    const out = clock.querySelector("[data-left]");
    if (!out) continue;
    if (left <= 0) { out.textContent = out.dataset.over || "0 h 00 min"; continue; }
    const minutes = Math.floor(left / 60000);
    out.textContent = `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
  }
}
tick();
setInterval(tick, 20000);

// "Select all" boxes: <input type="checkbox" data-all="name">.
document.addEventListener("change", (event) => {
  const name = event.target.getAttribute && event.target.getAttribute("data-all");
  if (!name) return;
  for (const box of event.target.form.querySelectorAll(`input[type=checkbox][name="${name}"]`)) {
    box.checked = event.target.checked;
  }
});
