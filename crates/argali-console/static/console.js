// Makes pages quicker; everything works without it.
"use strict";

// What is done with each element of a kind, on a page and on every part of one that comes later.
const kinds = [];
const makes = (selector, act) => kinds.push([selector, act]);
const enhance = (part) => {
  for (const [selector, act] of kinds) part.querySelectorAll(selector).forEach(act);
};

// A page that is got from behind another, and what is marked as busy if it takes long.
const SOON_MS = 300;
async function got(address, options, waiting) {
  const busy = setTimeout(() => waiting?.setAttribute("aria-busy", "true"), SOON_MS);
  try {
    const answer = await fetch(address, { headers: { accept: "text/html" }, ...options });
    return { answer, page: new DOMParser().parseFromString(await answer.text(), "text/html") };
  } finally {
    clearTimeout(busy);
    waiting?.removeAttribute("aria-busy");
  }
}

// What a form would send, as its button does or as one that is called `word`: that is no sending of the form itself.
function sent(form, word) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set("do", word);
  fields.set("form", Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join(""));
  if (form.method === "post") return [form.action, { method: "POST", body: fields }];
  return [`${form.action}?${fields}`, {}];
}

// Puts what is in `fresh` in the place of what is in `old`.
function renew(old, fresh) {
  old.replaceChildren(...fresh.childNodes);
  enhance(old);
}

// Something is done once nobody has typed for a while.
function whenStill(element, after, act) {
  let timer;
  element.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(act, after);
  });
}

// Where an element's neighbours are: the panel that is open, or the page.
const around = (element) => element.closest("dialog") ?? document;

// Copy buttons are of use only here.
makes("button[data-copy]", (button) => {
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = document.body.dataset.copied;
    button.setAttribute("aria-live", "polite");
    setTimeout(() => (button.textContent = label), 1600);
  });
});

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
makes("select[data-apply]", (select) => select.addEventListener("change", () => select.form.requestSubmit()));

// Lists are narrowed while one types, and the field keeps the caret.
makes("form[data-narrows]", (form) => {
  const narrow = async () => {
    const query = [...new FormData(form)].filter(([, value]) => value !== "");
    const address = form.action + (query.length ? "?" + new URLSearchParams(query) : "");
    const list = document.querySelector("[data-list]");
    try {
      const { answer, page } = await got(address, {}, list);
      const fresh = page.querySelector("[data-list]");
      if (!fresh || answer.redirected) return location.assign(address);
      renew(list, fresh);
      // The file and the way back are of this address, too.
      for (const part of ["a[download]", "form[data-narrows] .actions", "form[data-narrows] .segments"]) {
        const now = page.querySelectorAll(part);
        document.querySelectorAll(part).forEach((old, at) => now[at] && old.replaceWith(now[at]));
      }
      history.replaceState(null, "", address);
      own = here();
    } catch {
      form.requestSubmit();
    }
  };
  whenStill(form, 350, narrow);
});

// Where a search leads to something at once, Enter takes the first that was found, if that is of what was typed.
makes("[data-enters] form", (form) => {
  form.addEventListener("submit", (event) => {
    const first = document.querySelector("[data-list] [data-first]");
    const wanted = form.elements.q.value;
    if (!first || !wanted || new URLSearchParams(location.search).get("q") !== wanted) return;
    event.preventDefault();
    first.form.requestSubmit(first);
  });
});

// What is looked for within a form is found while one types: it is asked as the button beside the field would ask.
makes("input[data-finds]", (field) => {
  const button = field.form.querySelector(`button[data-for="${field.dataset.finds}"]`);
  button.hidden = true;
  whenStill(field, 250, async () => {
    const old = around(field).querySelector(`#${field.dataset.finds}`);
    try {
      const { page } = await got(...sent(field.form, button.value), old);
      const fresh = page.getElementById(old.id);
      if (fresh) renew(old, fresh);
    } catch {
      button.hidden = false;
    }
  });
  // Enter takes the first that was found.
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    around(field).querySelector(`#${field.dataset.finds} input:not(:checked)`)?.click();
    field.select();
  });
});

