// Lets the plan B card stay on this device from the page on that offers it, and follow what changes there.

/** Keeps the card of the seat whose page this is, and again whenever the page was drawn anew. */
export function followCard(): void {
  const { card, person, ends } = document.querySelector<HTMLElement>("[data-card]")?.dataset ?? {};
  if (!card || !person || !ends) return;
  const keep = async () => (await import("../alone/card.ts")).keepCard(card, person, Date.parse(ends));
  const quietly = () => void keep().catch(() => {}); // what cannot be kept is offered by the server all the same
  document.addEventListener("regions", quietly);
  quietly();
}
