// What people say in writing when there is no sound: what was said, whose turn it is, and the place to say one's own.
import { Send } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../icon.tsx";
import { _, list } from "../language.ts";
import { Refused } from "../parts.tsx";
import { ask, drafts, may, phase, phaseWords, shortName, slot, typed, view } from "../store.ts";
import type { EntryView } from "../wire.gen.ts";
import { entriesOf } from "../writing.tsx";
import { type Mine, type Turn, turnOf } from "./turn.ts";

const SLOT = "speech";
const NEAR = 80;

/** Everything of a conversation in writing. */
export function Conversation({ title }: { title?: string }): JSX.Element | null {
  void typed.value;
  const here = view.value;
  if (!here) return null;
  const turn = turnOf(here, phase.value?.voice ?? "");
  const said = entriesOf("speech");
  if (turn.is === "none" && !said.length) return null;
  return (
    <section class="talk" aria-label={title ? undefined : _("What is said in writing")}>
      {title ? <h2>{title}</h2> : null}
      <Log said={said} />
      <TurnLine turn={turn} />
      {composes(turn) ? <Composer turn={turn} /> : null}
    </section>
  );
}

/** Whether there is something to write or to prepare. */
function composes(turn: Turn): boolean {
  if (view.value?.me.writes.speech !== undefined) return turn.is !== "none";
  return turn.is === "theirs" && (turn.before !== null || phase.value?.voice === "questions");
}

// -- what was said -------------------------------------------------------------------------------

/** The words of this phase; those of earlier phases are folded away, not gone. */
function Log({ said }: { said: readonly EntryView[] }): JSX.Element | null {
  const box = useRef<HTMLDivElement>(null);
  const key = slot.value?.key ?? "";
  const earlier = said.filter((each) => each.phase !== key);
  const now = said.filter((each) => each.phase === key);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    if (now.at(-1)?.mine || left < element.clientHeight / 2 + NEAR) element.scrollTop = element.scrollHeight;
  }, [said.length, key]);
  if (!said.length) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <div class="log" ref={box} role="log" aria-label={_("What is said in writing")} tabIndex={0}>
      {earlier.length ? <Earlier said={earlier} /> : null}
      <Words said={now} />
    </div>
  );
}

function Earlier({ said }: { said: readonly EntryView[] }): JSX.Element {
  const here = view.value;
  const keys = [...new Set(said.map((each) => each.phase))];
  const title = (key: string) =>
    phaseWords(here?.plan.find((each) => each.key === key))?.title ?? _("Before the start");
  return (
    <details class="earlier">
      <summary>{_("Read what was said before")}</summary>
      {keys.map((key) => (
        <section key={key} aria-label={title(key)}>
          <h3>{title(key)}</h3>
          <Words said={said.filter((each) => each.phase === key)} />
        </section>
      ))}
    </details>
  );
}

function Words({ said }: { said: readonly EntryView[] }): JSX.Element | null {
  const client = view.value?.request.person;
  return said.length ? (
    <ol class="words">
      {said.map((each) => (
        <li key={each.id} class={each.author === client ? "client" : each.mine ? "mine" : ""}>
          <b>{each.mine ? _("You") : <bdi>{shortName(each.author)}</bdi>}</b>
          <p>{each.text}</p>
          {each.mine && each.sight === "revealed" && !each.revealed ? (
            <small class="quiet">{_("Shown with the words of the others.")}</small>
          ) : null}
        </li>
      ))}
    </ol>
  ) : null;
}

// -- whose turn ------------------------------------------------------------------------------------

const MINE: Readonly<Record<Mine, () => string>> = {
  hello: () => _("Say hello in writing while the others arrive."),
  story: () => _("It is your turn. Write in short paragraphs; everybody reads as you go. Nobody interrupts."),
  round: () => _("It is your turn. The floor goes on by itself when you have sent your words."),
  question: () => _("It is your turn to ask: one short question."),
  answer: () => _("Answer as you wish; you may also pass."),
  free: () => _("Write when you have something to say; everybody may."),
  last: () => _("Everybody has spoken. You may add a word."),
  aside: () => _("You may write to everybody at any time."),
};

function TurnLine({ turn }: { turn: Turn }): JSX.Element | null {
  const sentence = said(turn);
  return sentence ? (
    <p class={turn.is === "mine" ? "turn mine" : "turn"} role="status">
      {sentence}
    </p>
  ) : null;
}

