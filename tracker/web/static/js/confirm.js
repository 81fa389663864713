// Asks before a form with data-confirm is sent. Without JavaScript the form is sent as it is; weighty acts have a page of their own.
const agreed = new WeakSet();

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const dialog = document.getElementById("confirm-dialog");
    if (!form.dataset.confirm || !dialog?.showModal || agreed.has(form)) {
      agreed.delete(form);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    dialog.querySelector("#confirm-sentence").textContent = form.dataset.confirm;
    dialog.querySelector("[data-dialog-yes]").onclick = () => {
      dialog.close();
      agreed.add(form);
      form.requestSubmit(submitter);
    };
    dialog.showModal();
  },
  true,
);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-dialog-no]")) event.target.closest("dialog").close();
});
