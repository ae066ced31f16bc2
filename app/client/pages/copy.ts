// Copies personal links with one press, and selects them when one clicks into the field.

/** Shows the copy buttons and makes them work. */
export function followCopies(): void {
  for (const field of document.querySelectorAll<HTMLInputElement>("[data-select]")) {
    field.addEventListener("focus", () => field.select());
  }
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    button.hidden = false;
    const label = button.querySelector("span");
    const usual = label?.textContent ?? "";
    let back = 0;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy ?? "");
      if (!(field instanceof HTMLInputElement) || !label) return;
      await navigator.clipboard.writeText(field.value);
      label.textContent = button.dataset.copied ?? usual;
      clearTimeout(back);
      back = window.setTimeout(() => {
        label.textContent = usual;
      }, 4000);
    });
  }
}
