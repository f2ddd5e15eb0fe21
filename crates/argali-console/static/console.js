// Makes pages quicker; everything works without it.
"use strict";

// Copy buttons are of use only here.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = document.body.dataset.copied;
    button.setAttribute("aria-live", "polite");
    setTimeout(() => (button.textContent = label), 1600);
  });
}

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.submitter?.formTarget) return;
  if (event.target.method === "post" && event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// What narrows a list counts as soon as it is chosen.
for (const select of document.querySelectorAll("select[data-apply]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// Lists are narrowed while one types, and the field keeps the caret.
for (const form of document.querySelectorAll("form[data-narrows]")) {
  let timer;
  const narrow = async () => {
    const query = [...new FormData(form)].filter(([, value]) => value !== "");
    const address = form.action + (query.length ? "?" + new URLSearchParams(query) : "");
    const list = document.querySelector("[data-list]");
    const busy = setTimeout(() => list.setAttribute("aria-busy", "true"), 300);
    try {
      const answer = await fetch(address, { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-list]");
      if (!fresh || answer.redirected) return location.assign(address);
      list.replaceChildren(...fresh.childNodes);
      // The file and the way back are of this address, too.
      for (const part of ["a[download]", "form[data-narrows] .actions", "form[data-narrows] .segments"]) {
        const now = page.querySelectorAll(part);
        document.querySelectorAll(part).forEach((old, at) => now[at] && old.replaceWith(now[at]));
      }
      history.replaceState(null, "", address);
      offerAll();
      labelCells();
    } catch {
      form.requestSubmit();
    } finally {
      clearTimeout(busy);
      list.removeAttribute("aria-busy");
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(narrow, 350);
  });
}

// Cells say what they are where a window is narrow; pages with many rows leave that to us.
function labelCells() {
  for (const table of document.querySelectorAll("table")) {
    const heads = [...(table.tHead?.rows[0].cells ?? [])].map((head) => head.textContent.replace(/ [↑↓]$/, ""));
    for (const cell of table.querySelectorAll("tbody td:not([data-label])")) cell.dataset.label = heads[cell.cellIndex] ?? "";
  }
}
labelCells();

// Where one is is seen where there is not room for all: among tabs, and in the navigation, also once that is opened. What
// is scrolled into view by itself is where Tab goes on from, and that is the beginning of the page.
function showPlace() {
  for (const place of document.querySelectorAll(".tabs [aria-current], .side [aria-current]")) {
    const room = place.closest(".tabs, .side");
    const [at, around] = [place.getBoundingClientRect(), room.getBoundingClientRect()];
    const below = Math.max(0, at.bottom - around.bottom) + Math.min(0, at.top - around.top);
    room.scrollBy(at.left + at.width / 2 - around.left - around.width / 2, below);
  }
}
showPlace();
document.querySelector(".side")?.addEventListener("toggle", showPlace);

// One box ticks all of a list.
function offerAll() {
  for (const all of document.querySelectorAll("[data-all]")) {
    (all.closest("label") ?? all).hidden = false;
    all.addEventListener("change", () => {
      for (const box of all.form.elements) if (box.type === "checkbox") box.checked = all.checked;
    });
  }
}
offerAll();

// What went wrong is what is read first.
document.querySelector("[role=alert][tabindex]")?.focus();

// Where JSON is typed, Tab indents, until Escape frees it; lines have numbers, and names and values their colours, which
// lie behind the field: its own letters are transparent.
const JSON_PART = /("(?:[^"\\]|\\.)*"?)(\s*:)?|-?\d[\d.eE+-]*|\b(?:true|false|null)\b/g;
const made = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });
const coloured = (text) => {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(JSON_PART)) {
    const word = found[1] ?? found[0];
    parts.push(text.slice(end, found.index), made("span", found[2] ? "name" : "value", word));
    end = found.index + word.length;
  }
  return [...parts, text.slice(end), "\n"];
};
for (const area of document.querySelectorAll(".code textarea:is([id=Document], [id=PolicyDocument])")) {
  let free = false;
  area.addEventListener("focus", () => (free = false));
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") free = true;
    if (event.key !== "Tab" || event.shiftKey || free) return;
    event.preventDefault();
    area.setRangeText("  ", area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const [lined, gutter, shade] = [made("div", "lined"), made("div", "gutter"), made("pre", "shade")];
  gutter.ariaHidden = shade.ariaHidden = "true";
  area.before(lined);
  lined.append(shade, gutter, area);
  const follow = () => {
    gutter.scrollTop = shade.scrollTop = area.scrollTop;
    shade.scrollLeft = area.scrollLeft;
  };
  const show = () => {
    shade.replaceChildren(...coloured(area.value));
    gutter.replaceChildren(...area.value.split("\n").map((_, at) => made("span", "", at + 1)));
    follow();
  };
  area.addEventListener("input", show);
  area.addEventListener("scroll", follow);
  show();
}

// Keys: `/` searches, `?` lists them, `g` and a letter go, `n` makes something new, `j`, `k` and `x` are for rows. They
// can be turned off, here for this browser and under My security.
const goes = { h: "home", u: "users", g: "groups", r: "roles", p: "policies", d: "delegations", a: "activity", s: "switch-role" };
const keys = document.querySelector("#key-list");
const kept = (name, value) => {
  try {
    if (value !== undefined) localStorage.setItem(name, value);
    return localStorage.getItem(name);
  } catch {
    return null;
  }
};
const showKeys = () => {
  const on = keys.querySelector("[data-keys-on]");
  on.checked = kept("keys") !== "off";
  on.onchange = () => kept("keys", on.checked ? "on" : "off");
  keys.showModal();
};
for (const button of document.querySelectorAll("[data-show-keys]")) {
  button.hidden = !keys;
  button.addEventListener("click", showKeys);
}
const areOff = () => kept("keys") === "off" || document.body.dataset.keys === "off";
let wentAt = 0;
const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const rowLinks = () => [...document.querySelectorAll("tbody th a")];
const does = {
  "/": (event) => {
    const search = document.querySelector("[data-everywhere]") ?? document.querySelector("input[type=search]");
    if (search) (search.focus(), event.preventDefault());
  },
  "?": () => keys && showKeys(),
  g: () => (wentAt = Date.now()),
  n: () => document.querySelector("[data-new]")?.click(),
  x: () => document.activeElement.closest("tr")?.querySelector("input[type=checkbox]")?.click(),
  j: () => moveRow(1),
  k: () => moveRow(-1),
};
function moveRow(by) {
  const links = rowLinks();
  const at = links.indexOf(document.activeElement.closest("tr")?.querySelector("th a")) + by;
  links[Math.max(0, Math.min(at, links.length - 1))]?.focus();
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || areOff() || keys?.open) return;
  if (Date.now() - wentAt < 1000 && goes[event.key]) {
    document.querySelector(`[data-go="${goes[event.key]}"]`)?.click();
    wentAt = 0;
  } else if (Object.hasOwn(does, event.key)) {
    does[event.key](event);
  }
});

