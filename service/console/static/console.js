// What pages do beyond being read: hear changes, keep drafts, count down, and answer to keys. Fragments are htmx's.
"use strict";
(() => {
  const words = document.body.dataset;
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  // --- live: a stream while the page is seen; hidden pages hold no connection, browsers have six of them for a site
  const state = document.getElementById("connection");
  const SILENT = 25000; // the server is heard from every ten seconds
  let source = null, heard = 0, asking = null;

  function show(name) {
    if (!state || state.dataset.state === name) return;
    state.dataset.state = name;
    state.textContent = words[`live${name[0].toUpperCase()}${name.slice(1)}`] || "";
    document.body.classList.toggle("stale", name === "lost" || name === "ended");
  }
  // what shows one talk follows at once; a list, which any talk changes, every two seconds at most
  const LIST = 2000;
  let listed = 0, later = null;
  function refresh(talks) {
    for (const place of all("[data-live]")) {
      const wanted = place.dataset.live;
      if (wanted === "*" ? talks === null : talks === null || talks.includes(wanted)) htmx.trigger(place, "live:changed");
    }
    if (talks === null) listed = Date.now(); else if (!later) later = setTimeout(refreshLists, Math.max(0, listed + LIST - Date.now()));
  }
  function refreshLists() {
    later = null;
    listed = Date.now();
    for (const place of all('[data-live="*"]')) htmx.trigger(place, "live:changed");
  }
  function connect() {
    if (source || document.hidden || !words.live) return;
    source = new EventSource(words.live);
    heard = Date.now();
    source.addEventListener("open", () => { heard = Date.now(); });
    source.addEventListener("hello", () => { heard = Date.now(); stopAsking(); show("live"); refresh(null); });
    source.addEventListener("beat", () => { heard = Date.now(); });
    source.addEventListener("talks", (event) => { heard = Date.now(); refresh(event.data.split(" ")); });
    source.addEventListener("ended", () => { disconnect(); show("ended"); });
    source.addEventListener("error", () => {
      const refused = source && source.readyState === EventSource.CLOSED;
      if (refused) { disconnect(); ask(); } else show("lost");
    });
  }
  function disconnect() {
    if (source) source.close();
    source = null;
  }
  // where there is no stream to be had, ask at intervals; any answer shows that the server is there
  function ask() {
    if (asking || document.hidden) return;
    asking = setTimeout(async () => {
      asking = null;
      try {
        const answer = await fetch(words.pulse, { headers: { [words.background]: "1" }, redirect: "manual" });
        if (answer.status === 204) { show("asking"); refresh(null); }
        else if (answer.type === "opaqueredirect" || answer.status === 401) { show("ended"); return; }
        else show("lost");
      } catch { show("lost"); }
      connect();
      if (!source || source.readyState !== EventSource.OPEN) ask();
    }, state && state.dataset.state === "asking" ? 10000 : 2000);
  }
  function stopAsking() { clearTimeout(asking); asking = null; }

  if (words.live) {
    connect();
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) { disconnect(); stopAsking(); } else connect();
    });
    addEventListener("offline", () => { disconnect(); show("lost"); ask(); });
    addEventListener("online", connect);
    addEventListener("pagehide", disconnect);
    setInterval(() => {
      if (source && Date.now() - heard > SILENT) { disconnect(); show("lost"); connect(); ask(); }
    }, 5000);
  }
  document.body.addEventListener("htmx:configRequest", (event) => {
    const cause = event.detail.triggeringEvent;
    if (cause && cause.type.startsWith("live:")) event.detail.headers[words.background] = "1";
  });
  document.body.addEventListener("htmx:sendError", () => show("lost"));

  // --- drafts: what was typed is kept in this tab until it was taken, whatever becomes of the page or the session
  const kept = (field) => `draft:${field.dataset.keep}`;
  function restore(root) {
    const taken = [root, ...all("[data-forget]", root)].filter((place) => place.dataset && place.dataset.forget);
    for (const place of taken) sessionStorage.removeItem(`draft:${place.dataset.forget}`);
    for (const field of all("[data-keep]", root)) {
      const found = sessionStorage.getItem(kept(field));
      if (found !== null && field.value === "") {
        field.value = found;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
  }
  document.addEventListener("input", (event) => {
    const field = event.target.closest && event.target.closest("[data-keep]");
    if (!field) return;
    if (field.value) sessionStorage.setItem(kept(field), field.value); else sessionStorage.removeItem(kept(field));
  });
  // --- a button that puts a text into a field: a safe wording in the place of a draft
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-put]");
    if (!button) return;
    const field = document.getElementById(button.dataset.put);
    field.value = button.dataset.text;
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // --- a button that copies a field, and says so
  document.addEventListener("click", async (event) => {
    const button = event.target.closest && event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy), before = button.textContent;
    try { await navigator.clipboard.writeText(field.value); } catch { field.select(); document.execCommand("copy"); }
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = before; }, 1500);
  });

  // --- what was taken is no draft any longer
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.requestConfig.elt; // which the answer may have taken out of the page
    if (!event.detail.successful || form.tagName !== "FORM") return;
    for (const field of all("[data-keep]", form)) {
      field.value = "";
      sessionStorage.removeItem(kept(field));
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    refresh(null);
  });

  // --- a transcript stands at its end, and stays there while it grows, unless somebody reads further up
  const atEnd = (place) => place.scrollHeight - place.scrollTop - place.clientHeight < 40;
  let follows = true;
  document.body.addEventListener("htmx:beforeSwap", () => {
    const place = document.querySelector("[data-end]");
    follows = !place || atEnd(place);
    words.top = place ? place.scrollTop : 0;
  });
  function toEnd() {
    for (const place of all("[data-end]")) place.scrollTop = follows ? place.scrollHeight : Number(words.top || 0);
  }

  // --- due times count down, in the words of the page
  function countDown() {
    for (const place of all("[data-due]")) {
      const left = Math.round((Date.parse(place.dataset.due) - Date.now()) / 60000);
      const [name, value] = left < 0 ? ["duePast", -left] : ["dueLeft", left];
      const hours = Math.floor(value / 60), text = words[hours < 48 ? name : `${name}Days`];
      place.textContent = text
        .replace("{h}", hours).replace("{m}", String(value % 60).padStart(2, "0")).replace("{d}", Math.floor(hours / 24));
      place.classList.toggle("past", left < 0);
    }
  }
  setInterval(countDown, 15000);

  // --- keys: whatever has data-key answers to it; ? shows them all
  const typing = (target) => target.matches && target.matches("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    const name = (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + event.key;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (plain && typing(event.target)) return;
    if (name === "?") { event.preventDefault(); help(); return; }
    const found = all(`[data-key="${CSS.escape(name)}"]`).find((each) => each.checkVisibility ? each.checkVisibility() : true);
    if (!found) return;
    event.preventDefault();
    if (typing(found)) found.focus(); else found.click();
  });
  function help() {
    const dialog = document.getElementById("keys");
    if (!dialog || dialog.open) return;
    const list = dialog.querySelector("dl");
    list.replaceChildren();
    for (const place of all("[data-key]")) {
      const key = document.createElement("dt"), what = document.createElement("dd");
      key.append(Object.assign(document.createElement("kbd"), { textContent: place.dataset.key }));
      what.textContent = place.dataset.keyName || place.getAttribute("aria-label") || place.textContent.trim();
      list.append(key, what);
    }
    dialog.showModal();
  }

  document.body.addEventListener("htmx:load", (event) => { restore(event.detail.elt); countDown(); });
  document.body.addEventListener("htmx:afterSwap", toEnd);
  restore(document);
  countDown();
  toEnd();
})();
