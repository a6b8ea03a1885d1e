// The steps of the demo as the page knows them; people and channels are found by role and name.

import { nameOf, players, roleOf } from "./people.js";
import { MAILBOX, isReply, session, user } from "./session.js";
import { scoreButtons, surveyIn } from "./storywatch.js";

const byRole = (role) => players().find((each) => roleOf(each) === role);
const firstName = (person, otherwise) => (person ? nameOf(person.id).split(" ")[0] : otherwise);

/** Channels are remembered by name: a person sees only their own. */
const known = new Map();

function placeLike(...patterns) {
  for (const each of session.state.channels) known.set(each.id, each);
  for (const pattern of patterns) {
    const found = [...known.values()].find((each) => each.kind !== "dm" && pattern.test(each.name));
    if (found) return found;
  }
  return null;
}

const called = (place, otherwise) => `#${place?.name ?? otherwise}`;

export function defaultSteps() {
  const agent = byRole("agent");
  const customer = byRole("customer");
  const lead = byRole("lead") ?? byRole("admin");
  const shared = [...session.state.channels].find((each) => each.shared);
  const source = placeLike(/acme/) ?? shared ?? null;
  const team = placeLike(/support-team|^team/, /^support$/, /support/);
  const leads = placeLike(/leads?$/, /lead/);
  return [
    {
      kind: "reaction", like: /reaction|🗳|ballot/i, title: "End a conversation", as: agent?.id, channel: source?.id,
      text: `You are ${firstName(agent, "the agent")}. A customer's question in ${called(source, "acme-support")} is solved. Put the team's reaction :ballot_box_with_ballot: (ballot box) on its first message.`,
      show: { find: () => customersThread(source?.id) },
    },
    {
      kind: "wait", like: /10 minutes|clock.*minutes|survey (comes|arrives|is sent)/i, title: "Let 10 minutes pass", as: undefined, channel: undefined,
      text: "The bot waits a little, so that nobody is asked too early. Press +10 min in the clock: the survey arrives in the thread.",
      show: { selector: "[data-testid=clock-plus-10]" },
    },
    {
      kind: "score", like: /score|0.?(–|-|to).?10/i, title: "Answer as the customer", as: customer?.id, channel: source?.id,
      text: `Become ${firstName(customer, "the customer")}, open the thread and tap a score. A low one shows what happens then.`,
      show: { find: () => survey(source?.id) },
    },
    {
      kind: "reason", like: /reason/i, title: "Tap a reason", as: customer?.id, channel: source?.id,
      text: "Only the customer sees the score and the reasons below it. One tap is enough.",
      show: { find: () => survey(source?.id) },
    },
    {
      kind: "comment", like: /comment/i, title: "Write a comment", as: customer?.id, channel: source?.id,
      text: "Press “Comment or change”, write a line, save.",
      show: { find: () => survey(source?.id) },
    },
    {
      kind: "report", like: /\/nps/i, title: "Look at the figures", as: lead?.id, channel: team?.id,
      text: `Become ${firstName(lead, "the lead")} and type /nps week in ${called(team, "support-team")}. The answer is only for you.`,
      show: { selector: "#composer", write: "/nps week" },
    },
    {
      kind: "case", like: /take it|let down|low score|notice/i, title: "Take care of it", as: lead?.id, channel: leads?.id,
      text: `If the score was low, there is a notice in ${called(leads, "support-leads")}: press “Take it”. (If it was not, tick this off.)`,
      show: { find: () => lastOf(leads?.id, (each) => each.bot) },
    },
    {
      kind: "digest", like: /digest|monday/i, title: "Monday morning", as: lead?.id, channel: team?.id,
      text: `Move the clock to Monday 09:01. The digest comes to ${called(team, "support-team")}, with its chart in the thread.`,
      show: { selector: "[data-testid=clock-monday]" },
    },
    ...(session.state.helpdesk ? outsideSteps(session.state.helpdesk, lead, team) : []),
  ];
}

function outsideSteps(desk, lead, team) {
  const [customer] = desk.about.customer.name.split(" ");
  const id = desk.case || "SAMPLE-1";
  return [
    {
      kind: "helpdesk", like: /helpdesk/i, title: "Close a case outside Slack", channel: MAILBOX,
      text: `${customer} is not in Slack. In the sample helpdesk, beside the mailbox, press “Close a case”; then let 10 minutes pass.`,
      show: { selector: "[data-testid=close-case]" },
    },
    {
      kind: "mail", like: /mail/i, title: "Answer a mail", channel: MAILBOX,
      text: `Open the mail and choose an answer. It opens the survey's page in a new tab; send it there as ${customer}.`,
      show: { selector: ".mail-row" },
    },
    {
      kind: "why", like: /why/i, title: "Ask what became of it", as: lead?.id, channel: team?.id,
      text: `As ${firstName(lead, "the lead")}, type /cx why ${id} in ${called(team, "support-team")}.`,
      show: { selector: "#composer", write: `/cx why ${id}` },
    },
  ];
}

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