// A list that is live asks again every few seconds, unless it is in the background or somebody chooses in it.
const LIVE_MS = 5000;
for (const button of document.querySelectorAll("[data-live]")) {
  const part = document.getElementById(button.dataset.live);
  let timer;
  button.hidden = false;
  const renew = async () => {
    if (document.hidden || part.querySelector(":checked") || part.contains(document.activeElement)) return;
    const busy = setTimeout(() => part.setAttribute("aria-busy", "true"), 300);
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (!answer.ok || answer.redirected) return stop();
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
      if (!fresh) return stop();
      part.replaceChildren(...fresh.childNodes);
    } catch {
      // The next time may do better.
    } finally {
      clearTimeout(busy);
      part.removeAttribute("aria-busy");
    }
  };
  const stop = () => (clearInterval(timer), button.setAttribute("aria-pressed", "false"));
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-pressed") === "true") return stop();
    button.setAttribute("aria-pressed", "true");
    timer = setInterval(renew, LIVE_MS);
    renew();
  });
}

// What takes longer than a page may is got once the page is there.
for (const part of document.querySelectorAll("[data-load]")) {
  const busy = setTimeout(() => part.setAttribute("aria-busy", "true"), 300);
  fetch(part.dataset.load)
    .then(async (answer) => {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = answer.ok && page.getElementById(part.id);
      if (fresh) part.replaceChildren(...fresh.childNodes);
    })
    .catch(() => {}) // The way to the whole page remains.
    .finally(() => (clearTimeout(busy), part.removeAttribute("aria-busy")));
}

