// Small tools for the DOM: make elements, update lists in place, keep focus where it was.

const PROPERTIES = new Set(["value", "checked", "selected", "disabled", "multiple", "hidden", "open", "indeterminate"]);

/** An element with attributes, listeners (`onclick`) and children; null, undefined and false are left out. */
export function h(tag, attributes = null, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "dataset") Object.assign(element.dataset, value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (PROPERTIES.has(name)) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  append(element, children);
  return element;
}

export function append(parent, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) parent.append(child);
  }
  return parent;
}

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  add: "M12 5v14M5 12h14",
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 13l4.500 4.500L19 7",
  down: "M6 9l6 6 6-6",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z",
  mail: "M3 6h18v12H3zM3 7l9 6 9-6",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  reply: "M20 5H4v11h5v4l5-4h6z",
  send: "M4 12l16-8-6 16-2.500-6.500z",
  share: "M9 7h-2a5 5 0 0 0 0 10h2M15 7h2a5 5 0 0 1 0 10h-2M8 12h8",
  smile: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.500 14.500c1.800 2.400 5.200 2.400 7 0M9 9.500h.01M15 9.500h.01",
  trouble: "M12 4l9 16H3zM12 10v4M12 17h.01",
};

/** A line drawing in the colour of the text; it says nothing to a screen reader. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon", `icon-${name}`);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export const hidden = (...parts) => h("span", { class: "hidden" }, parts);

const contents = new WeakMap();

/** Whether `host` already shows `content` (compared as JSON); remembers it otherwise. */
export function unchanged(host, content) {
  const signature = JSON.stringify(content);
  if (contents.get(host) === signature) return true;
  contents.set(host, signature);
  return false;
}

const made = new WeakMap();

/**
 * Make `parent` show `items` ({key, content, make}), in order. An element is made anew only when its `content`
 * (compared as JSON) has changed, so that typed text, focus and scrolling survive everything else.
 */
export function reconcile(parent, items) {
  const old = new Map([...parent.children].map((node) => [made.get(node)?.key, node]));
  let cursor = parent.firstElementChild;
  for (const { key, content, make } of items) {
    const signature = JSON.stringify(content);
    let node = old.get(key);
    old.delete(key);
    if (!node || made.get(node).signature !== signature) {
      const fresh = make();
      made.set(fresh, { key, signature });
      if (node) {
        if (cursor === node) cursor = fresh;
        replaceKeepingFocus(node, fresh);
      }
      node = fresh;
    }
    if (node === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(node, cursor);
  }
  for (const node of old.values()) {
    if (node.contains(document.activeElement)) focusNear(node);
    node.remove();
  }
}

function focusNear(node) {
  const other = node.previousElementSibling ?? node.nextElementSibling ?? node.parentElement;
  if (other?.hasAttribute("tabindex")) other.focus({ preventScroll: true });
}

/** Swap elements; focus moves to the same control (by `data-focus`), else to the new element itself. */
export function replaceKeepingFocus(node, fresh) {
  const active = document.activeElement;
  const inside = node.contains(active);
  const name = inside ? active.dataset.focus : null;
  const selection = inside && active.selectionStart !== undefined ? safeSelection(active) : null;
  node.replaceWith(fresh);
  if (!inside) return;
  const same = name ? fresh.querySelector(`[data-focus="${CSS.escape(name)}"]`) : null;
  const target = same ?? (fresh.hasAttribute("tabindex") ? fresh : fresh.querySelector("[tabindex]"));
  target?.focus({ preventScroll: true });
  if (same && selection && same.setSelectionRange) {
    try { same.setSelectionRange(...selection); } catch { /* not a text field */ }
  }
}

function safeSelection(field) {
  try { return field.selectionStart === null ? null : [field.selectionStart, field.selectionEnd]; } catch { return null; }
}

/** Open a native dialog; focus is trapped by the browser and returned when it closes. */
export function openDialog(dialog, onClose = () => {}) {
  const before = document.activeElement;
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus({ preventScroll: true });
    onClose(dialog.returnValue);
  });
  dialog.showModal();
  return dialog;
}

/** Say something to screen readers. */
export function announce(text) {
  const region = document.getElementById("announcer");
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 50);
}
