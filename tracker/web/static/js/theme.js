// Sets the theme before the page is painted; the choice is a cookie, so that the server renders it next time.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  const apply = (choice) => {
    root.dataset.themeChoice = choice;
    root.dataset.bsTheme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
    for (const button of document.querySelectorAll("[data-theme-set]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === choice));
    }
  };

  const choose = (choice) => {
    const secure = window.location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${choice}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    apply(choice);
  };

  apply(root.dataset.themeChoice || "system");
  dark.addEventListener("change", () => apply(root.dataset.themeChoice));
  const ready = () => {
    for (const group of document.querySelectorAll("[data-theme-switch]")) group.hidden = false;
    apply(root.dataset.themeChoice);
  };

  document.addEventListener("DOMContentLoaded", ready);
  document.addEventListener("page:replaced", ready);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-set]");
    if (button) choose(button.dataset.themeSet);
  });
})();
