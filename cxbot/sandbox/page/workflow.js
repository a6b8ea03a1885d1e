// A sample workflow with one step of the app's: run it, and see how the step ends.

import { append, h, unchanged } from "./dom.js";
import { perform } from "./perform.js";
import { session } from "./session.js";

/** The box; gives it and the function that updates it. */
export function workflow() {
  const run = h("button", {
    type: "button", class: "button", dataset: { testid: "run-workflow" },
    onclick: (event) => perform(event.currentTarget, "run_workflow"),
  }, h("span", null, "Run it"));
  const about = h("p");
  const said = h("p", { class: "hint", role: "status", dataset: { testid: "workflow-said" } });
  const box = h("section", { class: "desk", "aria-labelledby": "workflow-title", dataset: { testid: "workflow" } },
    h("h2", { class: "side-title", id: "workflow-title" }, "Workflow Builder (sample)"), about, h("div", { class: "actions" }, run), said);
  const update = () => {
    const shown = session.state.workflow;
    box.hidden = !shown;
    if (!shown || unchanged(box, shown)) return;
    about.replaceChildren();
    append(about, h("strong", null, shown.title), h("br"), h("span", { class: "hint" }, inWords(shown.inputs)));
    said.replaceChildren();
    if (shown.state) append(said, `The step is ${shown.state}`, ending(shown));
  };
  return { box, update };
}

const ending = ({ outputs, error }) => {
  const what = error || inWords(outputs);
  return what ? [": ", h("code", null, what)] : ".";
};

const inWords = (values) => Object.entries(values).map(([key, value]) => `${key} ${value}`).join(", ");
