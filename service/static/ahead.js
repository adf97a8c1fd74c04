// The next item is fetched while a person looks at this one, and stands on the screen the moment they answer; the
// answer travels behind it. Without this file an answer is a form and the next item a page.
"use strict";

(() => {
  let next = null; // the item ahead: its address, title and <main>, its picture decoded
  let sending = Promise.resolve(); // answers on their way, one after the other
  let open = 0;
  let since = 0; // when this item came on the screen

  const SOONEST = 150; // ms: an answer to what nobody can have seen yet is a key that bounced

  const here = () => document.querySelector("[data-following]");

  async function fetchAhead() {
    next = null;
    const from = here();
    if (!from) return;
    const answer = await fetch(from.dataset.following, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = page.querySelector("main");
    for (const without of page.querySelectorAll("noscript")) without.remove(); // parsed as if script were off
    const picture = main && main.querySelector("#crop img");
    if (!picture || here() !== from) return;
    const warm = new Image();
    warm.src = picture.getAttribute("src");
    await warm.decode().catch(() => {});
    const address = new URL(answer.url);
    address.searchParams.delete("tras");
    if (here() !== from) return;
    next = { address: address.href, title: page.title, main };
    from.dataset.ready = "";
  }

  function show(ahead) {
    document.querySelector("main").replaceWith(document.adoptNode(ahead.main));
    document.title = ahead.title;
    history.pushState(null, "", ahead.address);
    since = performance.now();
    window.scrollTo(0, 0);
    document.querySelector("main").focus({ preventScroll: true });
    document.dispatchEvent(new Event("desk:shown"));
  }

  function say(text, failed, back) {
    const line = document.querySelector("[data-said]");
    if (!line) return;
    line.textContent = text;
    line.classList.toggle("error", failed);
    if (back) {
      const link = document.createElement("a");
      link.href = back;
      link.textContent = line.dataset.back;
      line.append(" ", link);
    }
  }

  async function send(action, body, back) {
    open += 1;
    try {
      const answer = await fetch(action, {
        method: "POST", body, credentials: "same-origin", keepalive: true,
        headers: { "X-Desk": "1", "HX-Request": "true" },
      });
      if (answer.ok) { say((await answer.json()).said, false, ""); return; }
      const part = new DOMParser().parseFromString(await answer.text(), "text/html");
      say(part.body.textContent.trim() || String(answer.status), true, back);
    } catch (_fault) {
      const line = document.querySelector("[data-said]");
      say(line ? line.dataset.failed : "", true, back);
    } finally {
      open -= 1;
    }
  }

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.getAttribute("method") === "dialog") return;
    const form = event.target;
    if (since && performance.now() - since < SOONEST) { event.preventDefault(); return; }
    if (form.hasAttribute("data-answer") && next) {
      event.preventDefault();
      const body = new URLSearchParams(new FormData(form, event.submitter));
      const ahead = next;
      const back = location.href;
      sending = sending.then(() => send(form.action, body, back));
      setTimeout(() => { show(ahead); sending.then(fetchAhead); }, 0); // after the form's own listeners
      return;
    }
    if (open) { // what is done now must come after what was answered before: U takes back the last one
      event.preventDefault();
      const submitter = event.submitter;
      sending.then(() => form.requestSubmit(submitter));
    }
  }, true);

  window.addEventListener("popstate", () => location.reload());
  sending.then(fetchAhead);
})();
