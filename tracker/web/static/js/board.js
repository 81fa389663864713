// Dragging a card onto a column presses the button of its menu that leads there; a column without a button takes no drop.
let dragged = null;

const buttonFor = (column) => dragged?.querySelector(`[data-board-move="${CSS.escape(column.dataset.boardColumn)}"] button`) ?? null;

const clear = (name) => {
  for (const column of document.querySelectorAll(`.${name}`)) column.classList.remove(name);
};

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-board-card]") ?? null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  dragged.classList.add("dragging");
  for (const column of document.querySelectorAll("[data-board-column]")) {
    if (buttonFor(column)) column.classList.add("may-drop");
  }
});

document.addEventListener("dragover", (event) => {
  const column = event.target.closest?.("[data-board-column]");
  clear("drop-here");
  if (!column || !buttonFor(column)) return;
  event.preventDefault();
  column.classList.add("drop-here");
});

document.addEventListener("drop", (event) => {
  const column = event.target.closest?.("[data-board-column]");
  const button = column && buttonFor(column);
  if (!button) return;
  event.preventDefault();
  button.form.requestSubmit(button);
});

document.addEventListener("dragend", () => {
  dragged?.classList.remove("dragging");
  dragged = null;
  clear("may-drop");
  clear("drop-here");
});