/** The sentence that says whose turn it is and what is asked. */
function said(turn: Turn): string {
  const here = view.value;
  switch (turn.is) {
    case "none":
      return "";
    case "mine":
      if (turn.what === "answer" && here?.floor.holder !== here?.me.id)
        return _("A question will come. You may add a word at any time.");
      return MINE[turn.what]();
    case "theirs":
      return theirs(turn.who, turn.before);
    case "together":
      return together(turn);
  }
}

function theirs(who: string | null, before: readonly string[] | null): string {
  const here = view.value;
  const writes = who
    ? here?.ladder.rung === "text"
      ? who === here.request.person && phase.value?.voice === "questions"
        ? _("{name} answers. The next question comes afterwards.", { name: shortName(who) })
        : _("{name} writes. Read; nothing to do.", { name: shortName(who) })
      : _("{name} has the floor.", { name: shortName(who) })
    : _("The others have the floor.");
  if (!before) return writes;
  const names = before.map((id) => shortName(id));
  const mine = names.length
    ? _("Your turn comes after {names}; you may prepare your words.", { names: list(names) })
    : _("You are next; you may prepare your words.");
  return `${writes} ${mine}`;
}

function together({ mine, done, all }: Turn & { is: "together" }): string {
  const here = view.value;
  const count = _("{n} of {all} have written.", { n: done, all });
  switch (mine) {
    case "write":
      if (here?.me.ready) return `${_("You have nothing to add for now; you still may.")} ${count}`;
      return `${_("Everybody writes one idea at the same time; they are shown together.")} ${count}`;
    case "done":
      return `${_("Your words are in. They are shown when everybody has written.")} ${count}`;
    case "read":
      return `${_("They write for you; you will read it all together.")} ${count}`;
  }
}

// -- my own words ----------------------------------------------------------------------------------

function Composer({ turn }: { turn: Turn }): JSX.Element {
  const here = view.value;
  const text = drafts.find(SLOT)?.text ?? "";
  const writes = here?.me.writes.speech !== undefined;
  const send = async (event: Event) => {
    event.preventDefault();
    if (!text.trim() || !writes) return;
    const entry = drafts.freshId(SLOT, (id) => view.value?.entries[id] !== undefined);
    const answer = await ask({ type: "write", entry, kind: "speech", text }, SLOT);
    if (answer.ok) {
      if (drafts.find(SLOT)?.text === text) drafts.drop(SLOT);
      drafts.drop(`id:${SLOT}`);
    }
  };
  const role = here?.me.role ?? "";
  const starts =
    here?.me.writes.contract !== undefined
      ? []
      : (phase.value?.prompts[role] ?? phase.value?.prompts.consultant ?? []).filter((each) =>
          each.endsWith("…"),
        );
  const passes = writes && here?.floor.holder === here?.me.id && turn.is === "mine" && turn.what !== "story";
  return (
    <form class="compose" onSubmit={send}>
      <label class="hidden" for="speech">
        {_("Your words")}
      </label>
      <textarea
        id="speech"
        class="input"
        rows={3}
        maxLength={3000}
        value={text}
        placeholder={writes ? _("Your words") : _("Prepare your words")}
        onInput={(event) => drafts.keep(SLOT, { text: event.currentTarget.value, fields: {} })}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send(event);
        }}
      />
      {writes && starts.length && !text ? (
        <ul class="starts">
          {starts.map((each) => (
            <li key={each}>
              <button
                type="button"
                onClick={() => drafts.keep(SLOT, { text: `${each.replace("…", "")} `, fields: {} })}
              >
                {each}
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <Refused where={SLOT} />
      <p class="row">
        <button type="submit" class={here?.conduct ? "btn" : "btn main"} disabled={!writes || !text.trim()}>
          <Icon of={Send} />
          {word(turn)}
        </button>
        {turn.is === "together" && turn.mine === "write" && !here?.me.ready ? (
          <button type="button" class="btn bare" onClick={() => void ask({ type: "say-ready" }, SLOT)}>
            {_("I have nothing to add")}
          </button>
        ) : null}
        {passes && may("pass-floor") ? (
          <button type="button" class="btn bare" onClick={() => void ask({ type: "pass-floor" })}>
            {_("Pass")}
          </button>
        ) : null}
      </p>
    </form>
  );
}

function word(turn: Turn): string {
  if (turn.is === "mine" && turn.what === "question") return _("Ask it");
  if (turn.is === "mine" && turn.what === "answer") return _("Answer");
  if (turn.is === "together") return _("Offer it");
  return _("Send my words");
}
