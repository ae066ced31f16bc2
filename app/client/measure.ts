// Measures the words in the middle of the table, line by line, so that faces can come close to them.
import type { Box } from "./outline.ts";

/** Gives one box per line of text and per button, in the table's coordinates. */
export function wordsOf(table: Element, core: Element | null): Box[] {
  if (!core) return [];
  const inner = getComputedStyle(core).display === "contents" ? core.querySelector("[data-centre]") : core;
  if (!inner || getComputedStyle(inner).display === "none") return [];
  const from = table.getBoundingClientRect();
  const boxes: Box[] = [];
  const add = (r: DOMRect) => {
    if (r.width > 1)
      boxes.push({ x: r.x + r.width / 2 - from.x, y: r.y + r.height / 2 - from.y, w: r.width, h: r.height });
  };
  for (const button of inner.querySelectorAll(".btn")) add(button.getBoundingClientRect());
  const texts = document.createTreeWalker(inner, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (texts.nextNode()) {
    const text = texts.currentNode as Text;
    if (!text.data.trim() || text.parentElement?.closest(".btn, .hidden")) continue;
    range.selectNodeContents(text);
    for (const line of range.getClientRects()) add(line);
  }
  return boxes;
}
