// Block Kit's interactive elements: buttons, menus, choices and text fields, and what a person entered in them.

import { confirmed } from "./confirm.js";
import { h, icon } from "./dom.js";
import { openMenu } from "./menu.js";
import { plain, textObject } from "./mrkdwn.js";
import { say } from "./say.js";
import { session } from "./session.js";

const readers = new WeakMap();
const drafts = new Map();

/** The values of all fields below `root`, as {block_id: {action_id: value}}. */
export function valuesIn(root) {
  const values = {};
  for (const node of root.querySelectorAll("[data-field]")) {
    (values[node.dataset.blockId] ??= {})[node.dataset.actionId] = readers.get(node)();
  }
  return values;
}

/** Forget what was typed on a surface that is gone. */
export function forget(name) {
  for (const key of drafts.keys()) if (key.startsWith(`${name}/`)) drafts.delete(key);
}

/** One element. `field` is given inside an input block: {id, notes, required}. */
export function element(spec, block, surface, field = null) {
  if (spec.type === "button" || spec.type === "workflow_button") return button(spec, block, surface);
  if (spec.type === "overflow") return overflow(spec, block, surface);
  if (spec.type === "feedback_buttons") {
    return [spec.positive_button, spec.negative_button].map((each) =>
      button({ ...each, type: "button", action_id: spec.action_id }, block, surface));
  }
  const make = FIELDS[spec.type];
  if (!make) return h("span", { class: "unknown" }, `[${spec.type}]`);
  return make(new Field(spec, block, surface, field));
}

function button(spec, block, surface) {
  const attributes = {
    class: `button ${spec.style ? `button-${spec.style}` : ""}`,
    "aria-label": spec.accessibility_label ?? null,
    dataset: { actionId: spec.action_id, value: spec.value ?? "", focus: `${spec.action_id}|${spec.value ?? ""}` },
    onclick: async (event) => {
      const control = event.currentTarget;
      if (spec.confirm && !(await confirmed(spec.confirm))) return;
      const which = { action_id: spec.action_id, block_id: block.block_id, label: spec.text.text };
      surface.act(control, spec.value === undefined ? which : { ...which, value: spec.value });
    },
  };
  const words = h("span", null, plain(spec.text.text, spec.text.emoji !== false));
  if (spec.url && /^https?:/i.test(spec.url)) {
    return h("a", { ...attributes, href: spec.url, target: "_blank", rel: "noopener noreferrer" }, words);
  }
  return h("button", { type: "button", ...attributes }, words);
}

function overflow(spec, block, surface) {
  const items = (control) => spec.options.map((option) => ({
    label: option.text.text,
    run: () => surface.act(control, { action_id: spec.action_id, block_id: block.block_id, value: option.value }),
  }));
  return h("button", {
    type: "button", class: "button button-square", "aria-label": say("More actions"), "aria-haspopup": "menu",
    dataset: { actionId: spec.action_id, focus: spec.action_id },
    onclick: (event) => openMenu(event.currentTarget, say("More actions"), items(event.currentTarget)),
  }, icon("more"));
}

/** A stateful element: the source of its value, where its draft is kept, and when the app is notified. */
class Field {
  constructor(spec, block, surface, input) {
    Object.assign(this, { spec, block, surface, input });
    this.key = `${surface.name}/${surface.stableIds ? block.block_id : ""}/${spec.action_id}`;
    this.sends = !input || block.dispatch_action === true;
  }

  /** The value to start with: typed before, entered before (as the server says), or the app's initial value. */
  start(entered, initial) {
    if (drafts.has(this.key)) return drafts.get(this.key);
    const known = this.surface.values?.[this.block.block_id]?.[this.spec.action_id];
    return (known ? entered(known) : initial(this.spec)) ?? null;
  }

  /** Attributes of the control itself, the thing that gets the focus. */
  attributes(more = {}) {
    return {
      id: this.input?.id ?? null,
      "aria-label": this.input ? null : this.label,
      "aria-describedby": this.input?.notes ?? null,
      "aria-required": this.input?.required ? "true" : null,
      "aria-invalid": null,
      ...more,
      dataset: { focus: this.key, ...more.dataset },
    };
  }

  get label() {
    return this.spec.placeholder?.text ?? this.block.text?.text ?? this.spec.action_id;
  }

  /** Mark `root` as this field's element, read by `read`. */
  bind(root, read) {
    Object.assign(root.dataset, { field: "", blockId: this.block.block_id, actionId: this.spec.action_id });
    readers.set(root, read);
    root.addEventListener("input", () => drafts.set(this.key, read()));
    return root;
  }

  async send(control, value) {
    if (!this.sends) return;
    if (this.spec.confirm && !(await confirmed(this.spec.confirm))) return;
    this.surface.act(control, { action_id: this.spec.action_id, block_id: this.block.block_id, value });
  }
}

const optionsOf = (spec) => [...(spec.options ?? []), ...(spec.option_groups ?? []).flatMap((group) => group.options)];
const asPair = (option) => ({ value: option.value, label: option.text.text });

function people(spec) {
  const bots = spec.type.includes("conversations") || !spec.type.includes("users");
  return (session.state?.users ?? [])
    .filter((each) => each.status !== "deactivated" && (bots || !each.bot))
    .map((each) => ({ value: each.id, label: each.real_name }));
}

function places(spec) {
  const allowed = new Set(spec.type.includes("channels") ? ["public"] : (spec.filter?.include ?? ["public", "private", "im"]));
  const kinds = { channel: "public", private: "private", dm: "im" };
  const mine = (session.state?.channels ?? [])
    .filter((each) => allowed.has(kinds[each.kind]))
    .map((each) => ({ value: each.id, label: each.kind === "dm" ? each.name : `#${each.name}` }));
  const others = allowed.has("public") ? (session.state?.elsewhere ?? []) : [];
  return [...mine, ...others.map((each) => ({ value: each.id, label: `#${each.name}` }))];
}

