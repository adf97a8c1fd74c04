// The reading of a delivery, live: one stream of events while the server has room for it, else a question every two
// seconds. Without this program the page has its button to look again.
"use strict";

(() => {
  const POLL = 2000;
  const box = () => document.querySelector("#progress[data-events]");
  const refresh = () => { if (box()) htmx.trigger("#progress", "refresh"); };
  let asking = 0;

  function ask() {
    if (asking || !box()) return;
    const mark = () => { if (box()) box().dataset.live = "poll"; };
    mark();
    document.addEventListener("htmx:load", mark);  // what took its place is asked about too
    asking = setInterval(() => { if (box()) refresh(); else clearInterval(asking); }, POLL);
  }
  function tell(seen) {
    const now = box();
    if (!now) return;
    now.dataset.live = "stream";
    const label = now.querySelector("label");
    label.textContent = label.dataset.text.replace(/\{(\w+)\}/g, (_, key) => seen[key].toLocaleString("es-MX"));
    const bar = now.querySelector("progress");
    bar.max = Math.max(1, seen.pages);
    bar.value = seen.read;
    const changed = String(seen.remarked) !== now.dataset.remarked || String(seen.failed) !== now.dataset.failed;
    if (changed || seen.done) refresh();
  }
  if (!box()) return;
  if (!window.EventSource) { ask(); return; }
  const stream = new EventSource(box().dataset.events);
  stream.addEventListener("avance", (event) => {
    const seen = JSON.parse(event.data);
    tell(seen);
    if (seen.done) stream.close();
  });
  stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) ask(); });
})();
