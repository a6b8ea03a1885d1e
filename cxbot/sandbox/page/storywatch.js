// Detects that steps of the guide are done: from the state, and from what the person just did.

import { roleOf } from "./people.js";
import { isReply, session, user } from "./session.js";

const TEAM_REACTION = "ballot_box_with_ballot";

const buttonsOf = (message) =>
  message.blocks.flatMap((block) => [...(block.elements ?? []), block.accessory]).filter((each) => each?.type === "button");

/** The buttons of a survey: three or more bare numbers. */
export function scoreButtons(message) {
  const found = buttonsOf(message).filter((each) => /^\d+$/.test(each.text?.text ?? ""));
  return found.length >= 3 ? found : [];
}

export const surveyIn = (list) => list.filter((each) => each.bot && scoreButtons(each).length).at(-1) ?? null;

/** The ids of steps that the state shows as done; `since` is when the story began (seconds). */
export function* happenedIn(state, { since, ticked }) {
  const fresh = Object.values(state.messages).flat().filter((message) => Number(message.ts) >= since);
  for (const message of Object.values(state.messages).flat()) {
    if (message.reactions.some((each) => each.name === TEAM_REACTION && each.users.some((id) => !user(id)?.bot))) yield "reaction";
  }
  if (state.helpdesk?.case) yield "helpdesk";
  if (state.mails?.some((each) => each.read)) yield "mail";
  for (const message of fresh.filter((each) => each.bot)) {
    const buttons = buttonsOf(message);
    if (scoreButtons(message).length && !message.ephemeral) yield "wait";
    if (buttons.some((each) => /^(reason:|✓)/.test(each.action_id) || /^✓/.test(each.text?.text ?? ""))) yield "score";
    if (buttons.some((each) => /^✓/.test(each.text?.text ?? ""))) yield "reason";
    if (message.ephemeral && /[“”].+”/s.test(message.text) && ticked.score) yield "comment";
    if (isReply(message) && message.files.length) yield "digest";
  }
}

const inWords = (command) => command.trim().split(/\s+/).join(" ").toLowerCase();

/** The ids of the steps that a successful action completes. A step that writes a command is done when it was typed. */
export function* readAct({ doing, body, ok }, steps) {
  if (!ok) return;
  if (doing === "command") {
    const typed = inWords(`${body.command} ${body.text ?? ""}`);
    for (const step of steps) if (step.write && inWords(step.write) === typed) yield step.id;
  }
  const role = user(session.me) ? roleOf(user(session.me)) : "";
  if (doing === "react" && body.name === TEAM_REACTION && role !== "customer") yield "reaction";
  if (doing === "submit" && role === "customer") yield "comment";
  if (doing !== "click") return;
  if (/^score\b/.test(body.action_id)) yield "score";
  if (/^reason\b/.test(body.action_id)) yield "reason";
  if (/take/.test(body.action_id)) yield "case";
}
