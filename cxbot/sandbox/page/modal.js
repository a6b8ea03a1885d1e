// The app's modals: the top one of the person's stack, as a native dialog.

import { blocks } from "./blocks.js";
import { h, icon } from "./dom.js";
import { perform } from "./perform.js";
import { forget, valuesIn } from "./elements.js";
import { plain } from "./mrkdwn.js";
import { say } from "./say.js";
import { session } from "./session.js";

let dialog = null;
let shown = null; // {id, content} of the view in the dialog
let before = null; // where the focus was

/** Show, update or remove the dialog, according to the state. */
export function renderModal() {
  const views = session.state?.views ?? [];
  const view = views.find((each) => each.on_top) ?? views.at(-1);
  if (!view) return close();
  if (!dialog) open();
  const content = JSON.stringify([view.id, view.hash, view.blocks, view.title, view.submit, view.close, views.length]);
  if (!shown || shown.content !== content) fill(view, views.length, content);
  showErrors(view.errors ?? {});
  showTrouble();
}

function open() {
  before = document.activeElement;
  dialog = h("dialog", { class: "dialog modal", "aria-labelledby": "modal-title", dataset: { testid: "modal" } });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (event.target === dialog) dismiss(null, false);
  });
  document.body.append(dialog);
  dialog.showModal();
}

function close() {
  if (!dialog) return;
  if (shown) forget(`view-${shown.id}`);
  dialog.close();
  dialog.remove();
  dialog = shown = null;
  if (before?.isConnected) before.focus({ preventScroll: true });
  else document.getElementById("composer")?.focus({ preventScroll: true });
}

function fill(view, depth, content) {
  const same = shown?.id === view.id;
  const focus = same ? document.activeElement?.dataset?.focus : null;
  const top = same ? dialog.querySelector(".modal-body")?.scrollTop : 0;
  shown = { id: view.id, content, known: session.state.notices.length };
  const surface = {
    name: `view-${view.id}`,
    stableIds: true,
    values: view.state?.values ?? {},
    act: (control, action) => perform(control, "click", { view_id: view.id, values: valuesIn(dialog), ...action }),
  };
  const cross = h("button", { type: "button", class: "icon-button", "aria-label": say("Close"), dataset: { focus: "cross" }, onclick: () => dismiss(cross, true) }, icon("close"));
  const head = h("header", { class: "modal-head" },
    h("span", { class: "app-mark", "aria-hidden": "true" }, session.state.app.name.slice(0, 2)),
    h("h2", { id: "modal-title" }, plain(view.title?.text ?? session.state.app.name)), cross);
  const body = h("div", { class: "modal-body" },
    h("p", { class: "trouble-note", role: "alert", hidden: true }), blocks(view.blocks, surface));
  const form = h("form", { novalidate: true, onsubmit: (event) => submit(event, view) }, head, body, foot(view, depth));
  dialog.replaceChildren(form);
  body.scrollTop = top ?? 0;
  const again = focus ? form.querySelector(`[data-focus="${CSS.escape(focus)}"]`) : null;
  (again ?? body.querySelector("[autofocus], .input input, .input select, .input textarea") ?? form.querySelector(".modal-foot button") ?? cross).focus();
}

function foot(view, depth) {
  const closing = h("button", { type: "button", class: "button", dataset: { testid: "modal-close", focus: "close" }, onclick: () => dismiss(closing, false) },
    plain(view.close?.text ?? (depth > 1 ? say("Back") : say("Cancel"))));
  const submitting = view.submit
    ? h("button", { type: "submit", class: "button button-primary", dataset: { testid: "modal-submit", focus: "submit" } }, h("span", null, plain(view.submit.text)))
    : null;
  return h("footer", { class: "modal-foot" }, closing, submitting);
}

async function submit(event, view) {
  event.preventDefault();
  const button = dialog.querySelector("[data-testid=modal-submit]");
  if (!button) return;
  shown.known = session.state.notices.length;
  shown.focusErrors = true;
  await perform(button, "submit", { view_id: view.id, values: valuesIn(dialog) });
}

/** The close button and Escape close the top view; the cross closes the whole stack. */
function dismiss(control, wholeStack) {
  if (shown) perform(control, "close_view", { view_id: shown.id, whole_stack: wholeStack });
}

/** Errors are shown under their inputs; after a submission the first such input gets the focus. */
function showErrors(errors) {
  let first = null;
  for (const block of dialog.querySelectorAll(".input")) {
    const words = errors[block.dataset.blockId] ?? "";
    const note = block.querySelector(".error");
    if (note.textContent !== words) note.textContent = words;
    note.hidden = !words;
    for (const control of block.querySelectorAll("input, select, textarea")) {
      if (words) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
    if (words) first ??= block.querySelector("input, select, textarea");
  }
  if (first && shown.focusErrors) {
    shown.focusErrors = false;
    first.focus();
  }
}

/** Slack's own words when the app did not take the submission; they belong to this dialog. */
function showTrouble() {
  const note = dialog.querySelector(".trouble-note");
  const fresh = session.state.notices.slice(shown.known).at(-1);
  const words = fresh ? fresh.text : "";
  if (note.textContent !== words) note.textContent = words;
  note.hidden = !words;
}
