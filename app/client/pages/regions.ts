// Takes the regions of a page the server drew again and puts them in place of the old ones, keeping the focus.

/** Fetches a page as a parsed document: no HTML text ever passes through a script. */
export function fetchPage(method: "GET" | "POST", url: string, body?: FormData): Promise<Document | null> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.responseType = "document";
    request.onload = () => resolve(request.response as Document | null);
    request.onerror = () => resolve(null);
    request.send(body ?? null);
  });
}

/** What the server wrote in each region, before scripts changed it. */
const written = new WeakMap<HTMLElement, Node>();

/** Notes the regions as they came; call it before anything changes them. */
export function rememberRegions(): void {
  for (const region of regions()) written.set(region, region.cloneNode(true));
}

/** Replaces each `data-live` region that differs from its namesake in the new page. */
export function replaceRegions(page: Document): void {
  let moved = false;
  for (const old of regions()) {
    const fresh = page.querySelector<HTMLElement>(`[data-live="${old.dataset.live}"]`);
    if (!fresh || fresh.isEqualNode(written.get(old) ?? null)) continue;
    written.set(old, fresh.cloneNode(true));
    const focus = old.contains(document.activeElement) ? document.activeElement?.id : "";
    const open = [...old.querySelectorAll("details")].map((each) => each.open);
    old.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
    old.querySelectorAll("details").forEach((each, i) => {
      each.open = open[i] ?? each.open;
    });
    if (focus) document.getElementById(focus)?.focus();
    moved = true;
  }
  if (moved) document.dispatchEvent(new Event("regions"));
}

function regions(): NodeListOf<HTMLElement> {
  return document.querySelectorAll<HTMLElement>("[data-live]");
}
