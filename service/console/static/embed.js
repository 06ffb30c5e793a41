// The frame beside a chat workbench: asks for its parts with the token, which stands in the fragment and is cleared.
"use strict";
(() => {
  const words = document.body.dataset, place = (name) => document.getElementById(name);
  const origins = words.origins.split(" ").filter(Boolean);
  let token = location.hash.slice(1), asked = 0;
  history.replaceState(null, "", location.pathname + location.search);

  // the token is asked of whoever holds the frame; nobody else is answered
  const wanted = () => { for (const origin of origins) parent.postMessage({ type: "baitwatch:token" }, origin); };
  addEventListener("message", (event) => {
    const told = event.data;
    if (event.source !== parent || !origins.includes(event.origin) || !told || told.type !== "baitwatch:token") return;
    if (typeof told.token !== "string") return;
    token = told.token;
    refresh();
    check();
  });
  async function part(url, into, body) {
    let answer;
    try {
      answer = await fetch(url, { method: body ? "POST" : "GET", body, headers: { [words.header]: token }, credentials: "omit" });
    } catch { return say(words.lost); }
    if (answer.status === 401) { say(words.ended); wanted(); return false; }
    if (!answer.ok && answer.status !== 422) return say(words.lost);
    say("");
    return [into, await answer.text()];
  }
  function say(text) {
    place("state").textContent = text;
    document.body.classList.toggle("stale", text !== "");
    return false;
  }
  function put(got) { if (got) place(got[0]).innerHTML = got[1]; } // written and escaped by our own server
  async function refresh() { put(await part(words.now, "now")); }
  async function check() {
    const mine = ++asked, got = await part(words.check, "check", new URLSearchParams({ text: place("draft").value }));
    if (mine === asked) put(got);
  }
  let timer = null;
  place("draft").addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(check, 120); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-put]");
    if (!button) return;
    place("draft").value = button.dataset.text;
    place("draft").focus();
    check();
  });
  setInterval(() => { if (!document.hidden) refresh(); }, 5000);
  refresh();
})();
