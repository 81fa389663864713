// Lets a message be closed; messages never vanish by themselves, so that nobody has to read quickly.
const ready = () => {
  for (const button of document.querySelectorAll("[data-toast-close]")) button.hidden = false;
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-toast-close]");
  if (!button) return;
  button.closest("[data-toast]").remove();
  document.getElementById("main")?.focus({ preventScroll: true });
});

document.addEventListener("htmx:after:swap", ready);
document.addEventListener("page:replaced", ready);
ready();
