// Outside Slack: the sample helpdesk and workflow, and the mailbox of customers who are not in Slack.

import { act } from "./api.js";
import { append, h, hidden, icon, reconcile, unchanged } from "./dom.js";
import { format } from "./mrkdwn.js";
import { perform } from "./perform.js";
import { say } from "./say.js";
import { MAILBOX, go, mailAt, session } from "./session.js";
import { workflow } from "./workflow.js";

const VIEWS = [["html", say("Formatted")], ["text", say("Plain text")]];
const ADDRESS = /(https?:\/\/\S+)/;

let view = "html";
const reading = new Set();

/** The panel; gives the function that updates it. */
export function startOutside(host) {
  const desk = helpdesk();
  const flow = workflow();
  const list = h("ul", { class: "mails", "aria-label": say("Mails, the newest first") });
  const none = h("p", { class: "hint" });
  const side = h("div", { class: "outside-side" }, desk.box, flow.box, h("section", { "aria-labelledby": "mailbox-title" },
    h("h2", { class: "side-title", id: "mailbox-title" }, say("Mailbox")), none, list));
  const shown = h("article", { class: "mail", "aria-label": say("Mail"), dataset: { testid: "mail" } });
  host.append(
    h("header", { class: "panel-head" }, h("h2", { class: "panel-title" }, icon("mail"), say("Outside Slack")),
      h("p", { class: "topic" }, say("Sample data. Mails are kept here; nothing is sent anywhere."))),
    h("div", { class: "outside-columns" }, side, shown));
  host.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && session.thread) backToList();
  });

  let open = null;
  return () => {
    const here = session.channel === MAILBOX;
    host.hidden = !here;
    document.getElementById("main").hidden = here;
    if (!here) { open = null; return; }
    desk.update();
    flow.update();
    const { mails } = session.state;
    none.hidden = mails.length > 0;
    none.textContent = session.state.helpdesk ? say("No mail yet. Close a case, then move the clock 10 minutes forward.") : say("No mail yet.");
    reconcile(list, mails.toReversed().map((mail) => ({
      key: mail.id, content: [mail, mail.id === session.thread], make: () => h("li", null, row(mail)),
    })));
    const mail = mailAt(session.thread);
    host.classList.toggle("with-mail", Boolean(mail));
    showMail(shown, mail);
    if (mail && open !== mail.id) shown.querySelector("h2").focus({ preventScroll: true });
    open = mail?.id ?? null;
    if (mail && !mail.read) markRead(mail);
  };
}

function helpdesk() {
  const button = (testid, label, doing) => h("button", {
    type: "button", class: "button", dataset: { testid }, onclick: (event) => perform(event.currentTarget, doing),
  }, h("span", null, label));
  const close = button("close-case", say("Close a case"), "close_case");
  const reopen = button("reopen-case", say("Reopen it"), "reopen_case");
  const about = h("p");
  const said = h("p", { class: "hint", role: "status", dataset: { testid: "helpdesk-said" } });
  const box = h("section", { class: "desk", "aria-labelledby": "desk-title", dataset: { testid: "helpdesk" } },
    h("h2", { class: "side-title", id: "desk-title" }, say("Helpdesk (sample)")), about, h("div", { class: "actions" }, close, reopen), said);
  const update = () => {
    const desk = session.state.helpdesk;
    box.hidden = !desk;
    if (!desk || unchanged(box, desk)) return;
    const { name, email } = desk.about.customer;
    about.replaceChildren();
    append(about, h("strong", null, name), " ", h("span", { class: "hint" }, email),
      h("br"), desk.case ? [say("Case {id}", { id: desk.case }), " ", h("span", { class: "badge" }, desk.open ? say("open") : say("closed"))] : say("No case was closed yet."));
    const focused = document.activeElement === reopen;
    reopen.disabled = !desk.case || desk.open;
    if (focused && reopen.disabled) close.focus();
    said.replaceChildren();
    if (desk.told) append(said, say("It told the bot {what} and got {status}:", { what: desk.told, status: desk.status || say("no answer") }), " ", h("code", null, inWords(desk.answer)));
  };
  return { box, update };
}

const inWords = (answer) => Object.entries(answer).map(([key, value]) => `${key} ${value}`).join(", ");

function row(mail) {
  const current = mail.id === session.thread;
  return h("button", {
    type: "button", class: mail.read || current ? "mail-row" : "mail-row unread", "aria-current": current ? "true" : null,
    dataset: { testid: `mail-${mail.id}`, focus: "row" }, onclick: () => go({ thread: mail.id }),
  },
    h("span", { class: "mail-from" }, hidden(say("From"), " "), nameIn(mail.from)), h("time", { title: mail.local_time }, time(mail)),
    h("span", { class: "mail-subject" }, mail.subject, mail.read || current ? null : hidden(" ", say("(new)"))),
    h("span", { class: "mail-to" }, say("to {address}", { address: mail.to })));
}

const nameIn = (sender) => sender.replace(/\s*<[^<>]*>$/, "") || sender;
const time = (mail) => format(mail.ts, { weekday: "short", hour: "2-digit", minute: "2-digit" });

function showMail(host, mail) {
  const kind = mail && !mail[view] ? VIEWS.map(([name]) => name).find((name) => mail[name]) : view;
  if (unchanged(host, [mail?.id, kind])) return;
  const focused = host.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  host.replaceChildren();
  if (!mail) {
    append(host, h("p", { class: "hint nothing" }, session.state.mails.length ? say("Choose a mail to read it.") : say("Mails are shown here.")));
    return;
  }
  const line = (label, value) => [h("dt", null, label), h("dd", null, value)];
  append(host,
    h("header", { class: "mail-head" },
      h("button", { type: "button", class: "small-button back", dataset: { testid: "mail-back" }, onclick: backToList }, icon("back"), say("All mails")),
      h("h2", { tabindex: "-1" }, mail.subject),
      h("dl", null, line(say("From"), mail.from), line(say("To"), mail.to), line(say("Time"), h("time", null, format(mail.ts, { dateStyle: "full", timeStyle: "short" })))),
      h("div", { class: "tabs", role: "group", "aria-label": say("View") }, VIEWS.filter(([name]) => mail[name]).map(([name, label]) => h("button", {
        type: "button", class: "tab", "aria-pressed": String(name === kind), dataset: { testid: `mail-as-${name}`, focus: name },
        onclick: () => { view = name; showMail(host, mail); },
      }, label)))),
    kind === "html"
      ? h("iframe", { class: "mail-page", title: say("Mail: {subject}", { subject: mail.subject }), sandbox: "allow-popups allow-popups-to-escape-sandbox", src: mail.html, dataset: { testid: "mail-page" } })
      : h("pre", { class: "mail-text", tabindex: "0", "aria-label": say("Text of the mail"), dataset: { testid: "mail-text" } }, linked(mail.text ?? "")));
  if (focused) host.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
}

const linked = (text) => text.split(ADDRESS).map((part, index) =>
  (index % 2 ? h("a", { href: part, target: "_blank", rel: "noreferrer" }, part) : part));

function backToList() {
  const { thread } = session;
  go({ thread: null });
  document.querySelector(`[data-testid="mail-${CSS.escape(thread)}"]`)?.focus();
}

function markRead(mail) {
  if (document.hidden || reading.has(mail.id)) return;
  reading.add(mail.id);
  act("read_mail", { mail: mail.id }).finally(() => reading.delete(mail.id));
}
