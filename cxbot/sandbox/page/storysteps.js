// What “Show me” lights up for each step of the guide.

import { isReply, session, user } from "./session.js";
import { scoreButtons, surveyIn } from "./storywatch.js";

const TARGETS = {
  reaction: ({ channel }) => customersThread(channel),
  wait: () => ({ selector: "[data-testid=clock-plus-10]" }),
  score: ({ channel }) => survey(channel),
  reason: ({ channel }) => survey(channel),
  comment: ({ channel }) => survey(channel),
  case: ({ channel }) => lastOf(channel, (each) => each.bot),
  digest: () => ({ selector: "[data-testid=clock-monday]" }),
  helpdesk: () => ({ selector: "[data-testid=close-case]" }),
  mail: () => ({ selector: ".mail-row" }),
};

/** The thing that a step is about: {selector}, and {channel, thread} if a thread has to be opened first. */
export const targetOf = (step) => TARGETS[step.id]?.(step) ?? { selector: "#composer" };

/** A customer's message that was answered in a thread. */
function customersThread(place) {
  const fits = (message) => !isReply(message) && Boolean(user(message.user)?.external);
  return lastOf(place, (message) => fits(message) && message.reply_count) ?? lastOf(place, fits);
}

function lastOf(place, fits) {
  const found = (session.state.messages[place] ?? []).filter(fits).at(-1);
  return found ? { selector: `#main [data-ts="${found.ts}"]` } : null;
}

/** The newest survey in a channel's threads: open its thread, then light up the survey. */
function survey(place) {
  const list = session.state.messages[place] ?? [];
  const found = surveyIn(list) ?? list.filter((each) => each.bot && isReply(each)).at(-1);
  if (!found) return null;
  if (!isReply(found)) return { selector: `#main [data-ts="${found.ts}"]` };
  const button = scoreButtons(found).length ? " .button" : "";
  return { channel: place, thread: found.thread_ts, selector: `#thread [data-ts="${found.ts}"]${button}` };
}
