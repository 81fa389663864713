// Gives each htmx request the CSRF token, and leads to the page that a request was sent to when htmx cannot show the answer.
document.addEventListener("htmx:config:request", (event) => {
  const request = event.detail.ctx.request;
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  const method = (request.method || "GET").toUpperCase();
  if (token && method !== "GET" && method !== "HEAD") request.headers["X-CSRFToken"] = token;
});

// A sign-in or error page is a whole page: it replaces this one instead of being put into a part of it.
document.addEventListener("htmx:before:swap", (event) => {
  const ctx = event.detail.ctx;
  const address = ctx?.response?.raw?.redirected ? ctx.response.raw.url : null;
  if (address && /^\s*<!doctype/i.test(ctx.text || "") && !ctx.select) {
    event.preventDefault();
    window.location.assign(address);
  }
});
