// The question before a dangerous button: a Block Kit confirm object as a dialog.

import { h, openDialog } from "./dom.js";
import { plain, textObject } from "./mrkdwn.js";
import { say } from "./say.js";

/** Ask; true if the person says yes. */
export function confirmed(spec) {
  return new Promise((done) => {
    const title = h("h2", { id: "confirm-title" }, plain(spec.title?.text ?? say("Are you sure?")));
    const yes = h("button", { class: `button ${spec.style === "danger" ? "button-danger" : "button-primary"}`, value: "yes" },
      plain(spec.confirm?.text ?? say("Yes")));
    const no = h("button", { class: "button", value: "no" }, plain(spec.deny?.text ?? say("Cancel")));
    const body = spec.text ? h("p", null, textObject(spec.text)) : null;
    const form = h("form", { method: "dialog" }, title, body, h("div", { class: "dialog-buttons" }, no, yes));
    openDialog(h("dialog", { class: "dialog", "aria-labelledby": "confirm-title", dataset: { testid: "confirm" } }, form), (answer) => done(answer === "yes"));
  });
}