// Cells say what they are where a window is narrow; pages with many rows leave that to us.
makes("table", (table) => {
  const heads = [...(table.tHead?.rows[0].cells ?? [])].map((head) => head.textContent.replace(/ [↑↓]$/, ""));
  for (const cell of table.querySelectorAll("tbody td:not([data-label])")) cell.dataset.label = heads[cell.cellIndex] ?? "";
});

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
makes("[data-all]", (all) => {
  (all.closest("label") ?? all).hidden = false;
  all.addEventListener("change", () => {
    for (const box of all.form.elements) if (box.type === "checkbox") box.checked = all.checked;
  });
});

// What went wrong is what is read first.
makes("[role=alert][tabindex]", (alert) => alert.focus());

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
makes(".code textarea:is([id=Document], [id=PolicyDocument])", (area) => {
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
});

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
makes("[data-show-keys]", (button) => {
  button.hidden = !keys;
  button.addEventListener("click", showKeys);
});
const areOff = () => kept("keys") === "off" || document.body.dataset.keys === "off";
let wentAt = 0;
const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const rowLink = (row) => row?.querySelector("a[href]") ?? [];
const rowLinks = () => [...document.querySelectorAll("tbody tr")].flatMap(rowLink);
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
  const at = links.indexOf(rowLink(document.activeElement.closest("tr"))) + by;
  links[Math.max(0, Math.min(at, links.length - 1))]?.focus();
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || areOff() || document.querySelector("dialog[open]")) return;
  if (Date.now() - wentAt < 1000 && goes[event.key]) {
    document.querySelector(`[data-go="${goes[event.key]}"]`)?.click();
    wentAt = 0;
  } else if (Object.hasOwn(does, event.key)) {
    does[event.key](event);
  }
});

// A list that is live asks again every few seconds, unless it is in the background or somebody chooses in it.
const LIVE_MS = 5000;
makes("[data-live]", (button) => {
  const part = document.getElementById(button.dataset.live);
  let timer;
  button.hidden = false;
  const again = async () => {
    if (document.hidden || panel.open || part.querySelector(":checked") || part.contains(document.activeElement)) return;
    try {
      const { answer, page } = await got(location.href, {}, part);
      const fresh = page.getElementById(part.id);
      if (!fresh || !answer.ok || answer.redirected) return stop();
      renew(part, fresh);
    } catch {
      // The next time may do better.
    }
  };
  const stop = () => (clearInterval(timer), button.setAttribute("aria-pressed", "false"));
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-pressed") === "true") return stop();
    button.setAttribute("aria-pressed", "true");
    timer = setInterval(again, LIVE_MS);
    again();
  });
});

// What takes longer than a page may is got once the page is there; without us the way to the whole page remains.
makes("[data-load]", async (part) => {
  try {
    const { answer, page } = await got(part.dataset.load, {}, part);
    const fresh = page.getElementById(part.id);
    if (fresh && answer.ok) renew(part, fresh);
  } catch {
    // The way remains.
  }
});

// A document is checked while it is written, and the actions of a service are shown once it is chosen.
makes("form[data-checked]", (form) => {
  whenStill(form, 700, async () => {
    try {
      const { page } = await got(...sent(form, "check"));
      const [old, fresh] = [around(form).querySelector("#check"), page.getElementById("check")];
      if (old && fresh) renew(old, fresh);
    } catch {
      // The button does the same.
    }
  });
  form.addEventListener("change", (event) => {
    if (event.target.name.startsWith("service-")) form.requestSubmit(form.querySelector("[data-shows-actions]"));
  });
});