/** The choices of any select as {value, label}; what is chosen already but not visible to the person is added. */
function choices(spec, chosen) {
  const found = spec.type.includes("static") ? optionsOf(spec).map(asPair) : spec.type.includes("users") ? people(spec) : places(spec);
  const missing = chosen.filter((value) => value && !found.some((each) => each.value === value));
  const label = (value) => (/channel|conversation/.test(spec.type) ? say("private channel") : value);
  return [...found, ...missing.map((value) => ({ value, label: label(value) }))];
}

const NOUN = (type) => /(user|conversation|channel)s/.exec(type)?.[1];

function select(field) {
  const { spec } = field;
  const noun = NOUN(spec.type);
  const value = noun
    ? field.start((state) => state[`selected_${noun}`], (given) => given[`initial_${noun}`])
    : field.start((state) => state.selected_option?.value, (given) => given.initial_option?.value);
  const rows = choices(spec, [value]).map((each) => h("option", { value: each.value, selected: each.value === value }, each.label));
  const empty = h("option", { value: "", selected: !value }, spec.placeholder?.text ?? say("Choose…"));
  const control = h("select", field.attributes({ class: "select" }), empty, rows);
  control.addEventListener("change", () => control.value && field.send(control, control.value));
  return field.bind(control, () => control.value || null);
}

function multi(field) {
  const { spec } = field;
  const noun = NOUN(spec.type);
  const chosen = (noun
    ? field.start((state) => state[`selected_${noun}s`], (given) => given[`initial_${noun}s`])
    : field.start((state) => state.selected_options?.map((each) => each.value), (given) => given.initial_options?.map((each) => each.value))) ?? [];
  const rows = choices(spec, chosen).map((each) => choice("checkbox", field, each.value, each.label, chosen.includes(each.value)));
  return group(field, "multi", rows, (values) => values);
}

function checkboxes(field) {
  const chosen = field.start((state) => state.selected_options?.map((each) => each.value), (spec) => spec.initial_options?.map((each) => each.value)) ?? [];
  const rows = field.spec.options.map((option) =>
    choice("checkbox", field, option.value, textObject(option.text), chosen.includes(option.value), option.description));
  return group(field, "choices", rows, (values) => values);
}

function radios(field) {
  const chosen = field.start((state) => state.selected_option?.value, (spec) => spec.initial_option?.value);
  const rows = field.spec.options.map((option) =>
    choice("radio", field, option.value, textObject(option.text), option.value === chosen, option.description));
  return group(field, "choices", rows, (values) => values[0] ?? null);
}

function choice(type, field, value, label, checked, description = null) {
  return h("label", { class: "choice" },
    h("input", { type, name: field.key, value, checked, dataset: { focus: `${field.key}=${value}` } }),
    h("span", null, label, description ? h("small", null, textObject(description)) : null));
}

function group(field, kind, rows, shape) {
  const root = h("div", { ...field.attributes({ class: kind }), role: field.input ? null : "group" }, rows);
  const read = () => shape([...root.querySelectorAll("input:checked")].map((each) => each.value));
  root.addEventListener("change", (event) => field.send(event.target, read()));
  return field.bind(root, read);
}

function text(field) {
  const { spec } = field;
  const types = { number_input: "text", email_text_input: "email", url_text_input: "url" };
  const value = field.start((state) => state.value, (given) => given.initial_value) ?? "";
  const attributes = field.attributes({
    class: "text-field", value, placeholder: spec.placeholder?.text ?? null, maxlength: spec.max_length ?? 3000,
    inputmode: spec.type === "number_input" ? "decimal" : null, autofocus: spec.focus_on_load ?? null,
  });
  const control = spec.multiline
    ? h("textarea", { ...attributes, rows: "4" })
    : h("input", { ...attributes, type: types[spec.type] ?? "text", autocomplete: "off" });
  const at = spec.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  if (field.sends) {
    if (at.includes("on_character_entered")) control.addEventListener("input", () => field.send(null, control.value));
    control.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || !at.includes("on_enter_pressed")) return;
      event.preventDefault();
      field.send(control, control.value);
    });
  }
  return field.bind(control, () => control.value || null);
}

function moment(field) {
  const { spec } = field;
  const kinds = { datepicker: ["date", "date"], timepicker: ["time", "time"], datetimepicker: ["datetime-local", "date_time"] };
  const [type, name] = kinds[spec.type];
  const start = field.start((state) => state[`selected_${name}`], (given) => given[`initial_${name}`]);
  const local = type === "datetime-local" && start ? new Date(start * 1000).toISOString().slice(0, 16) : start;
  const control = h("input", field.attributes({ class: "text-field", type, value: local ?? "" }));
  const read = () => (type === "datetime-local" && control.value ? Date.parse(`${control.value}Z`) / 1000 : control.value || null);
  control.addEventListener("change", () => field.send(control, read()));
  return field.bind(control, read);
}

const SELECTS = ["static_select", "users_select", "channels_select", "conversations_select"];
const FIELDS = {
  ...Object.fromEntries(SELECTS.map((type) => [type, select])),
  ...Object.fromEntries(SELECTS.map((type) => [`multi_${type}`, multi])),
  ...Object.fromEntries(["plain_text_input", "number_input", "email_text_input", "url_text_input"].map((type) => [type, text])),
  ...Object.fromEntries(["datepicker", "timepicker", "datetimepicker"].map((type) => [type, moment])),
  checkboxes,
  radio_buttons: radios,
};
