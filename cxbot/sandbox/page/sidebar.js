// The list of channels and direct messages; a drawer on narrow screens.

import { h, hidden, icon, unchanged } from "./dom.js";
import { companyOf, nameOf } from "./people.js";
import { say } from "./say.js";
import { MAILBOX, go, session, user } from "./session.js";
import { threadsWithNews } from "./unread.js";

export function renderSidebar(host) {
  if (!session.state) return;
  const rows = session.state.channels.map((each) => ({ ...each, messages: null, news: each.unread + threadsWithNews(each.id) }));
  const { mails } = session.state;
  const mailbox = mails ? { id: MAILBOX, name: say("Mailbox"), testid: "Mailbox", kind: MAILBOX, news: mails.filter((each) => !each.read).length } : null;
  if (unchanged(host, [rows, mailbox, session.channel, session.me])) return;
  const focused = host.contains(document.activeElement) ? document.activeElement.dataset.channel : null;
  const channels = rows.filter((each) => each.kind !== "dm");
  const direct = rows.filter((each) => each.kind === "dm");
  host.replaceChildren(
    group(say("Channels"), channels, channels.length ? null : say("You are in no channel.")),
    direct.length ? group(say("Direct messages"), direct) : "",
    mailbox ? group(say("Outside Slack"), [mailbox]) : "",
  );
  if (focused) host.querySelector(`[data-channel="${CSS.escape(focused)}"]`)?.focus();
}

function group(title, rows, empty = null) {
  return h("section", null, h("h2", null, title), empty ? h("p", { class: "hint" }, empty) : null, h("ul", null, rows.map((each) => h("li", null, row(each)))));
}

function row(place) {
  const current = place.id === session.channel;
  return h(
    "button",
    {
      type: "button", class: place.news && !current ? "place unread" : "place", "aria-current": current ? "page" : null,
      dataset: { testid: `channel-${place.testid ?? place.name}`, channel: place.id },
      onclick: () => { closeDrawer(); go({ channel: place.id }); },
    },
    mark(place),
    h("span", { class: "place-name" }, place.name),
    sharedMark(place),
    place.news && !current ? h("span", { class: "count" }, String(place.news), hidden(" ", say("new"))) : null,
  );
}

export function mark(place) {
  if (place.kind === "dm") return h("span", { class: "mark mark-app", "aria-hidden": "true" }, place.name.slice(0, 2));
  if (place.kind === MAILBOX) return h("span", { class: "mark" }, icon("mail"));
  if (place.kind === "private") return h("span", { class: "mark" }, icon("lock"), hidden(say("private channel"), " "));
  return h("span", { class: "mark", "aria-hidden": "true" }, "#");
}

export function sharedMark(place) {
  if (!place.shared) return null;
  const outside = place.members.filter((id) => user(id)?.external);
  const company = place.shared_with ?? outside.map(companyOf).find(Boolean);
  const shared = company ? say("Shared with {company}", { company }) : say("Shared with people outside");
  const title = outside.length ? `${shared}: ${outside.map(nameOf).join(", ")}` : shared;
  return h("span", { class: "shared", title }, icon("share"), company ? hidden(say("shared with"), " ") : null, h("span", null, company ?? say("shared")));
}

const parts = () => ({
  sidebar: document.getElementById("sidebar"),
  button: document.getElementById("open-sidebar"),
  veil: document.getElementById("veil"),
});

export function openDrawer() {
  const { sidebar, button, veil } = parts();
  sidebar.classList.add("drawer-open");
  button.setAttribute("aria-expanded", "true");
  veil.hidden = false;
  (sidebar.querySelector("[aria-current]") ?? sidebar.querySelector("button"))?.focus();
}

export function closeDrawer() {
  const { sidebar, button, veil } = parts();
  if (!sidebar.classList.contains("drawer-open")) return;
  sidebar.classList.remove("drawer-open");
  button.setAttribute("aria-expanded", "false");
  veil.hidden = true;
  button.focus();
}

export function startDrawer() {
  const { sidebar, button, veil } = parts();
  button.addEventListener("click", () => (sidebar.classList.contains("drawer-open") ? closeDrawer() : openDrawer()));
  veil.addEventListener("click", closeDrawer);
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeDrawer());
  sidebar.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const rows = [...sidebar.querySelectorAll(".place")];
    const to = rows[rows.indexOf(document.activeElement) + step];
    if (to) { event.preventDefault(); to.focus(); }
  });
}
