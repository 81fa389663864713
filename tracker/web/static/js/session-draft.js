// Keeps what is typed into a form with data-draft on this device until the server has acknowledged it.
// The draft holds the form's `once` key, so that sending it again is the same record. Files are not kept.
const PREFIX = "cloudsteps:draft:";
const NEVER_KEPT = new Set(["csrf_token"]);
const SAVE_AFTER_MS = 300;
const RETRY_AFTER_MS = 20000;
let timer = 0;
let sending = false;

const draftForm = () => document.querySelector("form[data-draft]");
const storeKey = (form) => PREFIX + form.dataset.draft;

const show = (form, state) => {
  const line = form.querySelector("[data-draft-state]");
  if (!line) return;
  const text = line.dataset[`text${state[0].toUpperCase()}${state.slice(1)}`] ?? "";
  if (line.textContent !== text) line.textContent = text;
  line.dataset.state = state;
};

const read = (form) => {
  try {
    return JSON.parse(window.localStorage.getItem(storeKey(form)));
  } catch {
    return null;
  }
};

// `button` is the name and value of the button that was pressed, since the form's own values do not say it.
const write = (form, state, button = null) => {
  const values = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NEVER_KEPT.has(name));
  try {
    window.localStorage.setItem(storeKey(form), JSON.stringify({ values, state, button, at: Date.now() }));
    show(form, state);
    return true;
  } catch {
    show(form, "unsaved");
    return false;
  }
};

const save = (form) => {
  window.clearTimeout(timer);
  timer = 0;
  write(form, "saved");
};

const forget = (form) => {
  try {
    window.localStorage.removeItem(storeKey(form));
  } catch {
    // Nothing was kept.
  }
};

// Puts the kept values back: text as it was, and every choice as it was, unticked ones included.
const restore = (form, draft) => {
  const kept = new Map();
  for (const [name, value] of draft.values) kept.set(name, [...(kept.get(name) ?? []), value]);
  for (const control of form.elements) {
    if (!control.name || NEVER_KEPT.has(control.name) || control.type === "file") continue;
    if (control.name === "version" && draft.state === "stale") continue; // both texts were shown; this one is sent on purpose
    const values = kept.get(control.name) ?? [];
    if (control.type === "checkbox" || control.type === "radio") control.checked = values.includes(control.value);
    else if (control.tagName === "SELECT" && control.multiple) {
      for (const option of control.options) option.selected = values.includes(option.value);
    } else if (values.length) control.value = values.shift();
  }
  form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
};

// Shows a whole page that fetch has brought: its body takes the place of this one, without asking the server again.
const replacePage = (page, address) => {
  const nonce = document.querySelector("script[nonce]")?.nonce;
  const loaded = new Set([...document.scripts].map((script) => script.src));
  const token = page.querySelector('meta[name="csrf-token"]')?.content;
  if (token) document.querySelector('meta[name="csrf-token"]').content = token;
  if (address !== window.location.href) window.history.pushState({ replaced: true }, "", address);
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  for (const script of page.querySelectorAll("script[src]")) {
    if (loaded.has(script.src)) continue;
    const fresh = document.createElement("script");
    fresh.src = script.src;
    fresh.type = script.type;
    fresh.nonce = nonce;
    document.head.append(fresh);
  }
  document.dispatchEvent(new CustomEvent("page:replaced"));
  window.scrollTo(0, 0);
  (document.querySelector(".error-summary") ?? document.getElementById("main"))?.focus();
};

const send = async (form, button) => {
  if (sending) return;
  sending = true;
  const kept = write(form, "waiting", button);
  const body = new FormData(form);
  if (button) body.set(button.name, button.value);
  const hadFocus = document.activeElement;
  show(form, "sending");
  form.inert = true; // what is typed now would be in neither the draft nor the answer
  let response;
  let page;
  try {
    const token = document.querySelector('meta[name="csrf-token"]')?.content;
    const headers = token ? { "X-CSRFToken": token } : {};
    response = await fetch(form.getAttribute("action"), { method: "POST", body, headers, credentials: "same-origin" });
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    response = null;
  }
  sending = false;
  form.inert = false;
  if (!response || response.status >= 500) {
    show(form, kept ? "waiting" : "unsaved");
    hadFocus?.focus?.();
    window.setTimeout(resend, RETRY_AFTER_MS);
  } else if (response.redirected && !page.body.hasAttribute("data-signed-in")) {
    window.location.assign(response.url); // the sign-in page; the draft waits for the next visit
  } else if (response.ok && response.redirected) {
    forget(form);
    show(form, "sent");
    replacePage(page, response.url);
  } else {
    write(form, response.status === 409 ? "stale" : "refused");
    replacePage(page, window.location.href);
    const again = draftForm();
    if (again) show(again, "refused");
  }
};

const resend = () => {
  const form = draftForm();
  const draft = form && read(form);
  if (draft?.state === "waiting" && window.navigator.onLine) send(form, draft.button);
};

const begin = () => {
  const form = draftForm();
  const draft = form && read(form);
  if (!draft || form.closest("main")?.querySelector(".error-summary")) return;
  restore(form, draft);
  if (draft.state === "waiting") {
    show(form, "waiting");
    resend();
  } else {
    show(form, "restored");
  }
};

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (!form) return;
  window.clearTimeout(timer);
  timer = window.setTimeout(() => save(form), SAVE_AFTER_MS);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-draft") || event.defaultPrevented) return;
  event.preventDefault();
  window.clearTimeout(timer);
  timer = 0;
  const { name, value } = event.submitter ?? {};
  send(form, name ? { name, value } : null);
});

window.addEventListener("pagehide", () => {
  const form = draftForm();
  if (form && timer) save(form);
});
window.addEventListener("online", resend);
window.addEventListener("popstate", () => window.location.reload());
begin();