// A page that is a panel opens beside the page it is opened from, at its own address: Back closes it, a reload shows it
// as a page. What its forms lead to is shown in it, too; once something was sent, the page behind it is got anew.
const panel = made("dialog", "drawer", "");
const here = () => location.href.split("#")[0];
const panels = document.body.dataset.panels.split(" ");
let [own, hasSent] = [here(), false];
async function beside(address, options, pressed) {
  const { answer, page } = await got(address, options, panel);
  // A refusal is told here, as it is not told twice.
  const content = page.querySelector(answer.ok ? "main:has([data-close])" : "main");
  if (!content) return location.assign(answer.url);
  content.querySelectorAll(".trail, .banner").forEach((part) => part.remove());
  const close = made("button", "quiet", document.body.dataset.close);
  close.addEventListener("click", () => panel.close());
  // The same page once more, with nothing wrong, stays where one was.
  const title = content.querySelector("h1");
  const stays = panel.open && title.textContent === panel.ariaLabel && !content.querySelector("[role=alert]");
  const place = stays ? panel.scrollTop : 0;
  panel.replaceChildren(close, ...content.childNodes);
  [panel.ariaLabel, title.tabIndex] = [title.textContent, -1];
  if (!panel.open) panel.showModal();
  const again = stays && [...panel.querySelectorAll("button[value]")].find((button) => button.value === pressed?.value);
  (again || title).focus({ preventScroll: true });
  panel.scrollTop = place;
  enhance(panel);
}
document.body.append(panel);
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const closes = panel.contains(link) && "close" in link.dataset;
  if (!closes && !panels.some((path) => link.pathname.endsWith(path))) return;
  event.preventDefault();
  if (closes) return panel.close();
  try {
    await beside(link.href);
    hasSent = false;
    history.pushState({ panel: true }, "", link.href);
  } catch {
    location.assign(link.href);
  }
});
panel.addEventListener("submit", async (event) => {
  const [form, button] = [event.target, event.submitter];
  if (event.defaultPrevented || button?.formTarget || button?.dataset.leaves) return;
  event.preventDefault();
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  const fields = new FormData(form);
  if (button?.name) fields.append(button.name, button.value);
  const body = new URLSearchParams(fields);
  const isPost = form.method === "post";
  hasSent ||= isPost;
  try {
    await (isPost ? beside(form.action, { method: "POST", body }, button) : beside(`${form.action}?${body}`, {}, button));
  } catch {
    form.submit();
  }
});
panel.addEventListener("close", () => history.state?.panel && history.back());
window.addEventListener("popstate", () => {
  if (panel.open) panel.close();
  if (hasSent || here() !== own) location.reload();
});

// The zone of whoever looks is told to the server, which reads the days of filters in it.
const ahead = -new Date().getTimezoneOffset();
const two = (number) => String(Math.floor(number)).padStart(2, "0");
const zone = (ahead < 0 ? "-" : "+") + two(Math.abs(ahead) / 60) + ":" + two(Math.abs(ahead) % 60);
const host = location.protocol === "https:" ? "__Host-" : "";
document.cookie = `${host}argali-zone=${zone}; Path=/; SameSite=Lax; Max-Age=31536000${host && "; Secure"}`;

// Instants that matter to the second, in the zone of whoever looks.
makes("time[data-exactly]", (time) => {
  const parts = { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" };
  const words = new Date(time.dateTime).toLocaleString(document.documentElement.lang, { ...parts, timeZoneName: "short" });
  time.textContent = words;
});

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
makes("[data-rules]", (list) => {
  const field = list.closest("form").elements[list.dataset.rules];
  const judge = () => {
    for (const rule of list.querySelectorAll("[data-rule]")) {
      const [, name, value] = rule.dataset.rule.match(/^(\w+):?(.*)$/s);
      rule.querySelector("[data-mark]").textContent = isKept[name](field.value, value) ? "✓" : "○";
    }
  };
  field.addEventListener("input", judge);
  judge();
});

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
makes("[data-passkey]", (part) => {
  if (!window.PublicKeyCredential) return;
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
});

enhance(document);