// A document is checked while it is written, and the actions of a service are shown once it is chosen.
for (const form of document.querySelectorAll("form[data-checked]")) {
  let timer;
  const check = async () => {
    const fields = new URLSearchParams(new FormData(form));
    fields.set("do", "check");
    // This is no sending of the form itself.
    fields.set("form", Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join(""));
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("check");
      if (fresh) document.getElementById("check").replaceChildren(...fresh.childNodes);
    } catch {
      // The button does the same.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(check, 700);
  });
  form.addEventListener("change", (event) => {
    if (event.target.name.startsWith("service-")) form.requestSubmit(form.querySelector("[data-shows-actions]"));
  });
}

// Instants that matter to the second, in the zone of whoever looks.
for (const time of document.querySelectorAll("time[data-exactly]")) {
  const parts = { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" };
  const words = new Date(time.dateTime).toLocaleString(document.documentElement.lang, { ...parts, timeZoneName: "short" });
  time.textContent = words;
}

// Rules of a new password, ticked as the server would judge them.
const isKept = {
  length: (text, least) => [...text].length >= least && [...text].length <= 32,
  different: (text, least) => new Set(text).size >= least,
  lower: (text) => /\p{Lowercase}/u.test(text),
  upper: (text) => /\p{Uppercase}/u.test(text),
  digit: (text) => /[0-9]/.test(text),
  symbol: (text) => /[^\p{Alphabetic}\p{N}]/u.test(text),
  without: (text, user) => text !== "" && !(user && text.toLowerCase().includes(user.toLowerCase())),
};
for (const list of document.querySelectorAll("[data-rules]")) {
  const field = list.closest("form").elements[list.dataset.rules];
  const judge = () => {
    for (const rule of list.querySelectorAll("[data-rule]")) {
      const [, name, value] = rule.dataset.rule.match(/^(\w+):?(.*)$/s);
      rule.querySelector("[data-mark]").textContent = isKept[name](field.value, value) ? "✓" : "○";
    }
  };
  field.addEventListener("input", judge);
  judge();
}

// A passkey: the browser asks the authenticator, and what that answers is sent with the form. Bytes are in base64url.
const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
async function credential(options) {
  const known = (list) => list?.map((one) => ({ ...one, id: toBytes(one.id) }));
  const publicKey = {
    ...options,
    challenge: toBytes(options.challenge),
    user: options.user && { ...options.user, id: toBytes(options.user.id) },
    excludeCredentials: known(options.excludeCredentials),
    allowCredentials: known(options.allowCredentials),
  };
  const answer = await navigator.credentials[options.user ? "create" : "get"]({ publicKey });
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (answer.response[part]) response[part] = toText(answer.response[part]);
  }
  return JSON.stringify({ id: answer.id, type: answer.type, response });
}
for (const part of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  const [button, failed] = [part.querySelector("[data-ask]"), part.querySelector("[data-failed]")];
  const options = JSON.parse(part.dataset.passkey);
  const form = part.closest("form");
  part.querySelector("[data-unable]").hidden = true;
  button.hidden = false;
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    if (options.user && !form.reportValidity()) return;
    failed.hidden = true;
    try {
      form.elements.Credential.value = await credential(options);
      form.noValidate = true;
      form.requestSubmit();
    } catch {
      failed.hidden = false;
    }
  });
}
