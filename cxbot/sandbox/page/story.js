// The guide that the server gives: what to do next, ticked off as it happens.

import { h, hidden, icon, reconcile } from "./dom.js";
import { onDone } from "./perform.js";
import { plain } from "./mrkdwn.js";
import { say } from "./say.js";
import { go, memory, session } from "./session.js";
import { targetOf } from "./storysteps.js";
import { happenedIn, readAct } from "./storywatch.js";

const progress = memory.read("story", { ticked: {}, folded: false, since: null, revision: -1 });
let opened = null; // the step that was unfolded by hand
let inView = null; // which step was last scrolled to
const phone = matchMedia("(max-width: 799px)"); // where the open guide lies over the page, as in style.css
let waiting = null; // what “Show me” is to light up when it is there

export function startStory(host) {
  const title = h("h2", { id: "story-title" });
  const bar = h("progress", { max: "1", value: 0, "aria-label": say("Steps done") });
  const fold = h("button", { type: "button", class: "story-fold", "aria-controls": "story-steps", dataset: { testid: "story-toggle" } }, title, icon("down"));
  const list = h("ol", { class: "story-steps", id: "story-steps" });
  const setFolded = (folded) => { progress.folded = folded; save(); render(); };
  fold.addEventListener("click", () => setFolded(!progress.folded));
  host.append(fold, bar, list);
  for (const kind of ["click", "focusin"]) {
    document.addEventListener(kind, ({ target }) => {
      if (phone.matches && !progress.folded && target.isConnected && !host.contains(target)) setFolded(true);
    });
  }
  onDone((done) => {
    for (const id of readAct(done, stepsNow())) tick(id);
    render();
  });

  function render() {
    if (!session.state) return;
    notice();
    const steps = stepsNow();
    host.hidden = !steps.length;
    if (host.hidden) return;
    const done = steps.filter((step) => progress.ticked[step.id]).length;
    const next = steps.findIndex((step) => !progress.ticked[step.id]);
    const current = opened ?? next;
    const where = next < 0 ? say("The story is told") : say("Story, {n} of {steps}", { n: next + 1, steps: steps.length });
    title.replaceChildren(where, next < 0 ? "" : h("span", { class: "story-next" }, `: ${steps[next].title}`));
    bar.max = steps.length;
    bar.value = done;
    host.classList.toggle("folded", progress.folded);
    fold.setAttribute("aria-expanded", String(!progress.folded));
    list.hidden = progress.folded;
    reconcile(list, steps.map((step, index) => {
      const ticked = Boolean(progress.ticked[step.id]);
      return { key: step.id, content: [step, ticked, index === current, index === next], make: () => row(step, index, ticked, index === current) };
    }));
    const shown = `${current}${progress.folded}`;
    if (shown !== inView) showCurrent(list);
    inView = shown;
    light();
  }

  function row(step, index, ticked, current) {
    const box = h("input", {
      type: "checkbox", checked: ticked, "aria-label": say("Step {n} done: {title}", { n: index + 1, title: step.title }), dataset: { focus: `tick-${step.id}` },
      onchange: (event) => { progress.ticked[step.id] = event.target.checked; opened = null; save(); render(); },
    });
    const name = h("button", {
      type: "button", class: "step-title", "aria-expanded": String(current), dataset: { focus: `step-${step.id}` },
      onclick: () => { opened = current ? null : index; render(); },
    }, `${index + 1}. ${step.title}`, ticked ? hidden(" ", say("(done)")) : null);
    const show = h("button", {
      type: "button", class: "small-button show-me", dataset: { focus: `show-${step.id}`, testid: `story-show-${index + 1}` }, onclick: () => showMe(step),
    }, say("Show me"));
    const classes = ["step", ticked && "ticked", current && "current"].filter(Boolean).join(" ");
    return h("li", { class: classes, tabindex: "-1", dataset: { testid: `story-step-${index + 1}` } },
      box, name, current ? h("div", { class: "step-body" }, h("p", null, plain(step.text)), show) : null);
  }

  function showMe(step) {
    if (phone.matches) { progress.folded = true; save(); }
    const where = {};
    if (step.as) where.me = step.as;
    if (step.channel) where.channel = step.channel;
    waiting = { step, until: Date.now() + 4000 };
    if (Object.keys(where).length) go(where);
    light();
  }

  return render;
}

const stepsNow = () => session.state?.guide ?? [];

/** Tick the steps that the state shows as done. After a restart of the server the story starts again. */
function notice() {
  const { state } = session;
  if (progress.since === null || state.revision < progress.revision) {
    Object.assign(progress, { ticked: {}, since: Date.parse(state.now) / 1000 });
  }
  progress.revision = state.revision;
  for (const id of happenedIn(state, progress)) tick(id);
  save();
}

function tick(id) {
  if (progress.ticked[id]) return;
  progress.ticked[id] = true;
  opened = null;
}

/** Keep the step that is unfolded inside the list's window, without moving anything else. */
function showCurrent(list) {
  const step = list.querySelector(".current");
  if (step) list.scrollTop = step.offsetTop - list.offsetTop - Math.max(0, (list.clientHeight - step.offsetHeight) / 2);
}

const save = () => memory.write("story", progress);

/** Open the thread and light up the thing that “Show me” is about, as soon as it is on the page. */
function light() {
  if (!waiting || !session.state) return;
  if (Date.now() > waiting.until) { waiting = null; return; }
  if (waiting.step.as && waiting.step.as !== session.me) return;
  const target = targetOf(waiting.step);
  if (target.thread !== undefined && session.thread !== target.thread) {
    go({ channel: target.channel, thread: target.thread });
    return;
  }
  requestAnimationFrame(() => {
    const element = document.querySelector(target.selector);
    if (!element || !waiting) return;
    const { write } = waiting.step;
    waiting = null;
    element.scrollIntoView({ block: "center" });
    element.classList.remove("lit");
    requestAnimationFrame(() => element.classList.add("lit"));
    setTimeout(() => element.classList.remove("lit"), 2600);
    if (write && !element.value) {
      element.value = write;
      element.dispatchEvent(new Event("input", { bubbles: true }));
    }
    element.focus({ preventScroll: true });
  });
}
