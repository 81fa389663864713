// Counts that a public page was read, and that somebody went on from it: one number per day and kind, nothing of the visitor.
// The forms are the page's own, with its tokens; a kind is counted once per page and tab.

const forms = new Map([...document.querySelectorAll("form[data-reach]")].map((form) => [form.dataset.reach, form]));

function isKnown(key) {
  try {
    if (sessionStorage.getItem(key)) return true;
    sessionStorage.setItem(key, "1");
  } catch {
    return false; // a browser without storage counts each opening
  }
  return false;
}

function count(kind) {
  const form = forms.get(kind);
  if (!form || isKnown(`reach:${location.pathname}:${kind}`)) return;
  fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true }).catch(() => {});
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-reach-by]");
  if (link) count(link.dataset.reachBy);
});

count("read");
