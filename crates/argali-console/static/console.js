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

// What went wrong is what is read first.
document.querySelector("[role=alert][tabindex]")?.focus();

// Where code is typed, Tab indents, until Escape frees it; lines have numbers.
for (const area of document.querySelectorAll(".editor #Document")) {
  let free = false;
  area.addEventListener("focus", () => (free = false));
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") free = true;
    if (event.key !== "Tab" || event.shiftKey || free) return;
    event.preventDefault();
    area.setRangeText("  ", area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input"));
  });
  const lined = document.createElement("div");
  const gutter = document.createElement("div");
  lined.className = "lined";
  gutter.className = "gutter";
  gutter.ariaHidden = "true";
  area.before(lined);
  lined.append(gutter, area);
  const number = () => {
    const lines = area.value.split("\n");
    gutter.replaceChildren(...lines.map((_, at) => Object.assign(document.createElement("span"), { textContent: at + 1 })));
    gutter.scrollTop = area.scrollTop;
  };
  area.addEventListener("input", number);
  area.addEventListener("scroll", () => (gutter.scrollTop = area.scrollTop));
  number();
}

// Keys: `/` searches, `g` and a letter go, `n` makes something new,
// `j` and `k` move along rows, `x` selects one, `?` lists them all. They can be turned off under My security.
const goes = { h: "home", u: "users", g: "groups", r: "roles", p: "policies", d: "delegations", a: "activity", s: "switch-role" };
let wentAt = 0;
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.body.dataset.keys === "off") return;
  if (Date.now() - wentAt < 1000 && goes[event.key]) {
    document.querySelector(`[data-go="${goes[event.key]}"]`)?.click();
    wentAt = 0;
  } else if (event.key === "g") {
    wentAt = Date.now();
  } else if (event.key === "/") {
    const search = document.querySelector("input[type=search]");
    if (search) (search.focus(), event.preventDefault());
  } else if (event.key === "?") {
    location.href = "/console/me?tab=console";
  } else if (event.key === "x") {
    document.activeElement.closest("tr")?.querySelector("input[type=checkbox]")?.click();
  } else if (event.key === "n") {
    document.querySelector("[data-new]")?.click();
  } else if (event.key === "j" || event.key === "k") {
    const links = [...document.querySelectorAll("tbody th a")];
    const at = links.indexOf(document.activeElement) + (event.key === "j" ? 1 : -1);
    links[Math.max(0, Math.min(at, links.length - 1))]?.focus();
  }
});
