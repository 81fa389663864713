// A group of rows shows some and keeps the others ready: the button shows the next one.
const rowsOf = (group) => [...group.querySelectorAll("[data-row]")];
const isFilled = (row) => [...row.querySelectorAll("[data-row-text]")].some((control) => control.value.trim());

const show = (group) => {
  const rows = rowsOf(group);
  for (const row of rows) if (isFilled(row)) row.hidden = false;
  const button = group.querySelector("[data-row-add]");
  if (button) button.hidden = rows.every((row) => !row.hidden);
};

document.addEventListener("click", (event) => {
  const group = event.target.closest("[data-row-add]")?.closest("[data-rows]");
  const next = group && rowsOf(group).find((row) => row.hidden);
  if (!next) return;
  next.hidden = false;
  next.querySelector("[data-row-text]")?.focus();
  show(group);
});

const showAll = () => document.querySelectorAll("[data-rows]").forEach(show);
document.addEventListener("draft:restored", showAll);
document.addEventListener("page:replaced", showAll);
showAll();
