// A sample workflow with one step of the app's: run it, and see how the step ends.

import { append, h, unchanged } from "./dom.js";
import { perform } from "./perform.js";
import { say } from "./say.js";
import { session } from "./session.js";

const STATES = { running: say("The step is running"), completed: say("The step is completed"), failed: say("The step is failed") };

/** The box; gives it and the function that updates it. */
export function workflow() {
  const run = h("button", {
    type: "button", class: "button", dataset: { testid: "run-workflow" },
    onclick: (event) => perform(event.currentTarget, "run_workflow"),
  }, h("span", null, say("Run it")));
  const about = h("p");
  const said = h("p", { class: "hint", role: "status", dataset: { testid: "workflow-said" } });
  const box = h("section", { class: "desk", "aria-labelledby": "workflow-title", dataset: { testid: "workflow" } },
    h("h2", { class: "side-title", id: "workflow-title" }, say("Workflow Builder (sample)")), about, h("div", { class: "actions" }, run), said);
  const update = () => {
    const shown = session.state.workflow;
    box.hidden = !shown;
    if (!shown || unchanged(box, shown)) return;
    about.replaceChildren();
    append(about, h("strong", null, shown.title), h("br"), h("span", { class: "hint" }, inWords(shown.inputs)));
    said.replaceChildren();
    if (shown.state) append(said, STATES[shown.state], ending(shown));
  };
  return { box, update };
}

const ending = ({ outputs, error }) => {
  const what = error || inWords(outputs);
  return what ? [": ", h("code", null, what)] : ".";
};

const inWords = (values) => Object.entries(values).map(([key, value]) => `${key} ${value}`).join(", ");
