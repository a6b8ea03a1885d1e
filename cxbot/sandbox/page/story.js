// The guide through the demo: what to do next, ticked off as it happens.

import { h, hidden, icon, reconcile } from "./dom.js";
import { onDone } from "./perform.js";
import { plain } from "./mrkdwn.js";
import { go, memory, session } from "./session.js";
import { defaultSteps } from "./storysteps.js";
import { happenedIn, readAct } from "./storywatch.js";

const progress = memory.read("story", { ticked: {}, folded: false, since: null, revision: -1 });
let opened = null; // the step that was unfolded by hand
let inView = null; // which step was last scrolled to
let waiting = null; // what "Show me" is to light up when it is there

export function startStory(host) {
  const title = h("h2", { id: "story-title" });
  const bar = h("progress", { max: "1", value: 0, "aria-label": "Steps done" });
  const fold = h("button", { type: "button", class: "story-fold", "aria-controls": "story-steps", dataset: { testid: "story-toggle" } }, title, icon("down"));
  const list = h("ol", { class: "story-steps", id: "story-steps" });
  fold.addEventListener("click", () => { progress.folded = !progress.folded; save(); render(); });
  host.append(fold, bar, list);
  onDone((done) => {
    for (const kind of readAct(done)) tick(kind);
    render();
  });

  function render() {
    if (!session.state) return;
    notice();
    const steps = stepsNow();
    const done = steps.filter((step) => progress.ticked[step.kind]).length;
    const next = steps.findIndex((step) => !progress.ticked[step.kind]);
    const current = opened ?? next;
    const where = next < 0 ? "The story is told" : `Story, ${next + 1} of ${steps.length}`;
    title.replaceChildren(where, next < 0 ? "" : h("span", { class: "story-next" }, `: ${steps[next].title}`));
    bar.max = steps.length;
    bar.value = done;
    host.classList.toggle("folded", progress.folded);
    fold.setAttribute("aria-expanded", String(!progress.folded));
    list.hidden = progress.folded;
    reconcile(list, steps.map((step, index) => {
      const ticked = Boolean(progress.ticked[step.kind]);
      return { key: step.kind, content: [step.title, step.text, step.as, step.channel, ticked, index === current, index === next], make: () => row(step, index, ticked, index === current) };
    }));
    const shown = `${current}${progress.folded}`;
    if (shown !== inView) showCurrent(list);
    inView = shown;
    light();
  }

  function row(step, index, ticked, current) {
    const box = h("input", {
      type: "checkbox", checked: ticked, "aria-label": `Step ${index + 1} done: ${step.title}`, dataset: { focus: `tick-${step.kind}` },
      onchange: (event) => { progress.ticked[step.kind] = event.target.checked; opened = null; save(); render(); },
    });
    const name = h("button", {
      type: "button", class: "step-title", "aria-expanded": String(current), dataset: { focus: `step-${step.kind}` },
      onclick: () => { opened = current ? null : index; render(); },
    }, `${index + 1}. ${step.title}`, ticked ? hidden(" (done)") : null);
    const show = step.show || step.as || step.channel ? h("button", {
      type: "button", class: "small-button show-me", dataset: { focus: `show-${step.kind}`, testid: `story-show-${index + 1}` }, onclick: () => showMe(step),
    }, "Show me") : null;
    const classes = ["step", ticked && "ticked", current && "current"].filter(Boolean).join(" ");
    return h("li", { class: classes, tabindex: "-1", dataset: { testid: `story-step-${index + 1}` } },
      box, name, current ? h("div", { class: "step-body" }, h("p", null, plain(step.text ?? "")), show) : null);
  }

  function showMe(step) {
    if (matchMedia("(max-width: 799px)").matches) { progress.folded = true; save(); }
    const where = {};
    if (step.as) where.me = step.as;
    if (step.channel) where.channel = step.channel;
    waiting = { ...step.show, step, until: Date.now() + 4000 };
    if (Object.keys(where).length) go(where);
    light();
  }

  return render;
}

/** The server's own guide, if it has one, with the detectors that its words fit. */
function stepsNow() {
  const built = defaultSteps();
  const given = session.state.guide?.steps ?? session.state.guide;
  if (!Array.isArray(given) || !given.length) return built;
  return given.map((step, index) => {
    const words = `${step.title ?? ""} ${step.text ?? ""}`;
    const like = built.find((each) => each.kind === step.id) ?? built.find((each) => each.like.test(words)) ?? null;
    const place = session.state.channels.find((each) => each.id === step.channel || each.name === String(step.channel ?? "").replace(/^#/, ""));
    const who = session.state.users.find((each) => each.id === step.as || each.name === step.as);
    return { kind: like?.kind ?? `step-${index}`, show: like?.show, title: step.title, text: step.text, as: who?.id, channel: place?.id ?? (step.channel ? String(step.channel) : undefined) };
  });
}

/** Tick the steps that the state shows as done. After a restart of the server the story starts again. */
function notice() {
  const { state } = session;
  if (progress.since === null || state.revision < progress.revision) {
    Object.assign(progress, { ticked: {}, since: Date.parse(state.now) / 1000 });
  }
  progress.revision = state.revision;
  for (const kind of happenedIn(state, progress)) tick(kind);
  save();
}

function tick(kind) {
  if (progress.ticked[kind]) return;
  progress.ticked[kind] = true;
  opened = null;
}

/** Keep the step that is unfolded inside the list's window, without moving anything else. */
function showCurrent(list) {
  const step = list.querySelector(".current");
  if (step) list.scrollTop = step.offsetTop - list.offsetTop - Math.max(0, (list.clientHeight - step.offsetHeight) / 2);
}

const save = () => memory.write("story", progress);

/** Open the thread and light up the thing that "Show me" is about, as soon as it is on the page. */
function light() {
  if (!waiting || !session.state) return;
  if (Date.now() > waiting.until) { waiting = null; return; }
  if (waiting.step.as && waiting.step.as !== session.me) return;
  const target = waiting.find?.();
  if (target?.thread !== undefined && session.thread !== target.thread) {
    go({ channel: target.channel, thread: target.thread });
    return;
  }
  requestAnimationFrame(() => {
    const element = document.querySelector(target?.selector ?? waiting?.selector ?? "#composer");
    if (!element || !waiting) return;
    const { write } = waiting;
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
