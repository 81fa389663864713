// A form is sent once: its buttons rest after the first click, and wake when the page is shown again.
const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if ((form.getAttribute("method") ?? "get").toLowerCase() === "get" || form.hasAttribute("data-draft")) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  if (event.defaultPrevented) return;
  sent.add(form);
  window.setTimeout(() => {
    for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", "true");
  });
});

window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) {
    sent.delete(form);
    for (const button of form.querySelectorAll("button[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});
