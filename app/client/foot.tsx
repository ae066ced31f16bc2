// The bar at the bottom: the phase's one thing in the middle, the notebook at hand.
import { ArrowRight, Check, Hand, NotebookPen, PencilLine, Undo2 } from "lucide";
import type { JSX } from "preact";
import { type Action, actionOf } from "./action.ts";
import { Icon } from "./icon.tsx";
import { _, list } from "./language.ts";
import { Live } from "./lazy.tsx";
import { Refused } from "./parts.tsx";
import { acceptContract, ask, phase, seat, shortName, view } from "./store.ts";
import type { Command } from "./wire.gen.ts";

interface Props {
  notebook: { value: boolean };
  session: string;
}

export function Foot({ notebook, session }: Props): JSX.Element | null {
  const here = view.value;
  if (!here) return null;
  const action = actionOf(here, phase.value?.voice ?? "", phase.value?.captures ?? []);
  return (
    <footer class="foot">
      <div class="group said-here">
        <Live part="Buttons" />
        <Refused
          where={["raise-hand", "lower-hand", "pass-floor", "say-ready", "leave", "accept-contract"]}
        />
      </div>
      <div class="group act">
        <Act action={action} session={session} open={() => (notebook.value = true)} />
      </div>
      <div class="group">
        <button
          type="button"
          class="btn"
          aria-expanded={notebook.value}
          aria-controls="notebook"
          onClick={() => (notebook.value = !notebook.value)}
        >
          <Icon of={NotebookPen} />
          {_("Notebook")}
        </button>
      </div>
    </footer>
  );
}

function Act({
  action,
  session,
  open,
}: {
  action: Action;
  session: string;
  open: () => void;
}): JSX.Element | null {
  const facilitator = view.value?.seats.find((each) => each.role === "facilitator");
  const give = (command: Command) => () => void ask(command);
  switch (action.is) {
    case "none":
      return null;
    case "after":
      return (
        <a class="btn main" href={`/after/${session}`}>
          {_("Go to my page")}
          <Icon of={ArrowRight} />
        </a>
      );
    case "pass":
      return (
        <Main
          icon={ArrowRight}
          word={_("I have finished")}
          small={passesTo()}
          onClick={give({ type: "pass-floor" })}
        />
      );
    case "accept":
      return (
        <Main
          icon={Check}
          word={_("This is my request")}
          small={_("the facilitator says yes for the group")}
          onClick={acceptContract}
        />
      );
    case "word-contract":
      return <Main icon={PencilLine} word={_("Write my request")} onClick={open} />;
    case "propose":
      return <Main icon={PencilLine} word={_("Propose a subject")} onClick={open} />;
    case "ready":
      return action.ready ? (
        <Main
          icon={Undo2}
          word={_("I need a little more time")}
          onClick={give({ type: "say-ready", ready: false })}
        />
      ) : (
        <Main
          icon={Check}
          word={
            view.value?.me.role === "client" ? _("I have finished sorting") : _("I have finished writing")
          }
          small={facilitator ? _("{name} will know", { name: shortName(facilitator.id) }) : ""}
          onClick={give({ type: "say-ready" })}
        />
      );
    case "raise":
      return (
        <Main
          icon={Hand}
          word={_("Ask for the floor")}
          small={after(action.after)}
          onClick={give({ type: "raise-hand" })}
        />
      );
    case "lower":
      return (
        <Main
          icon={Hand}
          word={_("Lower my hand")}
          small={action.after.length ? after(action.after) : _("you are next")}
          onClick={give({ type: "lower-hand" })}
          down
        />
      );
  }
}

interface MainProps {
  icon: unknown;
  word: string;
  small?: string;
  onClick: () => void;
  down?: boolean;
}

function Main({ icon, word, small, onClick, down }: MainProps): JSX.Element {
  return (
    <button type="button" class={down ? "btn main down" : "btn main"} onClick={onClick}>
      <Icon of={icon} />
      <span class="two">
        {word} {small ? <small>{small}</small> : null}
      </span>
    </button>
  );
}

function after(hands: readonly string[]): string {
  if (!hands.length) return "";
  if (hands.length > 2)
    return _("after {name} and {n} others", { name: shortName(hands[0]), n: hands.length - 1 });
  return _("after {names}", { names: list(hands.map((id) => shortName(id))) });
}

function passesTo(): string {
  const next = view.value?.floor.round[0];
  return next && seat(next) ? _("then {name}", { name: shortName(next) }) : "";
}
