// Performs what a person pressed: marks the control as busy, asks the server, shows errors.

import { act } from "./api.js";
import { h, icon } from "./dom.js";
import { say } from "./say.js";
import { session } from "./session.js";

const after = new Set();

/** Call `listener({doing, body, ok})` after every action. */
export const onDone = (listener) => after.add(listener);

/** Perform it as the current person. `control` shows that it is running, and a second press meanwhile does nothing. */
export async function perform(control, doing, body = {}) {
  if (isBusy(control)) return { ok: false, error: null };
  busy(control, true);
  const known = noticesSeen();
  const result = await act(doing, { user: session.me, ...body });
  busy(control, false);
  after.forEach((listener) => listener({ doing, body, ok: result.ok }));
  if (!result.ok && result.response?.errors === undefined) setTimeout(() => complain(result, known), 400);
  return result;
}

/** Whether what a control began is still running. */
export const isBusy = (control) => control?.getAttribute("aria-busy") === "true";

function busy(control, on) {
  if (!control) return;
  control.classList.toggle("busy", on);
  for (const name of ["aria-busy", "aria-disabled"]) {
    if (on) control.setAttribute(name, "true");
    else control.removeAttribute(name);
  }
}

const noticesSeen = () => session.state?.notices.length ?? 0;

/** The server's notice is more precise, if there is one. */
function complain(result, known) {
  if (noticesSeen() <= known) toast(result.error || say("That did not work."));
}

/** A short message that goes away by itself, read out at once. */
export function toast(text, kind = "bad") {
  const box = document.getElementById("toasts");
  const close = h("button", { type: "button", class: "icon-button", "aria-label": say("Close this message") }, icon("close"));
  const element = h("div", { class: `toast toast-${kind}` }, h("span", null, text), close);
  close.addEventListener("click", () => element.remove());
  while (box.children.length > 2) box.firstElementChild.remove();
  box.append(element);
  setTimeout(() => element.remove(), 9000);
}
