"use strict";
// Gives each text to copy a button that does it. Without this script the text is there to be selected.
for (const button of document.querySelectorAll("button[data-copies]")) {
  if (!navigator.clipboard) break;
  const field = document.getElementById(button.dataset.copies);
  const [label, told] = [button.firstElementChild, button.nextElementSibling];
  const before = label.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    // Where it may not, the text is selected at least.
    const copied = await navigator.clipboard.writeText(field.value).then(() => true, () => false);
    if (!copied) return;
    label.textContent = told.textContent = button.dataset.done;
    setTimeout(() => { label.textContent = before; told.textContent = ""; }, 2000);
  });
}
