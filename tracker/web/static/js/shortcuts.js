// Keyboard: "/" searches, "?" lists the keys, "g" and a letter goes to a page. Can be switched off on this device.
const STORE = "cloudsteps:shortcuts";
const WAIT_MS = 1500;
let goUntil = 0;

const isOn = () => {
  if (document.documentElement.dataset.shortcuts === "off") return false; // switched off in the person's account
  try {
    return window.localStorage.getItem(STORE) !== "off";
  } catch {
    return true;
  }
};

const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

const showSheet = () => {
  const sheet = document.getElementById("shortcuts-dialog");
  sheet.querySelector("[data-shortcuts-on]").checked = isOn();
  document.querySelector("[popover]:popover-open")?.hidePopover();
  sheet.showModal();
};

document.addEventListener("keydown", (event) => {
  if (!isOn() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const goes = Date.now() < goUntil;
  goUntil = 0;
  if (goes) {
    const link = document.querySelector(`[data-shortcut="${CSS.escape(event.key.toLowerCase())}"]`);
    if (link) {
      event.preventDefault();
      window.location.assign(link.href);
    }
  } else if (event.key === "/") {
    const search = document.querySelector("[data-shortcut-search]");
    if (search?.checkVisibility()) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  } else if (event.key === "?") {
    event.preventDefault();
    showSheet();
  } else if (event.key === "g") {
    goUntil = Date.now() + WAIT_MS;
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-shortcuts-open]")) showSheet();
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-shortcuts-on]")) return;
  try {
    window.localStorage.setItem(STORE, event.target.checked ? "on" : "off");
  } catch {
    // Where the device keeps nothing, the keys stay as they are.
  }
});

const ready = () => {
  for (const button of document.querySelectorAll("[data-shortcuts-open]")) button.hidden = false;
};

document.addEventListener("page:replaced", ready);
ready();
