// Texts in the page's language, from the catalogue that the server gives. The English texts are the keys.

import words from "/words.js";

/** The page's language for Intl; English dates and times are British. */
export const LOCALE = words.code === "en" ? "en-GB" : words.code;

const rules = new Intl.PluralRules(LOCALE);
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** A text with its `{name}` values filled in. */
export const say = (text, values = {}) => filled(words.texts[text] ?? text, values);

/** The singular or the plural for `n`, which is available as `{n}`. */
export function count(n, one, many, values = {}) {
  const [single, several] = words.plurals[one] ?? [one, many];
  return filled(rules.select(n) === "one" ? single : several, { n, ...values });
}
